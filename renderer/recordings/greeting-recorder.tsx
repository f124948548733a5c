import { Mic, Square } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { GREETING_LIMITS } from '../../contract/greeting-limits.ts'
import type { Failure } from '../../contract/failure.ts'
import { hasCall } from '../model/phone.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { usePhone } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { LevelBar } from '../ui/level-bar.tsx'
import { formatDuration, useNow } from '../ui/time.ts'
import { useRecordingWords } from '../words/index.ts'
import { recordVoice, type VoiceRecording } from './voice-recorder.ts'

interface RecorderProps {
  hasSound: boolean
  /** It begins: what was recorded before is forgotten. */
  onBegin: () => void
  onRecorded: (sound: Blob | undefined) => void
}

const icon = { className: 'size-4', strokeWidth: 1.75, 'aria-hidden': true } as const

/** Records what one says into the microphone, two minutes at most; whoever leaves has recorded nothing. */
export function GreetingRecorder({ hasSound, onBegin, onRecorded }: RecorderProps) {
  const t = useRecordingWords()
  const isInCall = usePhone(hasCall)
  const [recording, setRecording] = useState<VoiceRecording | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isAsking, setAsking] = useState(false)
  const latest = useRef<VoiceRecording | null>(null)
  const isShown = useRef(true)
  useEffect(() => {
    isShown.current = true
    return () => {
      isShown.current = false
      latest.current?.cancel()
    }
  }, [])
  const begin = async () => {
    onBegin()
    setAsking(true)
    setFailure(null)
    const begun = await recordVoice(navigator.mediaDevices)
    if (!isShown.current) return void ('failure' in begun || begun.cancel())
    setAsking(false)
    if ('failure' in begun) return setFailure(begun.failure)
    latest.current = begun
    return setRecording(begun)
  }
  const stop = async () => {
    setRecording(null)
    latest.current = null
    const sound = await recording?.stop()
    if (isShown.current) onRecorded(sound)
  }
  if (isInCall && !recording) return <p className="text-ink-2">{t('recordings.greeting.inCall')}</p>
  return (
    <div className="flex flex-col gap-3">
      {failure && <FailureNotice failure={failure} />}
      {recording ? (
        <Running recording={recording} onStop={() => void stop()} />
      ) : (
        <div>
          <Button isLarge icon={<Mic {...icon} />} disabled={isAsking} onClick={() => void begin()}>
            {hasSound ? t('recordings.greeting.recordAgain') : t('recordings.greeting.recordStart')}
          </Button>
        </div>
      )}
    </div>
  )
}

function Running({ recording, onStop }: { recording: VoiceRecording; onStop: () => void }) {
  const t = useRecordingWords()
  const [startedAt] = useState(() => Date.now())
  const now = useNow(250)
  const seconds = Math.max(0, (now - startedAt) / 1000)
  const isOver = seconds >= GREETING_LIMITS.mostSeconds
  useEffect(() => {
    if (isOver) onStop()
    // oxlint-disable-next-line react/exhaustive-deps -- it stops once, when the time is over
  }, [isOver])
  return (
    <>
      <p className="font-medium tabular-nums">
        {t('recordings.greeting.recording', { at: formatDuration(seconds), limit: formatDuration(GREETING_LIMITS.mostSeconds) })}
      </p>
      <LevelBar label={t('recordings.greeting.level')} subscribe={recording.onLevel} />
      <div>
        <Button look="end" isLarge icon={<Square {...icon} fill="currentColor" />} onClick={onStop}>
          {t('recordings.greeting.recordStop')}
        </Button>
      </div>
    </>
  )
}
