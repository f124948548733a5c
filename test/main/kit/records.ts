import type { RecordCommand, UserRecord } from '../../../contract/record.ts'
import type { LocalRecord } from '../../../main/store/record-table.ts'

export const at = '2026-11-21T10:05:00.000Z'
export const RE = (digit: string) => `RE${digit.repeat(32)}`
export const CA = (digit: string) => `CA${digit.repeat(32)}`

/** A record about a call, as the relay tells it. */
export const record = (kind: string, recordId: string, callId: string | null, value: unknown, byUserId = 'sam', of = at): UserRecord => ({
  kind,
  recordId,
  callId,
  phoneNumber: null,
  value,
  at: of,
  byUserId,
})

export const note = (recordId: string, callId: string, text: string | null, byUserId = 'sam') =>
  record('note', recordId, callId, text === null ? null : { text, recordingSid: null, atSeconds: null }, byUserId)
export const tags = (callId: string, ...list: string[]) => record('tags', callId, callId, list.length > 0 ? { tags: list } : null)

/** The same, made here, with its command. */
export const local = (commandId: string, of: UserRecord, base: unknown = null): LocalRecord => ({
  ...of,
  byUserId: 'ada',
  command: { commandId, name: 'record.put', base, ...of } as unknown as RecordCommand,
})
