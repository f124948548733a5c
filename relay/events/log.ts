import type { LogEvent } from '../../contract/event.ts'
import type { Role } from '../../contract/relay.ts'
import { metaValue, newEpoch } from '../database/meta.ts'
import type { Database } from '../database/open.ts'
import type { GroupWriter } from '../database/writer.ts'
import type { Audience, Clock, EventLog, StoredEvent } from '../ports.ts'

export interface Viewer {
  userId: string
  role: Role
}

/** Whether this user may see an event: managers see all, others what is everybody's or names them (RULES R20). */
export const isVisible = (audience: Audience, viewer: Viewer): boolean =>
  viewer.role === 'manager' || audience.kind === 'all' || (audience.kind === 'users' && audience.userIds.includes(viewer.userId))

interface EventRow {
  seq: number
  at: string
  type: string
  payload: string
  audience: Audience['kind']
}

/** The append-only log over SQLite. Subscribers hear of events after the commit that made them durable, in order. */
export function createEventLog(db: Database, writer: Pick<GroupWriter, 'onCommit'>, clock: Clock): EventLog {
  const rows = createRows(db)
  const listeners = new Set<(events: StoredEvent[]) => void>()
  // By seq: a piece of work that was undone leaves entries that the next piece overwrites, or that are not in the table.
  const appended = new Map<number, StoredEvent>()
  let published = rows.head()

  writer.onCommit(() => {
    const events = rows.seqsAfter(published).flatMap((seq) => appended.get(seq) ?? [])
    appended.clear()
    published = rows.head()
    if (events.length > 0) for (const listener of listeners) listener(events)
  })
  return {
    epoch: metaValue(db, 'epoch', newEpoch),
    append(event, audience) {
      if (!db.inTransaction) throw new Error('an event is appended inside a transaction of the writer')
      const at = clock.now().toISOString()
      const json = JSON.stringify(event.payload)
      const seq = rows.insert(at, event.type, json, audience)
      appended.set(seq, { ...event, seq, at, audience, json })
      return seq
    },
    head: rows.head,
    oldest: () => rows.oldest(),
    after: (seq, viewer, limit) => rows.after(seq, viewer, limit),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const VISIBLE = `(audience = 'all' OR EXISTS (SELECT 1 FROM event_audience a WHERE a.user_id = ? AND a.seq = events.seq))`
// Two indexed lookups instead of a scan backwards through what others may see.
const PREVIOUS_OF_USER = `SELECT max(
  coalesce((SELECT max(seq) FROM events WHERE audience = 'all' AND seq <= ?), 0),
  coalesce((SELECT max(seq) FROM event_audience WHERE user_id = ? AND seq <= ?), 0)) AS seq`

function createRows(db: Database) {
  const insert = db.prepare('INSERT INTO events (at, type, payload, audience) VALUES (?, ?, ?, ?)')
  const insertAudience = db.prepare('INSERT OR IGNORE INTO event_audience (user_id, seq) VALUES (?, ?)')
  // Of everything ever appended, dropped events included.
  const head = db.prepare<[], { seq: number }>("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS seq")
  const oldest = db.prepare<[], { seq: number | null }>('SELECT min(seq) AS seq FROM events')
  const seqsAfter = db.prepare<[number], { seq: number }>('SELECT seq FROM events WHERE seq > ? ORDER BY seq')
  const all = db.prepare<[number, number], EventRow>('SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?')
  const some = db.prepare<[number, string, number], EventRow>(`SELECT * FROM events WHERE seq > ? AND ${VISIBLE} ORDER BY seq LIMIT ?`)
  const previous = db.prepare<[number], { seq: number | null }>('SELECT max(seq) AS seq FROM events WHERE seq <= ?')
  const previousOfUser = db.prepare<[number, string, number], { seq: number }>(PREVIOUS_OF_USER)
  const audienceOf = db.prepare<[number], { user_id: string }>('SELECT user_id FROM event_audience WHERE seq = ? ORDER BY user_id')

  const audience = (row: EventRow): Audience =>
    row.audience === 'users' ? { kind: 'users', userIds: audienceOf.all(row.seq).map((one) => one.user_id) } : { kind: row.audience }
  const stored = (row: EventRow) =>
    ({ ...row, payload: JSON.parse(row.payload) as unknown, audience: audience(row), json: row.payload }) as StoredEvent
  return {
    insert(at: string, type: LogEvent['type'], json: string, to: Audience): number {
      const seq = Number(insert.run(at, type, json, to.kind).lastInsertRowid)
      if (to.kind === 'users') for (const userId of to.userIds) insertAudience.run(userId, seq)
      return seq
    },
    head: () => head.get()?.seq ?? 0,
    /** The first event still here; head + 1 when there is none. */
    oldest: () => oldest.get()?.seq ?? (head.get()?.seq ?? 0) + 1,
    seqsAfter: (seq: number) => seqsAfter.all(seq).map((row) => row.seq),
    after(seq: number, viewer: Viewer, limit: number): (StoredEvent & { prev: number })[] {
      const isManager = viewer.role === 'manager'
      const found = isManager ? all.all(seq, limit) : some.all(seq, viewer.userId, limit)
      let prev = (isManager ? previous.get(seq) : previousOfUser.get(seq, viewer.userId, seq))?.seq ?? 0
      return found.map((row) => {
        const event = { ...stored(row), prev }
        prev = row.seq
        return event
      })
    },
  }
}
