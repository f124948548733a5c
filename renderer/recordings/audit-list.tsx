import { CircleCheck, CircleOff, Clock, ShieldCheck, Trash2, TriangleAlert } from 'lucide-react'
import { useCallback, useEffect } from 'react'
import type { RecordingAuditRow } from '../../contract/recording.ts'
import { useOurNumber, usePartyName } from '../phone/party.ts'
import { goTo } from '../shell/route.ts'
import { createAuditStore, type AuditCounts } from '../state/recordings.ts'
import { useApp, useLater, useSession } from '../state/use.ts'
import { Check } from '../ui/check.tsx'
import { cx } from '../ui/class-names.ts'
import { formatDuration, formatExactly, formatWhen, useNow } from '../ui/time.ts'
import { useRecordingWords, type RecordingT } from '../words/index.ts'
import { ListFrame } from './list-frame.tsx'
import { RowList } from './row-list.tsx'
import { absentWhy } from './state-words.ts'
import { useNames } from './use-names.ts'

const callIdOf = ({ callId }: RecordingAuditRow) => callId
const openCall = ({ callId }: RecordingAuditRow) => void goTo('calls', callId)
const nowhere = () => undefined

/** For every call that should be recorded: is it, is it complete, and if not why. */
export function AuditList() {
  const t = useRecordingWords()
  const store = useApp().state.later(createAuditStore)
  const list = useLater(createAuditStore, (state) => state)
  const now = useNow(60_000)
  const onMore = useCallback(() => void store.getState().more(), [store])
  useEffect(() => void store.getState().load(), [store])
  const empty = list.troubleOnly
    ? { title: t('recordings.empty.trouble'), text: t('recordings.empty.troubleText') }
    : { title: t('recordings.empty.audit'), text: t('recordings.empty.auditText') }
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-x-6 gap-y-1 px-3 pb-2">
        {list.counts && <Counts counts={list.counts} />}
        <Check label={t('recordings.troubleOnly')} checked={list.troubleOnly} onChange={() => void list.load(!list.troubleOnly)} />
      </div>
      <ListFrame list={list} icon={ShieldCheck} empty={empty} onRetry={() => void list.load()}>
        <RowList
          label={t('recordings.list.audit')}
          items={list.items ?? []}
          keyOf={callIdOf}
          open={null}
          onOpen={openCall}
          onLeave={nowhere}
          onMore={onMore}
        >
          {(row, isCurrent) => <AuditRow row={row} now={now} isCurrent={isCurrent} />}
        </RowList>
      </ListFrame>
    </>
  )
}

function Counts({ counts }: { counts: AuditCounts }) {
  const t = useRecordingWords()
  return (
    <p className="flex flex-wrap gap-x-4 tabular-nums">
      <span className="font-medium">{t('recordings.audit.wanted', { count: counts.wanted })}</span>
      <span className="text-ink-2">{t('recordings.audit.complete', { count: counts.complete })}</span>
      {counts.pending > 0 && <span className="text-ink-2">{t('recordings.audit.pending', { count: counts.pending })}</span>}
      <span className={counts.trouble > 0 ? 'font-medium text-alarm' : 'text-ink-2'}>
        {t('recordings.audit.trouble', { count: counts.trouble })}
      </span>
    </p>
  )
}

const looks = {
  complete: [CircleCheck, 'text-call'],
  short: [TriangleAlert, 'text-warn'],
  pending: [Clock, 'text-ink-2'],
  absent: [CircleOff, 'text-alarm'],
  failed: [CircleOff, 'text-alarm'],
  missing: [CircleOff, 'text-alarm'],
  trashed: [Trash2, 'text-ink-2'],
  deleted: [Trash2, 'text-ink-2'],
} as const

/** Why a recording is not complete; '' when there is nothing to explain. */
function auditWhy({ state, errorCode, recordedSeconds, talkSeconds }: RecordingAuditRow, t: RecordingT): string {
  if (state === 'absent') return absentWhy(errorCode, t)
  if (state === 'missing') return t('recordings.audit.missing')
  if (state === 'failed') return errorCode === null ? t('recordings.audit.failed') : absentWhy(errorCode, t)
  if (state !== 'short') return ''
  return t('recordings.audit.short', { recorded: formatDuration(recordedSeconds ?? 0), talk: formatDuration(talkSeconds ?? 0) })
}

function AuditRow({ row, now, isCurrent }: { row: RecordingAuditRow; now: number; isCurrent: boolean }) {
  const t = useRecordingWords()
  const nameOf = usePartyName()
  const ourNumber = useOurNumber()
  const names = useNames()
  const self = useSession((state) => state.session?.user?.userId)
  const at = Date.parse(row.startedAt)
  const ours = row.ourNumber ? ourNumber(row.ourNumber) : undefined
  const user = row.userId !== null && row.userId !== self ? names[row.userId] : undefined
  const [Icon, tone] = looks[row.state]
  const about = [ours && (ours.name || ours.number), user, t(`recordings.audit.because.${row.wanted}`)].filter(Boolean).join(' · ')
  const told = [t(`recordings.audit.state.${row.state}`), auditWhy(row, t)].filter(Boolean).join(': ')
  return (
    <button
      type="button"
      data-row
      tabIndex={isCurrent ? 0 : -1}
      title={t('recordings.audit.open', { who: nameOf(row.party) })}
      onClick={() => openCall(row)}
      className="flex size-full items-center gap-3 border-b border-line px-3 text-left -outline-offset-2 hover:bg-hover"
    >
      <Icon className={cx('size-4 shrink-0', tone)} strokeWidth={1.75} aria-hidden="true" />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 flex-1 truncate font-medium tabular-nums">{nameOf(row.party)}</span>
          <time dateTime={row.startedAt} title={formatExactly(at)} className="shrink-0 text-small text-ink-2 tabular-nums">
            {formatWhen(at, now, { yesterday: t('recordings.yesterday') })}
          </time>
        </span>
        <span className="flex flex-wrap gap-x-2 overflow-hidden text-small max-h-4">
          <span className={cx('font-medium', tone === 'text-call' ? 'text-ink-2' : tone)}>{told}</span>
          <span className="min-w-0 truncate text-ink-2">{about}</span>
        </span>
      </span>
      {row.talkSeconds !== null && <span className="shrink-0 text-ink-2 tabular-nums">{formatDuration(row.talkSeconds)}</span>}
    </button>
  )
}
