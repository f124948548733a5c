import type { GuardReply, GuardRow, NumberUsage } from '../../contract/number-relay.ts'
import type { RemoteNumber } from '../../contract/number.ts'
import { createPlans } from './number-plans.ts'
import type { Connection } from './open-database.ts'
import { createRemoteRows, createReports, rawOf } from './remote-rows.ts'

/** `GET /api/numbers/usage`. */
export interface UsageReply {
  at: string
  rows: NumberUsage[]
}

/** The relay's counts and the settings it guards, each as a whole: what is no longer in the answer goes. */
function createAnswers(db: Connection) {
  const clearUsage = db.prepare<[]>('delete from number_usage')
  const usage = db.prepare<[NumberUsage & { days: string }]>(
    `insert into number_usage (phone_number, calls30, talk_seconds30, per_day, last_used_at, unheard7, fallback_at)
     values (@phoneNumber, @calls30, @talkSeconds30, @days, @lastUsedAt, @unheard7, @fallbackAt)`,
  )
  const usedAt = db.prepare<[string]>('update number_sync set usage_at = ? where id = 1')
  const clearGuards = db.prepare<[]>('delete from number_guards')
  const guard = db.prepare<[string, string, string, string, string | null, string]>(
    'insert or replace into number_guards (phone_number, sid, baseline_raw, baseline_at, seen_raw, seen_at) values (?, ?, ?, ?, ?, ?)',
  )
  const guardedAt = db.prepare<[string, string, string, string]>(
    'update number_sync set guard_at = ?, voice_url = ?, voice_fallback_url = ?, status_callback = ? where id = 1',
  )
  function put({ phoneNumber, sid, baseline, baselineAt, seen, seenAt }: GuardRow): void {
    const [kept, now] = [JSON.stringify(baseline), JSON.stringify(seen)]
    guard.run(phoneNumber, sid, kept, baselineAt, now === kept ? null : now, seenAt)
  }
  return {
    /** Of these numbers alone, before the relay's next whole answer. */
    guardSome(rows: readonly GuardRow[]): void {
      for (const row of rows) put(row)
    },
    usage({ at, rows }: UsageReply): void {
      clearUsage.run()
      for (const row of rows) usage.run({ ...row, days: row.perDay.join(',') })
      usedAt.run(at)
    },
    guard({ wiring, rows }: GuardReply, at: string): void {
      clearGuards.run()
      for (const row of rows) put(row)
      guardedAt.run(at, wiring.voiceUrl, wiring.voiceFallbackUrl, wiring.statusCallback)
    },
  }
}

const remoteTables = ['remote_numbers', 'number_guards', 'number_undo', 'number_reports']

/** The write side of what is kept of numbers beyond the directory. Callers bring the transactions. */
export function createNumberWriter(db: Connection) {
  const rows = createRemoteRows(db)
  const reports = createReports(db)
  const forgotten = db.prepare<[]>(
    `update number_sync set revision = revision + 1, synced_at = null, guard_at = null, voice_url = null, voice_fallback_url = null,
       status_callback = null, undo_id = null where id = 1`,
  )
  const forget = remoteTables.map((table) => db.prepare<[]>(`delete from ${table}`))
  return {
    ...createAnswers(db),
    ...createPlans(db, rows, reports),
    settle: reports.settle,
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
    /** What a manager alone may see, or owes the relay, goes. */
    forgetRemote(): void {
      for (const statement of forget) statement.run()
      forgotten.run()
    },
  }
}
