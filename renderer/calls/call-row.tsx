import { CircleDot, Phone as PhoneIcon, StickyNote, Tag, Voicemail } from 'lucide-react'
import { memo } from 'react'
import type { CallItem } from '../../contract/history.ts'
import type { CallHit } from '../state/call-pages.ts'
import { cx } from '../ui/class-names.ts'
import { formatMoney } from '../ui/money.ts'
import { formatDuration, formatExactly, formatWhen } from '../ui/time.ts'
import { useCallDesk, type CallDesk } from './desk.tsx'
import { MarkedText } from './marked-text.tsx'
import type { Columns } from './model/columns.ts'
import { markWords, snippetPieces } from './model/marked.ts'
import { isMissed, OutcomeGlyph, outcomeWords } from './outcome.tsx'

interface CallRowProps {
  hit: CallHit
  /** What was searched for: it is marked where it was found. */
  search: string
  columns: Columns
  index: number
  /** In px from the top of the list, of a row that does not follow on the others. */
  asideTop: number | undefined
  isOpen: boolean
  /** The one that Tab comes to. */
  isCurrent: boolean
  isBusy: boolean
  now: number
  href: string
  onCall: (call: CallItem) => void
}

// Rows follow on each other and have no style of their own: see number-row.
/** One call in 44 px, or in two lines where there is no room for columns: who, what became of it and why, when, how long. */
export const CallRow = memo(function CallRow(props: CallRowProps) {
  const { hit, columns, index, asideTop, isOpen, isCurrent, isBusy, href, onCall } = props
  const { call } = hit
  const { t, nameOf } = useCallDesk()
  const { isCard } = columns
  const canCall = call.party.kind === 'number'
  return (
    <li
      data-index={index}
      data-call={call.callId}
      style={asideTop === undefined ? undefined : { top: asideTop }}
      className={cx(
        'flex items-center border-b border-line pr-3 contain-content',
        isCard ? 'h-14' : 'h-11',
        asideTop !== undefined && 'absolute inset-x-0',
        isOpen ? 'bg-accent-wash' : 'hover:bg-hover',
      )}
    >
      <a
        href={href}
        aria-current={isOpen || undefined}
        tabIndex={isCurrent ? 0 : -1}
        className={cx(
          'h-full min-w-0 flex-1 items-center outline-offset-[-2px]',
          isCard ? 'flex gap-3 pr-1 pl-4' : 'grid grid-cols-(--columns) gap-x-3 pr-2 pl-5',
        )}
      >
        <span title={t(`history.${call.direction}`)}>
          <OutcomeGlyph call={call} />
          <span className="sr-only">{t(`history.${call.direction}`)}</span>
        </span>
        {isCard ? <Card {...props} /> : <Cells {...props} />}
      </a>
      <button
        type="button"
        tabIndex={isCurrent && canCall ? 0 : -1}
        disabled={isBusy}
        aria-label={t('history.callAgain', { who: nameOf(call.party) })}
        title={t('history.callAgain', { who: nameOf(call.party) })}
        onClick={() => onCall(call)}
        className={cx(
          'flex size-8 shrink-0 items-center justify-center rounded-control text-ink-2 hover:bg-hover hover:text-ink disabled:text-ink-3',
          !canCall && 'invisible',
        )}
      >
        <PhoneIcon className="size-4" strokeWidth={1.75} aria-hidden="true" />
      </button>
    </li>
  )
})

/** Who of us talked, or placed the call, where it was not oneself. */
function byWhom({ userId, outcome, direction }: CallItem, { names, userId: own, t }: CallDesk): string | undefined {
  const name = userId && userId !== own && (outcome === 'answered' || direction === 'outgoing') ? names[userId] : undefined
  return name && t('history.by', { name })
}

function Who({ hit, search }: Pick<CallRowProps, 'hit' | 'search'>) {
  const { nameOf } = useCallDesk()
  const who = nameOf(hit.call.party)
  const isFound = hit.matched.includes('number') || hit.matched.includes('name')
  return (
    <span className={cx('min-w-0 truncate font-medium tabular-nums', isMissed(hit.call) && 'text-alarm')}>
      {isFound ? <MarkedText pieces={markWords(who, search)} /> : who}
    </span>
  )
}

