import { lazy, Suspense } from 'react'
import type { RecordingRecord } from '../../../contract/call.ts'
import type { CallView } from '../../../contract/history.ts'
import { formatDuration } from '../../ui/time.ts'
import { useCallDesk } from '../desk.tsx'
import { DetailPart } from '../../ui/detail-part.tsx'

export const LazyPlayer = lazy(async () => ({ default: (await import('../../recordings/player.tsx')).RecordingPlayer }))

/** What was recorded of the call: each with its player, or with why there is none. */
export function Recordings({ call }: { call: CallView }) {
  const { t } = useCallDesk()
  if (call.recordings.length === 0) return null
  return (
    <DetailPart title={t('history.recordings.title')}>
      <ul className="flex flex-col gap-4">
        {call.recordings.map((recording) => (
          <li key={recording.sid} className="flex flex-col gap-2">
            <Recording recording={recording} />
          </li>
        ))}
      </ul>
    </DetailPart>
  )
}

function Recording({ recording }: { recording: RecordingRecord }) {
  const { t } = useCallDesk()
  const isVoicemail = recording.source === 'RecordVerb'
  const length = recording.durationSeconds === null ? '' : ` · ${formatDuration(recording.durationSeconds)}`
  return (
    <>
      <p className="font-medium">{`${t(isVoicemail ? 'history.recordings.voicemail' : 'history.recordings.recording')}${length}`}</p>
      {recording.status === 'completed' ? (
        <Suspense fallback={<p className="animate-late text-ink-2">{t('history.recordings.loading')}</p>}>
          <LazyPlayer sid={recording.sid} />
        </Suspense>
      ) : (
        <StateText recording={recording} />
      )}
    </>
  )
}

const states: Readonly<Record<string, 'recording' | 'absent' | 'failed' | 'deleted'>> = {
  'in-progress': 'recording',
  paused: 'recording',
  absent: 'absent',
  failed: 'failed',
  deleted: 'deleted',
}
/** Shorter than Twilio keeps, and nothing but silence (facts/twilio: its error dictionary). */
const reasons: Readonly<Record<number, 'short' | 'silent'>> = { 16_101: 'short', 16_102: 'silent' }

/** Why it cannot be played. */
function StateText({ recording: { status, errorCode } }: { recording: RecordingRecord }) {
  const { t } = useCallDesk()
  const text = t(`history.recordings.states.${states[status ?? ''] ?? 'processing'}`)
  const reason = errorCode === null ? undefined : reasons[errorCode]
  const why = reason ? t(`history.recordings.${reason}`) : text
  return <p className="text-ink-2">{errorCode === null ? text : t('history.recordings.code', { text: why, code: errorCode })}</p>
}
