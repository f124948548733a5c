import { useEffect, useMemo, useState } from 'react'
import type { RecordingItem } from '../../contract/recording.ts'
import { createListeningStore } from '../state/listening.ts'
import { useLater, useSession } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { formatDuration } from '../ui/time.ts'
import { useRecordingWords } from '../words/index.ts'
import { lanesOf, whyTogether, type Lane } from './model/lanes.ts'
import type { Loop } from './model/passages.ts'
import { NoteMarks, PlayerNotes } from './player-notes.tsx'
import { PlayButton, PlayerControls } from './player-controls.tsx'
import { PositionSlider } from './position-slider.tsx'
import type { Heard } from './sound-graph.ts'
import { useNames } from './use-names.ts'
import { useFreshAddress, usePlayback, type Listening } from './use-playback.ts'
import type { OpenRecording, Sound } from './use-recording.ts'
import { LANE_HEIGHT, Waveform } from './waveform.tsx'

interface SoundProps {
  item: RecordingItem
  sound: Sound
  recording: OpenRecording
  autoPlay: boolean
}

/** Of us where it is not oneself who is heard: then "You" would be wrong. */
function useOurName({ userId }: RecordingItem): string | null {
  const names = useNames()
  const self = useSession((state) => state.session?.user?.userId)
  return userId !== null && userId !== self ? (names[userId] ?? null) : null
}

/** Tells the playback how to play: speed and silence as chosen for all recordings, loop and side for this one. */
function useSetting({ playback }: Listening, { item, sound }: SoundProps, loop: Loop | null, heard: Heard) {
  const speed = useLater(createListeningStore, (state) => state.speed)
  const skips = useLater(createListeningStore, (state) => state.skipsSilence)
  const { channelRoles } = item
  const roles = whyTogether(sound.channels ?? item.channels, channelRoles) === null ? channelRoles : null
  useEffect(() => playback.setSpeed(speed), [playback, speed])
  useEffect(() => playback.setSilences(skips ? sound.silences : null), [playback, skips, sound.silences])
  useEffect(() => playback.setLoop(loop), [playback, loop])
  useEffect(() => playback.setHeard(heard, roles), [playback, heard, roles])
}

/** A recording that can be played. */
export function SoundPlayer(props: SoundProps) {
  const { item, sound, recording, autoPlay } = props
  const listening = usePlayback(item, sound, autoPlay)
  const { playback, view, toggle } = listening
  const [loop, setLoop] = useState<Loop | null>(null)
  const [heard, setHeard] = useState<Heard>('both')
  useSetting(listening, props, loop, heard)
  useFreshAddress(listening, sound.url, recording.reopen)
  const ourName = useOurName(item)
  const duration = view.duration ?? sound.durationSeconds ?? item.durationSeconds ?? 0
  const seek = (at: number) => playback.seek(at)
  return (
    <>
      <Trouble listening={listening} onAgain={recording.reopen} />
      <div className="flex items-center gap-3 pt-4">
        <Lanes item={item} sound={sound} duration={duration} ourName={ourName} listening={listening} loop={loop} />
      </div>
      <NoteMarks notes={recording.notes} duration={duration} onSeek={seek} />
      <PlayerControls
        heard={heard}
        together={whyTogether(sound.channels ?? item.channels, item.channelRoles)}
        ourName={ourName}
        hasSilences={sound.silences !== null}
        loop={loop}
        at={view.at}
        onHear={setHeard}
        onLoop={setLoop}
      >
        <PlayButton isPlaying={view.isPlaying} isDisabled={listening.isInCall} onToggle={toggle} />
        <span className="tabular-nums">
          {formatDuration(view.at)}
          <span className="text-ink-2">{` / ${formatDuration(duration)}`}</span>
        </span>
      </PlayerControls>
      <Hints item={item} sound={sound} listening={listening} />
      <PlayerNotes item={item} notes={recording.notes} at={view.at} onSeek={seek} onNotes={recording.setNotes} />
    </>
  )
}

interface LanesProps extends Pick<SoundProps, 'item' | 'sound'> {
  duration: number
  ourName: string | null
  listening: Listening
  loop: Loop | null
}

/** The waveform with whose lane is whose, and the slider over it. */
function Lanes({ item, sound, duration, ourName, listening, loop }: LanesProps) {
  const t = useRecordingWords()
  const lanes = useMemo(() => (sound.peaks ? lanesOf(sound.peaks, item.channelRoles) : null), [sound.peaks, item.channelRoles])
  const nameOf = ({ who }: Lane) => (who === 'us' ? (ourName ?? t('recordings.you')) : who === 'them' ? t('recordings.them') : '')
  const isNamed = lanes?.some((lane) => lane.who !== null)
  return (
    <>
      {isNamed && (
        <div className="flex w-12 shrink-0 flex-col text-small text-ink-2">
          {lanes?.map((lane) => (
            <span key={lane.who} className="flex items-center truncate" style={{ height: LANE_HEIGHT }}>
              {nameOf(lane)}
            </span>
          ))}
        </div>
      )}
      <div className="relative min-w-0 flex-1" style={{ height: (lanes?.length ?? 1) * LANE_HEIGHT }}>
        {lanes && duration > 0 ? (
          <Waveform lanes={lanes} duration={duration} playback={listening.playback} />
        ) : (
          <span className="absolute inset-x-0 top-1/2 h-1 -translate-y-1/2 rounded-full bg-pressed">
            <span className="block h-full rounded-full bg-line-strong" style={{ width: `${listening.view.loaded * 100}%` }} />
          </span>
        )}
        {duration > 0 && (
          <PositionSlider
            at={listening.view.at}
            duration={duration}
            loop={loop}
            onSeek={(at) => listening.playback.seek(at)}
            onToggle={listening.toggle}
          />
        )}
      </div>
    </>
  )
}

/** What is going on that one may wonder about. */
function Hints({
  item,
  sound,
  listening: { view, isInCall, isRinging, isResumed },
}: Pick<SoundProps, 'item' | 'sound'> & { listening: Listening }) {
  const t = useRecordingWords()
  const isComing = !item.isCached && !sound.peaks
  const hints = [
    isInCall && t(isRinging ? 'recordings.player.ringing' : 'recordings.player.inCall'),
    view.isWaiting && !isInCall && t('recordings.player.waiting'),
    isComing && view.loaded < 1 && t('recordings.player.loading', { percent: Math.round(view.loaded * 100) }),
    isComing && t('recordings.player.noWave'),
    isResumed && !view.isPlaying && view.at > 0 && t('recordings.player.resumed'),
  ].filter((hint) => hint !== false)
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output is phrasing of a form
    <p role="status" className="text-small text-ink-2 empty:hidden">
      {hints.join(' ')}
    </p>
  )
}

function Trouble({ listening, onAgain }: { listening: Listening; onAgain: () => void }) {
  const t = useRecordingWords()
  const { trouble } = listening.view
  if (trouble === 'blocked') return <Notice isWarning title={t('recordings.player.blocked')} />
  if (trouble === null) return null
  return (
    <Notice title={t('recordings.player.unplayable')} text={t('recordings.player.unplayableText')}>
      <Button onClick={onAgain}>{t('recordings.retry')}</Button>
    </Notice>
  )
}
