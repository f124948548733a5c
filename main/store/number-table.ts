import type { RemoteNumber } from '../../contract/number.ts'
import { createPlans } from './number-plans.ts'
import type { Connection } from './open-database.ts'
import { createAnswers } from './relay-answers.ts'
import { createRemoteRows, createReports, rawOf } from './remote-rows.ts'
import { createStagedNumbers } from './staged-numbers.ts'

const remoteTables = ['remote_numbers', 'number_guards', 'number_undo', 'number_reports']

/** The write side of what is kept of numbers beyond the directory. Callers bring the transactions. */
export function createNumberWriter(db: Connection) {
  const rows = createRemoteRows(db)
  const reports = createReports(db)
  const staging = createStagedNumbers(db, reports)
  const forgotten = db.prepare<[]>(
    `update number_sync set revision = revision + 1, synced_at = null, guard_at = null, voice_url = null, voice_fallback_url = null,
       status_callback = null, undo_id = null where id = 1`,
  )
  const uncounted = db.prepare<[]>('update number_sync set usage_at = null where id = 1')
  const forget = remoteTables.map((table) => db.prepare<[]>(`delete from ${table}`))
  /** What a manager alone may see, or owes the relay, goes. */
  function forgetRemote(): void {
    for (const statement of forget) statement.run()
    forgotten.run()
    staging.drop()
  }
  return {
    ...createAnswers(db),
    ...createPlans(db, rows, reports, staging),
    stage: staging.stage,
    settle: reports.settle,
    ...seenCommands(rows, reports),
    forgetRemote,
    /** Another person begins here. */
    wipe(): void {
      forgetRemote()
      uncounted.run()
    },
  }
}

/** What is known of single numbers without a plan. */
const seenCommands = (rows: ReturnType<typeof createRemoteRows>, reports: ReturnType<typeof createReports>) => ({
  /** Numbers as Twilio has just shown them. */
  upsert(numbers: readonly RemoteNumber[], at: string): void {
    for (const number of numbers) {
      const first = rows.get(number.phoneNumber)?.first_seen_at ?? at
      const row = { sid: number.sid, raw: rawOf(number), first_seen_at: first, seen_at: at, missing_since: null, gone_at: null }
      rows.put(number.phoneNumber, row)
    }
    if (numbers.length > 0) rows.moved()
  },
  /** Numbers that are the account's no more; the relay is to hear of each by this action. */
  gone(phoneNumbers: readonly string[], at: string, action: 'number.released' | 'number.removed'): void {
    for (const phoneNumber of phoneNumbers) {
      const row = rows.get(phoneNumber) ?? { sid: null, raw: null, first_seen_at: at, seen_at: at }
      rows.put(phoneNumber, { ...row, missing_since: null, gone_at: at })
      reports.put({ phoneNumber, action, hasLeft: true })
    }
    if (phoneNumbers.length > 0) rows.moved()
  },
})
