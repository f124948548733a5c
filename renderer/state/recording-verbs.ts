import { v7 as uuid } from 'uuid'
import type { Bridge } from '../../contract/desktop.ts'
import type { RecordingItem } from '../../contract/recording.ts'

type Named = Pick<RecordingItem, 'sid' | 'callId' | 'isVoicemail'>
interface NoteAt {
  noteId?: string
  text: string | null
  atSeconds: number
}

/** What is asked of main about one recording and kept by no store. */
export const createRecordingVerbs = (bridge: Bridge) => ({
  get: (sid: string) => bridge.request('recordings.get', { sid }),
  open: (sid: string) => bridge.request('recordings.open', { sid }),
  download: (sid: string) => bridge.request('recordings.download', { sid }),
  /** Where listening stopped. That it could not be kept is nobody's concern. */
  keepPosition: (sid: string, seconds: number) => void bridge.request('recordings.position', { sid, seconds }),
  trash: ({ sid, isVoicemail }: Named) => bridge.request(isVoicemail ? 'voicemail.trash' : 'recordings.trash', { sid }),
  restore: (sid: string) => bridge.request('recordings.restore', { sid }),
  hold: (sid: string, note: string | null) => bridge.request('recordings.hold', { sid, note }),
  mark: (sid: string, mark: 'heard' | 'read' | 'unread') => bridge.request('voicemail.mark', { sid, mark }),
  notes: async ({ sid, callId }: Named) => {
    const answer = await bridge.request('calls.get', { callId })
    return answer.ok ? answer.value.notes.filter((note) => note.recordingSid === sid) : null
  },
  /** Writes a note at a time mark, or a new text of it; null removes it. A new one gets its id here, so that a repeat writes it once. */
  note: ({ sid, callId }: Named, { noteId = uuid(), text, atSeconds }: NoteAt) =>
    bridge.request('calls.note', { callId, noteId, text, recordingSid: sid, atSeconds }),
  /** Tells when this recording's call, its records or its place in the cache have changed. @returns how to stop it */
  follow: ({ sid, callId }: Pick<Named, 'sid' | 'callId'>, changed: () => void, cached: (isCached: boolean) => void) => {
    const ofCall = ({ callIds }: { callIds: readonly string[] }) => callIds.includes(callId) && changed()
    const stops = [
      bridge.on('calls.changed', ofCall),
      bridge.on('records.changed', ofCall),
      bridge.on('recordings.cached', (one) => one.sid === sid && cached(one.isCached)),
    ]
    return () => stops.forEach((stop) => stop())
  },
})
export type RecordingVerbs = ReturnType<typeof createRecordingVerbs>
