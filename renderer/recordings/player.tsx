import type { ReactNode } from 'react'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { useStatus } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { OwnToasts } from '../ui/toasts.tsx'
import { useRecordingWords } from '../words/index.ts'
import { RecordingWords } from '../words/recording-words.tsx'
import { PlayerActions } from './player-actions.tsx'
import { HoldNote, StateNote } from './player-state.tsx'
import { SoundPlayer } from './sound-player.tsx'
import { useRecording, type OpenRecording } from './use-recording.ts'

interface PlayerProps {
  sid: string
  /** Begins as soon as it can: it was asked for by a click. */
  autoPlay?: boolean
}

/** Plays one recording, wherever it is shown, with its state, notes and what can be done with it. Brings its words and its toasts. */
export function RecordingPlayer({ sid, autoPlay = false }: PlayerProps) {
  return (
    <RecordingWords>
      <Said>
        <Player key={sid} sid={sid} autoPlay={autoPlay} />
      </Said>
    </RecordingWords>
  )
}

function Said({ children }: { children: ReactNode }) {
  const t = useRecordingWords()
  return (
    <OwnToasts label={t('recordings.notifications')} undoLabel={t('recordings.undo')}>
      {children}
    </OwnToasts>
  )
}

function Player({ sid, autoPlay }: Required<PlayerProps>) {
  const t = useRecordingWords()
  const recording = useRecording(sid)
  const { item } = recording
  return (
    <section
      aria-label={t('recordings.player.label')}
      data-sid={sid}
      className="flex flex-col gap-3 rounded-panel border border-line bg-surface p-3"
    >
      <Content recording={recording} autoPlay={autoPlay} />
      {item?.hold && <HoldNote hold={item.hold} />}
      {item?.isPending && <p className="animate-late text-small text-ink-2">{t('recordings.player.notSent')}</p>}
      {item && <PlayerActions item={item} />}
    </section>
  )
}

/** The sound, or why there is none. */
function Content({ recording, autoPlay }: { recording: OpenRecording; autoPlay: boolean }) {
  const t = useRecordingWords()
  const { item, sound, failure, refresh } = recording
  const isAway = useStatus((state) => state.status?.relay === 'offline')
  if (item && item.state !== 'ready') return <StateNote item={item} />
  if (item && sound) return <SoundPlayer item={item} sound={sound} recording={recording} autoPlay={autoPlay} />
  if (failure)
    return (
      <FailureNotice failure={failure}>
        <Button onClick={refresh}>{t('recordings.retry')}</Button>
      </FailureNotice>
    )
  if (isAway && item && !item.isCached) return <p className="flex h-18 items-center text-ink-2">{t('recordings.player.away')}</p>
  return <p className="flex h-18 animate-late items-center text-ink-2">{t('recordings.player.opening')}</p>
}