/** What became of it; in a search, what was found instead where that is not in sight. */
function Told({ hit, hasUser }: { hit: CallHit; hasUser: boolean }) {
  const desk = useCallDesk()
  const { call, snippet } = hit
  const { outcome, reason } = outcomeWords(call, desk.common)
  const told = [outcome, reason, hasUser ? undefined : byWhom(call, desk)].filter(Boolean).join(' · ')
  return (
    <span className="min-w-0 truncate text-ink-2" title={told}>
      {told}
      {snippet && (
        <span className="pl-2 text-ink">
          <MarkedText pieces={snippetPieces(snippet)} />
        </span>
      )}
      {!snippet && call.tags.length > 0 && <span className="pl-2 text-ink-3">{call.tags.map((tag) => `#${tag}`).join(' ')}</span>}
    </span>
  )
}

function Cells({ hit, search, columns, now }: CallRowProps) {
  const { t, oursOf, format, names } = useCallDesk()
  const { call } = hit
  const at = Date.parse(call.startedAt)
  return (
    <>
      <Who hit={hit} search={search} />
      <Told hit={hit} hasUser={columns.hasUser} />
      {columns.hasUser && <span className="truncate text-ink-2">{(call.userId && names[call.userId]) ?? ''}</span>}
      {columns.hasOurs && (
        <span className="truncate text-ink-2 tabular-nums" title={call.ourNumber ? format(call.ourNumber) : undefined}>
          {call.ourNumber ? oursOf(call.ourNumber) : ''}
        </span>
      )}
      <Marks call={call} />
      {columns.hasCost && <Cost call={call} />}
      <span className="text-right text-ink-2 tabular-nums">
        {call.talkSeconds !== null && (
          <span title={t('history.talk', { time: formatDuration(call.talkSeconds) })}>{formatDuration(call.talkSeconds)}</span>
        )}
      </span>
      <time dateTime={call.startedAt} title={formatExactly(at)} className="truncate text-right text-ink-2 tabular-nums">
        {formatWhen(at, now, { yesterday: t('history.yesterday') })}
      </time>
    </>
  )
}

function Card({ hit, search, now }: CallRowProps) {
  const { t } = useCallDesk()
  const { call } = hit
  const at = Date.parse(call.startedAt)
  return (
    <span className="flex min-w-0 flex-1 flex-col">
      <span className="flex items-center gap-2">
        <Who hit={hit} search={search} />
        <span className="flex-1" />
        <Marks call={call} />
        <time dateTime={call.startedAt} title={formatExactly(at)} className="shrink-0 text-small text-ink-2 tabular-nums">
          {formatWhen(at, now, { yesterday: t('history.yesterday') })}
        </time>
      </span>
      <span className="flex items-center gap-2">
        <Told hit={hit} hasUser={false} />
        <span className="flex-1" />
        {call.talkSeconds !== null && (
          <span className="shrink-0 text-small text-ink-2 tabular-nums">{formatDuration(call.talkSeconds)}</span>
        )}
      </span>
    </span>
  )
}

const glyph = { className: 'size-4 shrink-0', strokeWidth: 1.75 } as const

/** What there is besides: a recording, a voicemail, notes, tags. */
function Marks({ call }: { call: CallItem }) {
  const { t } = useCallDesk()
  const isThere = (isVoicemail: boolean) =>
    call.recordings.some((one) => (one.source === 'RecordVerb') === isVoicemail && one.status === 'completed')
  return (
    <span className="flex shrink-0 items-center gap-1 text-ink-3">
      {isThere(false) && <CircleDot {...glyph} aria-label={t('history.marks.recording')} />}
      {call.outcome !== 'voicemail' && isThere(true) && <Voicemail {...glyph} aria-label={t('history.marks.voicemail')} />}
      {call.noteCount > 0 && <StickyNote {...glyph} aria-label={t('history.marks.note', { count: call.noteCount })} />}
      {call.tags.length > 0 && <Tag {...glyph} aria-label={t('history.marks.tags', { tags: call.tags.join(', ') })} />}
    </span>
  )
}

/** So far, or final; unknown is shown as such, never as 0 (RULES R10). */
function Cost({ call: { cost } }: { call: CallItem }) {
  const { t } = useCallDesk()
  return (
    <span
      className={cx('truncate text-right tabular-nums', cost?.isFinal ? 'text-ink-2' : 'text-ink-3')}
      title={!cost ? t('history.cost.unknown') : cost.isFinal ? undefined : t('history.cost.soFarHint')}
    >
      {cost ? `${formatMoney(cost)}${cost.isFinal ? '' : ' …'}` : '–'}
    </span>
  )
}
