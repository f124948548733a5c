import type { NumberChange, NumberUsage, VoiceWiring } from '../../contract/number-relay.ts'
import type { NumberSettings, RemoteNumber } from '../../contract/number.ts'
import type { Connection } from './open-database.ts'
import { createRelayNumberReader, type RelayNumber } from './relay-number-table.ts'

/** How Twilio listed a number when this desktop last looked; `number` null: known of the relay alone, never seen at Twilio from here. */
export interface KeptRemote {
  sid: string | null
  number: RemoteNumber | null
  firstSeenAt: string
  seenAt: string
  /** When the number itself was last asked for or written, if that showed something new; without: it was listed only. */
  askedAt?: string | undefined
  missingSince: string | null
  goneAt: string | null
}

/** The settings that are ours, and those that the relay last saw at Twilio. */
export interface KeptGuard {
  sid: string
  baseline: NumberSettings
  baselineAt: string
  seen: NumberSettings
  seenAt: string
}

/** All that is kept of a number; never both `relay` and `remote` null. */
export interface KeptNumber {
  phoneNumber: string
  relay: RelayNumber | null
  remote: KeptRemote | null
  usage: NumberUsage | null
  guard: KeptGuard | null
}

/** When what was last brought here. `revision` moves with every change of what is kept of Twilio's list. */
export interface NumberState {
  revision: number
  syncedAt: string | null
  usageAt: string | null
  guardAt: string | null
  wiring: VoiceWiring | null
}

/** A number as a sync plan compares it: `raw` is what Twilio said, word for word. */
export interface LocalNumber {
  phoneNumber: string
  name: string
  sid: string | null
  raw: string | null
  missingSince: string | null
  isGone: boolean
  /** Whether the relay knows it, and as one that left; what it is about to be told counts as told. */
  directory: 'none' | 'known' | 'left'
}

interface RemoteRow {
  sid: string | null
  raw: string | null
  first_seen_at: string
  seen_at: string
  missing_since: string | null
  gone_at: string | null
}
interface UsageRow {
  calls30: number
  talk_seconds30: number
  per_day: string
  last_used_at: string | null
  unheard7: number
  fallback_at: string | null
}
interface GuardRow {
  sid: string
  baseline_raw: string
  baseline_at: string
  seen_raw: string | null
  seen_at: string
}
interface StateRow {
  revision: number
  synced_at: string | null
  usage_at: string | null
  guard_at: string | null
  voice_url: string | null
  voice_fallback_url: string | null
  status_callback: string | null
}
type LocalRow = Omit<LocalNumber, 'isGone'> & { isGone: number }

const remoteOf = (row: RemoteRow, syncedAt: string | null): KeptRemote => ({
  sid: row.sid,
  number: row.raw === null ? null : (JSON.parse(row.raw) as RemoteNumber),
  firstSeenAt: row.first_seen_at,
  // A row is written when it differs; that it was seen again as it was is said once for all (an unchanged sync writes one row).
  seenAt: row.missing_since === null && row.gone_at === null && syncedAt !== null && syncedAt > row.seen_at ? syncedAt : row.seen_at,
  askedAt: row.seen_at === syncedAt ? undefined : row.seen_at, // the last sync writes its own time
  missingSince: row.missing_since,
  goneAt: row.gone_at,
})

const usageOf = (phoneNumber: string, row: UsageRow): NumberUsage => ({
  phoneNumber,
  calls30: row.calls30,
  talkSeconds30: row.talk_seconds30,
  perDay: row.per_day === '' ? [] : row.per_day.split(',').map(Number),
  lastUsedAt: row.last_used_at,
  unheard7: row.unheard7,
  fallbackAt: row.fallback_at,
})

function guardOf(row: GuardRow): KeptGuard {
  const baseline = JSON.parse(row.baseline_raw) as NumberSettings
  const seen = row.seen_raw === null ? baseline : (JSON.parse(row.seen_raw) as NumberSettings)
  return { sid: row.sid, baseline, baselineAt: row.baseline_at, seen, seenAt: row.seen_at }
}

/** One number with everything that is kept of it. */
function createOne(db: Connection, state: () => NumberState) {
  const relay = createRelayNumberReader(db)
  const remote = db.prepare<[string], RemoteRow>(
    'select sid, raw, first_seen_at, seen_at, missing_since, gone_at from remote_numbers where phone_number = ?',
  )
  const usage = db.prepare<[string], UsageRow>(
    'select calls30, talk_seconds30, per_day, last_used_at, unheard7, fallback_at from number_usage where phone_number = ?',
  )
  const guard = db.prepare<[string], GuardRow>(
    'select sid, baseline_raw, baseline_at, seen_raw, seen_at from number_guards where phone_number = ?',
  )
  return function one(phoneNumber: string, at: NumberState = state()): KeptNumber | undefined {
    const [told, listed] = [relay(phoneNumber), remote.get(phoneNumber)]
    if (!told && !listed) return undefined
    const [used, guarded] = [usage.get(phoneNumber), guard.get(phoneNumber)]
    return {
      phoneNumber,
      relay: told ?? null,
      remote: listed ? remoteOf(listed, at.syncedAt) : null,
      usage: used ? usageOf(phoneNumber, used) : null,
      guard: guarded ? guardOf(guarded) : null,
    }
  }
}

