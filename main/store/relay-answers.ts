import type { GuardReply, GuardRow, NumberUsage } from '../../contract/number-relay.ts'
import type { Connection } from './open-database.ts'

/** `GET /api/numbers/usage`. */
export interface UsageReply {
  at: string
  rows: NumberUsage[]
}

/** The same text for the same row; `stamp` is when, which is kept and is no news. */
interface Digest {
  text: string
  stamp: string
}
/** Rows of one table, each by its number. */
interface Rows<T> {
  all: () => Map<string, Digest>
  digest: (row: T) => Digest
  put: (row: T) => void
  remove: (phoneNumber: string) => void
}

/** Makes the table the answer: what is not in it goes, what is as it was is not written. Returns the numbers of which something is different. */
function replaceAll<T extends { phoneNumber: string }>({ all, digest, put, remove }: Rows<T>, rows: readonly T[]): string[] {
  const before = all()
  const changed: string[] = []
  for (const row of rows) {
    const [was, is] = [before.get(row.phoneNumber), digest(row)]
    before.delete(row.phoneNumber)
    if (was?.text !== is.text) changed.push(row.phoneNumber)
    else if (was.stamp === is.stamp) continue
    put(row)
  }
  for (const phoneNumber of before.keys()) remove(phoneNumber)
  return [...changed, ...before.keys()]
}

interface UsageRow {
  phoneNumber: string
  calls30: number
  talkSeconds30: number
  days: string
  lastUsedAt: string | null
  unheard7: number
  fallbackAt: string | null
}

const usageDigest = ({ calls30, talkSeconds30, days, lastUsedAt, unheard7, fallbackAt }: UsageRow): Digest => ({
  text: JSON.stringify([calls30, talkSeconds30, days, lastUsedAt, unheard7, fallbackAt]),
  stamp: '',
})
const usageRow = ({ perDay, ...row }: NumberUsage): UsageRow => ({ ...row, days: perDay.join(',') })

function createUsageRows(db: Connection): Rows<NumberUsage> {
  const all = db.prepare<[], UsageRow>(
    `select phone_number as phoneNumber, calls30, talk_seconds30 as talkSeconds30, per_day as days, last_used_at as lastUsedAt, unheard7,
       fallback_at as fallbackAt
     from number_usage`,
  )
  const put = db.prepare<[UsageRow]>(
    `insert or replace into number_usage (phone_number, calls30, talk_seconds30, per_day, last_used_at, unheard7, fallback_at)
     values (@phoneNumber, @calls30, @talkSeconds30, @days, @lastUsedAt, @unheard7, @fallbackAt)`,
  )
  const remove = db.prepare<[string]>('delete from number_usage where phone_number = ?')
  return {
    all: () => new Map(all.all().map((row) => [row.phoneNumber, usageDigest(row)])),
    digest: (row) => usageDigest(usageRow(row)),
    put: (row) => void put.run(usageRow(row)),
    remove: (phoneNumber) => void remove.run(phoneNumber),
  }
}

interface GuardText {
  phoneNumber: string
  sid: string
  baseline: string
  baselineAt: string
  /** Null: as the baseline. */
  seen: string | null
  seenAt: string
}

function guardText({ phoneNumber, sid, baseline, baselineAt, seen, seenAt }: GuardRow): GuardText {
  const [kept, now] = [JSON.stringify(baseline), JSON.stringify(seen)]
  return { phoneNumber, sid, baseline: kept, baselineAt, seen: now === kept ? null : now, seenAt }
}
const guardDigest = ({ sid, baseline, baselineAt, seen, seenAt }: GuardText): Digest => ({
  text: JSON.stringify([sid, baseline, baselineAt, seen]),
  stamp: seenAt, // the relay looks every hour
})

function createGuardRows(db: Connection): Rows<GuardRow> {
  const all = db.prepare<[], GuardText>(
    `select phone_number as phoneNumber, sid, baseline_raw as baseline, baseline_at as baselineAt, seen_raw as seen, seen_at as seenAt
     from number_guards`,
  )
  const put = db.prepare<[GuardText]>(
    `insert or replace into number_guards (phone_number, sid, baseline_raw, baseline_at, seen_raw, seen_at)
     values (@phoneNumber, @sid, @baseline, @baselineAt, @seen, @seenAt)`,
  )
  const remove = db.prepare<[string]>('delete from number_guards where phone_number = ?')
  return {
    all: () => new Map(all.all().map((row) => [row.phoneNumber, guardDigest(row)])),
    digest: (row) => guardDigest(guardText(row)),
    put: (row) => void put.run(guardText(row)),
    remove: (phoneNumber) => void remove.run(phoneNumber),
  }
}

/** The relay's counts and the settings it guards, each as a whole: what is no longer in the answer goes, what is as it was is not written. */
export function createAnswers(db: Connection) {
  const usage = createUsageRows(db)
  const guards = createGuardRows(db)
  const usedAt = db.prepare<[string]>('update number_sync set usage_at = ? where id = 1')
  const guardedAt = db.prepare<[string, string, string, string]>(
    'update number_sync set guard_at = ?, voice_url = ?, voice_fallback_url = ?, status_callback = ? where id = 1',
  )
  return {
    /** Of these numbers alone, before the relay's next whole answer. */
    guardSome(rows: readonly GuardRow[]): void {
      for (const row of rows) guards.put(row)
    },
    /** The numbers of which something is different now. */
    usage({ at, rows }: UsageReply): string[] {
      usedAt.run(at)
      return replaceAll(usage, rows)
    },
    guard({ wiring, rows }: GuardReply, at: string): string[] {
      guardedAt.run(at, wiring.voiceUrl, wiring.voiceFallbackUrl, wiring.statusCallback)
      return replaceAll(guards, rows)
    },
  }
}
