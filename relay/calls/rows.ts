import type { CallFact, CallRecord, LegRecord, RecordingRecord } from '../../contract/call.ts'
import type { Sql } from './sql.ts'

interface FactRow {
  subject: string
  field: string
  value: string | number | null
  is_flag: number
  source: CallFact['source']
  at: string
  sequence: number | null
}

const toFact = (row: FactRow): CallFact => ({
  subject: row.subject,
  field: row.field,
  value: row.is_flag ? row.value === 1 : row.value,
  source: row.source,
  at: row.at,
  ...(row.sequence === null ? {} : { sequence: row.sequence }),
})

type Statement = ReturnType<Sql['prepare']>
const ROWS_AT_ONCE = 8

function factValues(callId: string, { subject, field, value, source, at, sequence }: CallFact) {
  const isFlag = typeof value === 'boolean'
  return [callId, subject, field, isFlag ? Number(value) : value, Number(isFlag), source, at, sequence ?? null]
}

/** Reads and writes facts of calls: one row per subject and field. */
export function createFactRows(db: Sql) {
  const select = db.prepare('SELECT subject, field, value, is_flag, source, at, sequence FROM call_facts WHERE call_id = ?')
  const upserts: Statement[] = []
  // One statement for several rows, made when first needed: a step into SQLite costs as much as the row.
  const upsertOf = (count: number) =>
    (upserts[count] ??= db.prepare(`INSERT INTO call_facts (call_id, subject, field, value, is_flag, source, at, sequence) VALUES
    ${Array.from({ length: count }, () => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')} ON CONFLICT (call_id, subject, field) DO UPDATE
    SET value = excluded.value, is_flag = excluded.is_flag, source = excluded.source, at = excluded.at, sequence = excluded.sequence`))
  const clear = db.prepare('DELETE FROM call_facts WHERE call_id = ?')
  return {
    of: (callId: string) => (select.all(callId) as FactRow[]).map(toFact),
    put(callId: string, facts: readonly CallFact[]) {
      for (let from = 0; from < facts.length; from += ROWS_AT_ONCE) {
        const some = facts.slice(from, from + ROWS_AT_ONCE)
        upsertOf(some.length).run(...some.flatMap((fact) => factValues(callId, fact)))
      }
    },
    clear: (callId: string) => void clear.run(callId),
  }
}

/** The status of the call itself, in Twilio's spelling: of the leg it came in or went out by. */
function statusOf(record: CallRecord): string | null {
  const role = record.direction === 'incoming' ? 'party' : 'device'
  return record.legs.find((leg) => leg.parentSid === null && leg.role === role)?.status ?? null
}

function callValues(record: CallRecord) {
  const { callId, cost } = record
  const times = [record.startedAt, record.answeredAt, record.endedAt, record.ringSeconds, record.talkSeconds] as const
  const owner = [record.ourNumber, record.userId, record.deviceId] as const
  const price = [cost?.amount ?? null, cost?.currency ?? null, Number(cost?.isFinal ?? false)] as const
  return [record.direction, record.outcome, record.reason, ...owner, ...times, ...price, statusOf(record), callId]
}

/** Rows of calls themselves. */
export function createCallRows(db: Sql) {
  const create = db.prepare('INSERT INTO calls (call_id, started_at) VALUES (?, ?) ON CONFLICT (call_id) DO NOTHING')
  const columns = `direction, outcome, reason, our_number, user_id, device_id, started_at, answered_at, ended_at, ring_seconds, talk_seconds,
    cost_amount, cost_currency, is_cost_final, status`
  const values = '?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?'
  const insert = db.prepare(`INSERT INTO calls (${columns}, call_id) VALUES (${values}, ?)`)
  const update = db.prepare(`UPDATE calls SET (${columns}) = (${values}) WHERE call_id = ?`)
  const merge = db.prepare('UPDATE calls SET merged_into = ? WHERE call_id = ?')
  return {
    /** A call of which not even the direction is known. */
    create: (callId: string, at: string) => void create.run(callId, at),
    insert: (record: CallRecord) => void insert.run(...callValues(record)),
    update: (record: CallRecord) => void update.run(...callValues(record)),
    /** The row stays to say where the call went. */
    markMerged: (callId: string, into: string) => void merge.run(into, callId),
  }
}

/** Rows of legs and recordings: cleared and put anew as a whole. */
export function createPartRows(db: Sql) {
  const dropLegs = db.prepare('DELETE FROM call_legs WHERE call_id = ?')
  const putLeg = db.prepare(`INSERT INTO call_legs (call_id, leg_id, sid, parent_sid, role, user_id, device_id, status, ring_at,
    answer_at, end_at, duration_seconds, price, price_unit) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const dropRecordings = db.prepare('DELETE FROM recordings WHERE call_id = ?')
  const putRecording =
    db.prepare(`INSERT OR REPLACE INTO recordings (sid, call_id, leg_sid, source, status, channels, duration_seconds, started_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  return {
    clear(callId: string) {
      dropLegs.run(callId)
      dropRecordings.run(callId)
    },
    put(callId: string, legs: readonly LegRecord[], recordings: readonly RecordingRecord[]) {
      for (const leg of legs) {
        const who = [leg.parentSid, leg.role, leg.userId, leg.deviceId, leg.status] as const
        const when = [leg.ringAt, leg.answerAt, leg.endAt, leg.durationSeconds, leg.price, leg.priceUnit] as const
        putLeg.run(callId, leg.legId, leg.sid, ...who, ...when)
      }
      for (const one of recordings)
        putRecording.run(one.sid, callId, one.legSid, one.source, one.status, one.channels, one.durationSeconds, one.startedAt)
    },
  }
}

/** Whose a call is: of one that has a row, whose start they follow. */
export function createViewerRows(db: Sql) {
  const add = db.prepare(`INSERT INTO call_viewers (call_id, user_id, started_at)
    SELECT call_id, ?, started_at FROM calls WHERE call_id = ? ON CONFLICT DO NOTHING`)
  const drop = db.prepare('DELETE FROM call_viewers WHERE call_id = ?')
  const select = db.prepare('SELECT user_id FROM call_viewers WHERE call_id = ? ORDER BY user_id')
  return {
    of: (callId: string) => (select.all(callId) as { user_id: string }[]).map((row) => row.user_id),
    add(callId: string, userIds: readonly string[]) {
      for (const userId of userIds) add.run(userId, callId)
    },
    clear: (callId: string) => void drop.run(callId),
  }
}
