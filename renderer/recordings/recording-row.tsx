import { CircleOff, Clock, Gavel, HardDriveDownload, Pause, PhoneIncoming, PhoneOutgoing, Play, Trash2, Voicemail } from 'lucide-react'
import { memo } from 'react'
import type { RecordingItem } from '../../contract/recording.ts'
import { useOurNumber, usePartyName } from '../phone/party.ts'
import { createListeningStore } from '../state/listening.ts'
import { useApp, useLater, useSession } from '../state/use.ts'
import { IconButton } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { formatDuration, formatExactly, formatWhen } from '../ui/time.ts'
import { useRecordingWords } from '../words/index.ts'
import { stateWords } from './state-words.ts'
import { useNames } from './use-names.ts'

interface RowProps {
  item: RecordingItem
  now: number
  isOpen: boolean
  /** The one that Tab comes to. */
  isCurrent: boolean
  onOpen: (item: RecordingItem) => void
  onPlay: (item: RecordingItem) => void
}

const small = { className: 'size-3.5 shrink-0', strokeWidth: 1.75 } as const
export const startOf = ({ startedAt, callStartedAt }: RecordingItem) => Date.parse(startedAt ?? callStartedAt)

/** One recording in two lines: who and when; with which of our numbers and users, and its state or what a voicemail says. */
export const RecordingRow = memo(function RecordingRow({ item, now, isOpen, isCurrent, onOpen, onPlay }: RowProps) {
  const t = useRecordingWords()
  const nameOf = usePartyName()
  const who = nameOf(item.party)
  const at = startOf(item)
  const isUnread = item.isVoicemail && !item.isRead && item.state === 'ready'
  return (
    <div
      className={cx(
        'group relative flex h-full items-center gap-2 border-b border-line px-3 contain-content',
        isOpen ? 'bg-accent-wash' : 'hover:bg-hover',
      )}
    >
      <Lead item={item} who={who} onPlay={onPlay} />
      <button
        type="button"
        data-row
        tabIndex={isCurrent ? 0 : -1}
        aria-current={isOpen ? 'true' : undefined}
        onClick={() => onOpen(item)}
        className="flex h-full min-w-0 flex-1 flex-col justify-center gap-0.5 text-left -outline-offset-2"
      >
        <span className="flex w-full items-baseline gap-2">
          <span className={cx('min-w-0 flex-1 truncate tabular-nums', isUnread ? 'font-bold' : 'font-medium')}>
            {who}
            {isUnread && <span className="sr-only">{`, ${t('recordings.notListened')}`}</span>}
          </span>
          <time dateTime={new Date(at).toISOString()} title={formatExactly(at)} className="shrink-0 text-small text-ink-2 tabular-nums">
            {formatWhen(at, now, { yesterday: t('recordings.yesterday') })}
          </time>
        </span>
        <span className="flex w-full items-center gap-1.5 text-small text-ink-2">
          <Told item={item} />
          <Marks item={item} />
        </span>
      </button>
    </div>
  )
})

function Lead({ item, who, onPlay }: Pick<RowProps, 'item' | 'onPlay'> & { who: string }) {
  const t = useRecordingWords()
  const listening = useApp().state.later(createListeningStore)
  const isPlaying = useLater(createListeningStore, (state) => state.playingSid === item.sid)
  if (item.state === 'ready') {
    const [verb, Act] = isPlaying ? (['pause', Pause] as const) : (['play', Play] as const)
    return (
      <IconButton
        label={item.isVoicemail ? t(`recordings.${verb}Voicemail`, { who }) : t(`recordings.${verb}Row`, { who })}
        tabIndex={-1}
        onClick={() => (isPlaying ? listening.getState().pause() : onPlay(item))}
      >
        <Act className="size-4" strokeWidth={1.75} fill="currentColor" />
      </IconButton>
    )
  }
  const Icon = item.state === 'trashed' ? Trash2 : item.state === 'recording' || item.state === 'processing' ? Clock : CircleOff
  return (
    <span className="flex size-8 shrink-0 items-center justify-center text-ink-3">
      <Icon className="size-4" strokeWidth={1.75} aria-hidden="true" />
    </span>
  )
}

/** What a voicemail says, or the state and its reason; before it whose number and user it was. */
function Told({ item }: { item: RecordingItem }) {
  const t = useRecordingWords()
  const ourNumber = useOurNumber()
  const names = useNames()
  const self = useSession((state) => state.session?.user?.userId)
  const ours = item.ourNumber ? ourNumber(item.ourNumber) : undefined
  const user = item.userId !== null && item.userId !== self ? names[item.userId] : undefined
  const Direction = item.isVoicemail ? Voicemail : item.direction === 'incoming' ? PhoneIncoming : PhoneOutgoing
  const said = item.isVoicemail && item.state === 'ready' ? (item.transcript?.text ?? '') : ''
  const parts = [ours && (ours.name || ours.number), user, stateWords(item, t), item.isPending && t('recordings.notSent'), said].filter(
    Boolean,
  )
  return (
    <>
      <Direction {...small} aria-hidden="true" />
      <span className="min-w-0 flex-1 truncate">{parts.join(' · ')}</span>
    </>
  )
}

function Marks({ item }: { item: RecordingItem }) {
  const t = useRecordingWords()
  return (
    <>
      {item.hold && <Gavel {...small} aria-label={t('recordings.held')} />}
      {item.isCached && <HardDriveDownload {...small} aria-label={t('recordings.cached')} />}
      {item.durationSeconds !== null && item.state !== 'absent' && (
        <span
          className="w-11 shrink-0 text-right tabular-nums"
          title={t('recordings.length', { time: formatDuration(item.durationSeconds) })}
        >
          {formatDuration(item.durationSeconds)}
        </span>
      )}
    </>
  )
}
