import type { CallRecord } from '../../contract/call.ts'
import type { CallItem, CallNote, CallView, MissedState } from '../../contract/history.ts'
import { isMissedEntry } from '../../contract/missed.ts'
import { keptRecordings, untrashedRecordings } from './call-marks.ts'
import type { Connection } from './open-database.ts'
import { createRecordReader, ofKind, type ShownRecord } from './record-reader.ts'

/** Of several words for one entry (calls that were found to be one) the first that closed it. */
function missedOf(call: CallRecord, records: readonly ShownRecord[]): MissedState | null {
  if (!isMissedEntry(call)) return null
  const closed = ofKind(records, 'missed')[0]
  if (!closed?.value) return { state: 'open', how: null, byUserId: null, byCallId: null, at: null }
  return { state: 'closed', ...closed.value, byUserId: closed.byUserId, at: closed.at }
}

const notesOf = (records: readonly ShownRecord[]): CallNote[] =>
  ofKind(records, 'note').flatMap(({ recordId, value, at, byUserId, isPending }) =>
    value ? [{ noteId: recordId, at, byUserId, isPending, ...value }] : [],
  )

function itemOf(call: CallRecord, records: readonly ShownRecord[]): CallItem {
  const tags = new Set(ofKind(records, 'tags').flatMap((record) => record.value?.tags ?? []))
  const recordings = keptRecordings(call, records)
  return { ...call, recordings, tags: [...tags].toSorted(), noteCount: notesOf(records).length, missed: missedOf(call, records) }
}

/** A call with what people added to it. Recordings in the trash are not there. */
export function createCallItems(db: Connection) {
  const { itemRecords, recordsOfAll } = createRecordReader(db)
  return {
    /** A row of a list, without what is deleted. */
    item: (call: CallRecord): CallItem => itemOf(call, itemRecords(call.callId)),
    /** Rows of a list, in their order, all records read at once; with the records, for who shows more of them. */
    items(calls: readonly CallRecord[]): { item: CallItem; records: ShownRecord[] }[] {
      const all = recordsOfAll(calls.map(({ callId }) => callId))
      return calls.map((call) => {
        const records = all.get(call.callId) ?? []
        return { item: itemOf(call, records), records }
      })
    },
    /** A call opened: its notes, the oldest first. */
    view(call: CallRecord): CallView {
      const records = itemRecords(call.callId)
      return { ...itemOf(call, records), recordings: untrashedRecordings(call, records), notes: notesOf(records) }
    },
  }
}
