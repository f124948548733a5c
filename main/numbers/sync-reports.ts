import pLimit from 'p-limit'
import type { NumberChange } from '../../contract/number-relay.ts'
import type { SessionService } from '../link/session.ts'
import { wait } from '../link/wait.ts'
import type { Log } from '../ports.ts'
import type { KeptNumber } from '../store/number-rows.ts'
import type { Store } from '../store/store.ts'
import type { RelayNumbers } from './relay-numbers.ts'

export interface ReportParts {
  session: Pick<SessionService, 'record'>
  relay: Pick<RelayNumbers, 'changes'>
  store: Pick<Store, 'reader' | 'replica'>
  log: Log
  timings: {
    /** What the relay did not take is told again after so long, ms. */
    tellAgain: number
  }
  /** Aborts when nothing is told any more. */
  signal: AbortSignal
}

/** The relay asks Twilio before it believes that a number left, and could not: the word waits (`contract/number-relay`, `NumberChangesReply`). */
const waits = new Set(['twilio-unreachable', 'twilio-busy', 'twilio-failed', 'account-wrong'])

/** Whether the word still holds: it may have waited long, and the relay may know better by now (the number was bought again, with another SID). */
function stillHolds(change: NumberChange, kept: KeptNumber | undefined): boolean {
  if (!change.hasLeft) return true
  const [told, seen] = [kept?.relay, kept?.remote]
  if (!told || told.details.leftAt !== null) return false
  return seen?.goneAt !== null && (told.sid === null || seen?.sid === null || told.sid === seen?.sid)
}

/**
 * Tells the relay which numbers left or came back. The words are kept with what they speak of, in one transaction, and go when the relay has
 * answered: a relay that is away, or that could not ask Twilio, hears them again by and by. One that Twilio contradicts is dropped: the next plan
 * sees the number. One telling at a time; resolves false when something waits.
 */
export function createReports({ session, relay, store, log, timings, signal }: ReportParts) {
  let isAgainDue = false
  async function later(): Promise<void> {
    if (isAgainDue || signal.aborted) return
    isAgainDue = true
    await wait(timings.tellAgain, signal)
    isAgainDue = false
    if (!signal.aborted) await oneByOne(tell)
  }
  async function tell(): Promise<boolean> {
    if (session.record()?.user.role !== 'manager') return true
    const owed = await store.reader.numberReports()
    if (owed.length === 0) return true
    const kept = new Map((await store.reader.someNumbers(owed.map((one) => one.phoneNumber))).map((one) => [one.phoneNumber, one]))
    const valid = owed.filter((one) => stillHolds(one, kept.get(one.phoneNumber)))
    try {
      const results = valid.length > 0 ? await relay.changes(valid) : []
      const waiting = new Set(results.flatMap(({ phoneNumber, code = '' }) => (waits.has(code) ? [phoneNumber] : [])))
      await store.replica.settleReports(owed.filter(({ phoneNumber }) => !waiting.has(phoneNumber)))
      const refused = results.filter((one) => one.status === 'refused')
      log.info(
        { told: results.length - refused.length, refused, outdated: owed.length - valid.length },
        'sync: the relay was told of numbers that left or came back',
      )
      if (waiting.size === 0) return true
    } catch (error) {
      log.warn({ owed: owed.length, error: String(error) }, 'sync: the relay will be told later of numbers that left or came back')
    }
    void later().catch((error: unknown) => log.warn({ error: String(error) }, 'sync: the relay could not be told again'))
    return false
  }
  const oneByOne = pLimit(1) // not a single flight: who asks has just written a word that the one under way has not read
  return () => oneByOne(tell)
}
