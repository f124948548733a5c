import { FailureError } from '../../contract/failure.ts'
import type { SyncPlan } from '../../contract/number-desktop.ts'
import type { SessionService } from '../link/session.ts'
import type { Log } from '../ports.ts'

/** So many numbers are named in a line; the rest is a count. */
const NAMED = 20

const masked = (accountSid: string) => `${accountSid.slice(0, 2)}…${accountSid.slice(-4)}`
const numbersOf = (rows: readonly { phoneNumber: string }[]) => ({
  count: rows.length,
  numbers: rows.slice(0, NAMED).map((one) => one.phoneNumber), // the log shows the last four digits
})
const countsOf = ({ listed, added, removed, changed, missing, unchanged }: SyncPlan) => ({
  listed,
  added: added.length,
  removed: removed.length,
  changed: changed.length,
  missing: missing.length,
  unchanged,
})
const reasonOf = (error: unknown) =>
  error instanceof FailureError ? { code: error.code, error: error.message, ...error.details } : { error: String(error) }

/** The lines of a sync, each with its workspace, as the customer asked for them (docs/requirements.md, row 3). */
export function createSyncLog({ session, log }: { session: Pick<SessionService, 'record'>; log: Log }) {
  const workspace = () => ({ workspace: session.record()?.workspace.workspaceId ?? null })
  return {
    begins: () => log.info(workspace(), 'sync: start'),
    client: (accountSid: string) => log.info({ ...workspace(), accountSid: masked(accountSid) }, 'sync: client'),
    counted: (twilio: number, database: number) =>
      log.info({ ...workspace(), twilio, database }, 'sync: numbers in Twilio and in the database'),
    planned(plan: SyncPlan) {
      log.info({ ...workspace(), remove: numbersOf(plan.removed), add: numbersOf(plan.added) }, 'sync: to remove and to add')
    },
    applied: (plan: SyncPlan) => log.info({ ...workspace(), ...countsOf(plan) }, 'sync: result'),
    waits: (why: string, plan: SyncPlan) =>
      log.info({ ...workspace(), why, ...countsOf(plan) }, 'sync: waits for a person, since numbers would be removed'),
    failed: (error: unknown) => log.warn({ ...workspace(), ...reasonOf(error) }, 'sync: result: failed, nothing was changed'),
    unanswered: (sid: string, error: unknown) =>
      log.warn({ ...workspace(), sid, ...reasonOf(error) }, 'sync: a number could not be asked for'),
    notRefreshed: (error: unknown) => log.warn({ ...workspace(), ...reasonOf(error) }, 'sync: the relay did not list the numbers'),
    undone: (count: number) => log.info({ ...workspace(), count }, 'sync: undone'),
  }
}
export type SyncLog = ReturnType<typeof createSyncLog>
