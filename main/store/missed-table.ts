import type { MissedEntry } from '../../contract/history.ts'
import { createCallItems } from './call-item.ts'
import { createCallReader } from './call-table.ts'
import { cutPage, placeAfter, type Page } from './keyset.ts'
import type { Connection } from './open-database.ts'

interface EntryRow {
  callId: string
  at: string
  state: 'open' | 'closed'
  group: string
}

/** As many as are closed by one request together with the newest of them. */
const MOST_OTHERS = 199

const older = '(started_at, call_id) < (@at, @id) order by started_at desc, call_id desc limit @limit'
/** The inbox of missed calls, newest first. Its state is in the calls' rows (`call-marks`), so that a page is one walk of an index. */
export function createMissedReader(db: Connection) {
  const open = db.prepare<[object], EntryRow>(
    `select call_id as callId, started_at as at, 'open' as state, missed_group as "group" from missed_heads where ${older}`,
  )
  // An older open entry of a group is shown with the newest.
  const all = db.prepare<[object], EntryRow>(
    `select call_id as callId, started_at as at, missed_state as state, missed_group as "group" from calls
     where missed_state is not null
       and (missed_state = 'closed' or call_id = (select head.call_id from missed_heads as head where head.missed_group = calls.missed_group))
       and ${older}`,
  )
  const others = db
    .prepare<[object], string>(
      `select call_id from calls where missed_state = 'open' and missed_group = @group and ${older.replace('@limit', String(MOST_OTHERS))}`,
    )
    .pluck()
  const groups = db.prepare<[], number>('select count(*) from missed_heads').pluck()
  const state = db.prepare<[string], EntryRow['state'] | null>('select missed_state from calls where call_id = ?').pluck()
  const calls = createCallReader(db)
  const items = createCallItems(db)

  function entryOf({ callId, at, state: own, group }: EntryRow): MissedEntry[] {
    const call = calls.get(callId)
    if (!call) return []
    return [{ call: items.item(call), others: own === 'open' ? others.all({ group, at, id: callId }) : [] }]
  }
  return {
    missedPage(limit: number, after: string | undefined, includeClosed: boolean): Page<'entries', MissedEntry> {
      const rows = (includeClosed ? all : open).all({ ...placeAfter(after), limit: limit + 1 })
      const { shown, next } = cutPage(rows, limit, (row) => [row.at, row.callId])
      return { entries: shown.flatMap(entryOf), next }
    },
    /** Open entries, a group being one. */
    missedCount: (): number => groups.get() ?? 0,
    /** Null: the call was never missed, or is not here. */
    missedState: (callId: string): EntryRow['state'] | null => state.get(callId) ?? null,
  }
}