/** Reads when what was last brought here. */
export function createNumberState(db: Connection): () => NumberState {
  const read = db.prepare<[], StateRow>(
    'select revision, synced_at, usage_at, guard_at, voice_url, voice_fallback_url, status_callback from number_sync where id = 1',
  )
  return () => {
    const row = read.get()
    if (!row) throw new Error('the numbers have no state')
    const { voice_url: voiceUrl, voice_fallback_url: voiceFallbackUrl, status_callback: statusCallback } = row
    return {
      revision: row.revision,
      syncedAt: row.synced_at,
      usageAt: row.usage_at,
      guardAt: row.guard_at,
      wiring: voiceUrl === null ? null : { voiceUrl, voiceFallbackUrl: voiceFallbackUrl ?? '', statusCallback: statusCallback ?? '' },
    }
  }
}

/** What the relay has yet to hear of numbers that left or came back. */
export function createReportReader(db: Connection): () => NumberChange[] {
  const all = db.prepare<[], { payload: string }>('select payload from number_reports order by phone_number')
  return () => all.all().map((row) => JSON.parse(row.payload) as NumberChange)
}

/** Every number as a sync plan compares it. */
function createLocal(db: Connection): () => LocalNumber[] {
  const local = db.prepare<[], LocalRow>(
    `select keys.phone_number as phoneNumber, coalesce(numbers.name, json_extract(raw, '$.settings.friendlyName'), '') as name,
       coalesce(remote_numbers.sid, numbers.sid) as sid, raw, missing_since as missingSince, gone_at is not null as isGone,
       case when numbers.phone_number is null then 'none'
         when left_at is null or json_extract(payload, '$.action') = 'number.returned' then 'known' else 'left' end as directory
     from (select phone_number from numbers union select phone_number from remote_numbers) as keys
     left join numbers on numbers.phone_number = keys.phone_number
     left join remote_numbers on remote_numbers.phone_number = keys.phone_number
     left join number_reports on number_reports.phone_number = keys.phone_number
     order by 1`,
  )
  return () => local.all().map((row) => ({ ...row, isGone: row.isGone === 1 }))
}

/** The read side of numbers. Every answer is of one moment. */
export function createNumberReader(db: Connection) {
  const state = createNumberState(db)
  const one = createOne(db, state)
  const local = createLocal(db)
  // The relay's numbers and Twilio's, merged in the order of both primary keys: a page costs its rows, wherever it begins.
  const holds = db
    .prepare<[], string>(
      `select hold_until from numbers left join remote_numbers on remote_numbers.phone_number = numbers.phone_number
       where hold_until is not null and left_at is null and gone_at is null`,
    )
    .pluck()
  const keys = db.prepare<[string, string, number], { phoneNumber: string }>(
    `select phone_number as phoneNumber from numbers where phone_number > ?
     union select phone_number from remote_numbers where phone_number > ? order by 1 limit ?`,
  )
  const page = db.transaction((limit: number, after: string) => {
    const at = state()
    const found = keys.all(after, after, limit + 1).map((row) => row.phoneNumber)
    const shown = found.slice(0, limit)
    const numbers = shown.map((phoneNumber) => one(phoneNumber, at)).filter((number) => number !== undefined)
    return { numbers, next: found.length > limit ? (shown.at(-1) ?? null) : null, state: at }
  })
  const some = db.transaction((phoneNumbers: readonly string[]) => {
    const at = state()
    return phoneNumbers.map((phoneNumber) => one(phoneNumber, at)).filter((number) => number !== undefined)
  })
  const whole = db.transaction(() => ({
    numbers: local(),
    state: state(),
  }))
  return {
    state,
    reports: createReportReader(db),
    /** By number, after `after`. */
    page: (limit: number, after = '') => page(limit, after),
    /** Those that are known, in the order asked for. */
    some: (phoneNumbers: readonly string[]): KeptNumber[] => some(phoneNumbers),
    /** When the holds of the account's numbers end, in no order. */
    holdEnds: (): string[] => holds.all(),
    /** Everything a sync plan compares. */
    local: () => whole(),
  }
}
