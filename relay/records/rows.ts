import { isRecordKind, type UserRecord } from '../../contract/record.ts'
import type { Sql } from '../calls/sql.ts'
import type { Viewer } from '../calls/viewer.ts'

export interface RecordRow {
  id: number
  kind: string
  record_id: string
  call_id: string | null
  phone_number: string | null
  value: string | null
  at: string
  by_user_id: string | null
  author_id: string | null
}

export const toRecord = (row: RecordRow): UserRecord => ({
  kind: row.kind,
  recordId: row.record_id,
  callId: row.call_id,
  phoneNumber: row.phone_number,
  value: row.value === null ? null : (JSON.parse(row.value) as unknown),
  at: row.at,
  byUserId: row.by_user_id,
})

/** Rows of records. An update keeps the row's id, by which pages are cut. */
export function createRecordRows(db: Sql) {
  const select = db.prepare('SELECT * FROM records WHERE kind = ? AND record_id = ?')
  const upsert = db.prepare(`INSERT INTO records (kind, record_id, call_id, phone_number, value, at, by_user_id, author_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, record_id) DO UPDATE SET call_id = excluded.call_id,
    phone_number = excluded.phone_number, value = excluded.value, at = excluded.at, by_user_id = excluded.by_user_id`)
  const ofCall = db.prepare('SELECT * FROM records WHERE call_id = ? ORDER BY id')
  const ofNumber = db.prepare('SELECT * FROM records WHERE phone_number = ? ORDER BY id')
  return {
    find: (kind: string, recordId: string) => select.get(kind, recordId) as RecordRow | undefined,
    put({ kind, recordId, callId, phoneNumber, value, at, byUserId }: UserRecord): void {
      const json = value === null ? null : JSON.stringify(value)
      upsert.run(kind, recordId, callId, phoneNumber, json, at, byUserId, byUserId)
    },
    ofCall: (callId: string) => ofCall.all(callId) as RecordRow[],
    ofNumber: (phoneNumber: string) => ofNumber.all(phoneNumber) as RecordRow[],
  }
}

/** A page ends after so many characters of values: quality and traces are long. */
const PAGE_CHARS = 1_000_000

/** What fits into a page: at least one row. */
function fitting(rows: readonly RecordRow[], limit: number): RecordRow[] {
  let chars = 0
  const end = rows.findIndex((row, index) => index > 0 && (chars += row.value?.length ?? 0) > PAGE_CHARS)
  return rows.slice(0, end < 0 ? limit : Math.min(limit, end))
}

/**
 * Everything of the records that is not gone, in pages: of the numbers that this viewer may see first, then by call, of the calls.
 * A cursor is `n:<row>` or `c:<row>:<callId>`; one that is not ours begins anew.
 */
export function createRecordPages(db: Sql) {
  // Few among many: without its index SQLite would read all records.
  const ofNumbers = db.prepare(`SELECT * FROM records INDEXED BY records_by_number WHERE phone_number IS NOT NULL AND id > ?
    AND value IS NOT NULL ORDER BY id LIMIT ?`)
  const ofAssigned = db.prepare(`SELECT r.* FROM number_users u CROSS JOIN records r INDEXED BY records_by_number
    ON r.phone_number = u.phone_number WHERE u.user_id = ? AND r.id > ? AND r.value IS NOT NULL ORDER BY r.id LIMIT ?`)
  const ofCalls = db.prepare(`SELECT * FROM records WHERE call_id IS NOT NULL AND (call_id, id) > (?, ?) AND value IS NOT NULL
    ORDER BY call_id, id LIMIT ?`)
  const ofViewer = db.prepare(`SELECT r.* FROM call_viewers v CROSS JOIN records r ON r.call_id = v.call_id
    WHERE v.user_id = ? AND v.call_id >= ? AND (v.call_id > ? OR r.id > ?) AND r.value IS NOT NULL ORDER BY v.call_id, r.id LIMIT ?`)

  const numbersOf = ({ role, userId }: Viewer, id: number, limit: number) =>
    (role === 'manager' ? ofNumbers.all(id, limit) : ofAssigned.all(userId, id, limit)) as RecordRow[]

  function calls(viewer: Viewer, callId: string, id: number, limit: number): RecordRow[] {
    if (limit <= 0) return []
    const rows = viewer.role === 'manager' ? ofCalls.all(callId, id, limit) : ofViewer.all(viewer.userId, callId, callId, id, limit)
    return rows as RecordRow[]
  }

  return function page(viewer: Viewer, after: string | undefined, limit: number): { rows: UserRecord[]; next: string | null } {
    const [, table, id = '0', callId = ''] = /^([nc]):(\d{1,15})(?::(.{1,64}))?$/.exec(after ?? '') ?? []
    const numbers = table === 'c' ? [] : numbersOf(viewer, Number(id), limit + 1)
    const rest = calls(viewer, callId, table === 'c' ? Number(id) : 0, limit + 1 - numbers.length)
    const found = [...numbers, ...rest]
    const rows = fitting(found, limit)
    const last = rows.at(-1)
    const next = last && (last.call_id === null ? `n:${last.id}` : `c:${last.id}:${last.call_id}`)
    return { rows: rows.filter((row) => isRecordKind(row.kind)).map(toRecord), next: found.length > rows.length ? (next ?? null) : null }
  }
}
