import { v7 } from 'uuid'
import { FailureError } from '../../contract/failure.ts'
import type { CallNote, CallView } from '../../contract/history.ts'
import { MOST_TAGS } from '../../contract/tags.ts'
import type { Handlers } from '../bridge/bridge.ts'
import type { Store } from '../store/store.ts'
import type { Author, RecordChange, RecordChanges } from './records.ts'

export interface CallRecordParts {
  store: Pick<Store, 'reader'>
  records: Pick<RecordChanges, 'change'>
}

type NoteArgs = Parameters<Handlers['calls.note']>[0]
type TagArgs = Parameters<Handlers['calls.tag']>[0]

/** Answers about one call, and what people add to it. */
export function callRecordHandlers({ store, records }: CallRecordParts) {
  async function view(callId: string): Promise<CallView> {
    const call = await store.reader.callView(callId)
    if (!call) throw new FailureError('not-found', 'no such call')
    return call
  }
  return {
    'calls.get': ({ callId }: { callId: string }) => view(callId),
    'calls.note': async (args: NoteArgs): Promise<CallNote[]> => {
      await records.change(async (author) => noteChange(await view(args.callId), args, author))
      return (await view(args.callId)).notes
    },
    'calls.tag': async ({ callIds, add, remove }: TagArgs) => {
      await records.change(async (author) => {
        const calls = await Promise.all([...new Set(callIds)].map(view))
        return calls.flatMap((call) => tagChange(call, add, remove, author))
      })
      return {}
    },
    'calls.tags': () => store.reader.tags(),
    /** Of this device: its own words alone, of a call that it may not even have been connected in. */
    'calls.witness': async ({ callId, trace, quality }: Parameters<Handlers['calls.witness']>[0]) => {
      await records.change(async (author) => {
        const witness = { callId, recordId: `${callId}:${author.deviceId}`, ...author }
        return [...(trace ? [put('trace', witness, trace)] : []), ...(quality ? [put('quality', witness, quality)] : [])]
      })
      return {}
    },
  }
}

const put = <K extends 'trace' | 'quality'>(
  kind: K,
  { recordId, callId, userId, at }: Author & { recordId: string; callId: string },
  value: NonNullable<Parameters<Handlers['calls.witness']>[0][K]>,
): RecordChange => ({
  command: { name: 'record.put', kind, recordId, callId, phoneNumber: null, base: null, value } as RecordChange['command'],
  record: { kind, recordId, callId, phoneNumber: null, value, at, byUserId: userId },
})

/** Whether the note is another by now than the one that was changed. */
const isOvertaken = ({ seen, text }: NoteArgs, known: CallNote | undefined) =>
  seen !== undefined && known?.text !== seen && known?.text !== text

/** @throws FailureError `conflict`, `forbidden` for somebody else's note, `bad-request` for one without text */
function noteChange(call: CallView, args: NoteArgs, { userId, role, at }: Author): RecordChange[] {
  const { callId } = call
  const known = call.notes.find(({ noteId }) => noteId === args.noteId)
  if (known && known.byUserId !== userId && role !== 'manager') throw new FailureError('forbidden', 'the note is somebody else’s')
  if (args.text !== null && args.text.trim() === '') throw new FailureError('bad-request', 'a note has a text')
  if (args.text === null && !known) return []
  // What was typed over an older text becomes a note beside the newer one: both stay.
  const edited = isOvertaken(args, known) ? undefined : known
  if (args.text === null && !edited) throw new FailureError('conflict', 'the note was changed meanwhile')
  const recordingSid = args.recordingSid ?? known?.recordingSid ?? null
  const isNew = recordingSid !== null && recordingSid !== known?.recordingSid // a note outlasts a recording in the trash
  if (isNew && !call.recordings.some(({ sid }) => sid === recordingSid))
    throw new FailureError('not-found', 'no such recording of this call')
  const mark = { recordingSid, atSeconds: args.atSeconds ?? known?.atSeconds ?? null }
  const value = args.text === null ? null : { text: args.text, ...mark }
  const base = edited ? { text: edited.text, recordingSid: edited.recordingSid, atSeconds: edited.atSeconds } : null
  const recordId = isOvertaken(args, known) ? v7() : args.noteId
  const subject = { kind: 'note', recordId, callId, phoneNumber: null } as const
  // A manager's hand does not make it the manager's note.
  const byUserId = edited ? edited.byUserId : userId
  return [{ command: { name: 'record.put', ...subject, base, value }, record: { ...subject, value, at, byUserId } }]
}

/** @throws FailureError `bad-request` when the call would have too many */
function tagChange(call: CallView, add: readonly string[], remove: readonly string[], { userId, at }: Author): RecordChange[] {
  const { callId, tags: before } = call
  const tags = [...new Set([...before.filter((tag) => !remove.includes(tag)), ...add])].toSorted()
  if (tags.length > MOST_TAGS) throw new FailureError('bad-request', `a call has at most ${MOST_TAGS} tags`, { most: MOST_TAGS })
  if (tags.join('\n') === before.join('\n')) return []
  const value = tags.length > 0 ? { tags } : null
  const base = before.length > 0 ? { tags: before } : null
  const subject = { kind: 'tags', recordId: callId, callId, phoneNumber: null } as const
  return [{ command: { name: 'record.put', ...subject, base, value }, record: { ...subject, value, at, byUserId: userId } }]
}
