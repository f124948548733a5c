import { FailureError } from '../../contract/failure.ts'
import type { MediaRecording } from '../store/media-table.ts'

/** Twilio has a recording's audio within minutes; a 404 after so long means that it is gone there. */
const READY_MS = 24 * 3_600_000

/**
 * The recording, when it may be played and has audio.
 * @throws FailureError `not-found` (unknown, not for this person, in the trash), `recording-absent`, `recording-not-ready`. Pure.
 */
export function playable(recording: MediaRecording | undefined): MediaRecording {
  if (!recording || recording.place === 'trash') throw new FailureError('not-found', 'no such recording')
  const twilioCode = recording.errorCode === null ? {} : { twilioCode: recording.errorCode }
  if (recording.place === 'deleted') throw new FailureError('recording-absent', 'it was deleted', { status: 'deleted' })
  if (recording.status === 'absent' || recording.status === 'failed')
    throw new FailureError('recording-absent', `Twilio says ${recording.status}`, { status: recording.status, ...twilioCode })
  if (recording.status !== 'completed')
    throw new FailureError('recording-not-ready', `Twilio says ${recording.status ?? 'nothing yet'}`, { status: recording.status })
  return recording
}

/** What a refused or lost download means for who wants to listen. `now` in ms. Pure. */
export function downloadFailure(error: unknown, { endedAt, callStartedAt }: MediaRecording, now: number): unknown {
  if (!(error instanceof FailureError)) return error
  if (error.code === 'relay-unreachable') return new FailureError('recording-offline', error.message)
  if (error.code === 'internal') return new FailureError('twilio-failed', error.message)
  if (error.code !== 'not-found') return error
  const isLate = now - Date.parse(endedAt ?? callStartedAt) > READY_MS
  return isLate ? new FailureError('recording-absent', 'Twilio has no audio of it') : new FailureError('recording-not-ready', error.message)
}

const two = (value: number) => String(value).padStart(2, '0')

/** A file name that says when, who and which number, in this computer's time. Pure but for the time zone. */
export function fileNameOf({ callStartedAt, isVoicemail, partyKind, partyAddress, ourNumber }: MediaRecording): string {
  const at = new Date(callStartedAt)
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}.${two(at.getMinutes())}`
  const party = partyKind === 'withheld' ? 'withheld' : (partyAddress ?? 'unknown').replaceAll(/[^\w+@.-]/g, '_')
  return `${day} ${isVoicemail ? 'Voicemail' : 'Recording'} ${party}${ourNumber === null ? '' : ` on ${ourNumber}`}.wav`
}
