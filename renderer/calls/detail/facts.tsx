import { ChevronDown, ChevronRight } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { LegRecord } from '../../../contract/call.ts'
import type { CallView } from '../../../contract/history.ts'
import { negateDecimal } from '../../../contract/money.ts'
import { Button } from '../../ui/button.tsx'
import { formatMoney } from '../../ui/money.ts'
import { formatDuration, formatExactly } from '../../ui/time.ts'
import { useCallDesk } from '../desk.tsx'
import { DetailPart } from '../../ui/detail-part.tsx'
import { spokenSeconds } from './sentence.ts'

/** What is known of the call; what is not is said to be unknown, never 0. */
export function Facts({ call }: { call: CallView }) {
  const { t, names, format, oursOf, deviceId, isManager, userId: me } = useCallDesk()
  const { ourNumber, userId, party } = call
  const isMine = userId === me
  const who = (userId && names[userId]) ?? t('history.facts.someone')
  const legs = call.legs.filter((leg) => leg.sid !== null) // others were planned, and never dialled
  const unknown = <span className="text-ink-3">{t('history.facts.unknown')}</span>
  const ours = ourNumber && (oursOf(ourNumber) === format(ourNumber) ? format(ourNumber) : `${oursOf(ourNumber)} · ${format(ourNumber)}`)
  const device = call.deviceId && (call.deviceId === deviceId ? t('history.facts.thisDevice') : call.deviceId)
  const wantedText =
    call.recordWanted && t(`history.facts.wanted.${call.recordWanted === 'caller' && isMine ? 'you' : call.recordWanted}`, { who })
  const rows: (readonly [string, ReactNode])[] = [
    [t('history.facts.direction'), t(`history.${call.direction}`)],
    [t('history.facts.number'), party.kind === 'number' ? `${format(party.number)} · ${party.number}` : null],
    [t('history.facts.ours'), ours || unknown],
    [t('history.facts.start'), formatExactly(Date.parse(call.startedAt))],
    [t('history.facts.ring'), ringText(call, t('history.facts.ringNone')) ?? unknown],
    [
      t('history.facts.talk'),
      call.talkSeconds === null ? talkless(call, t('history.facts.noTalk'), unknown) : formatDuration(call.talkSeconds),
    ],
    [t('history.facts.user'), userId ? (names[userId] ?? userId) : null],
    [t('history.facts.device'), device || null],
    [t('history.facts.cost'), <Cost key="cost" call={call} />],
    [t('history.facts.record'), wantedText],
  ]
  return (
    <DetailPart title={t('history.facts.title')}>
      <dl className="flex max-w-140 flex-col gap-1.5">
        {rows.map(
          ([label, value]) =>
            value !== null && (
              <div key={label} className="flex gap-4">
                <dt className="w-28 shrink-0 text-ink-2">{label}</dt>
                <dd className="min-w-0 break-words tabular-nums">{value}</dd>
              </div>
            ),
        )}
      </dl>
      {legs.length > 0 && <Legs legs={legs} call={call} hasCost={isManager || call.cost !== null} />}
    </DetailPart>
  )
}

const ringText = ({ ringSeconds, outcome }: CallView, none: string) =>
  ringSeconds === null ? (outcome === 'ongoing' ? undefined : none) : spokenSeconds(ringSeconds)

/** Nobody talked, or it is not known yet how long. */
const talkless = ({ outcome }: CallView, none: string, unknown: ReactNode) =>
  outcome === 'answered' || outcome === 'ongoing' ? unknown : none

function Cost({ call: { cost, unrated } }: { call: CallView }) {
  const { t } = useCallDesk()
  if (!cost) return <span className="text-ink-3">{t('history.cost.unknown')}</span>
  const money = `${formatMoney(cost)} ${cost.currency}`
  if (cost.isFinal) return <span>{`${money} · ${t('history.cost.final')}`}</span>
  const soFar = <span title={t('history.cost.soFarHint')}>{t('history.cost.soFar', { money })}</span>
  if (!unrated?.includes('deleted-recording')) return soFar
  return (
    <>
      {soFar}
      <span className="block text-small text-ink-2">{t('history.cost.deletedHint')}</span>
    </>
  )
}

/** Twilio's connections, on request: what support asks for. */
function Legs({ legs, call, hasCost }: { legs: readonly LegRecord[]; call: CallView; hasCost: boolean }) {
  const { t, names, nameOf, deviceId } = useCallDesk()
  const [isOpen, setOpen] = useState(false)
  const Chevron = isOpen ? ChevronDown : ChevronRight
  const who = (leg: LegRecord) => {
    if (leg.role === 'party') return nameOf(call.party)
    const name = leg.userId ? (names[leg.userId] ?? leg.userId) : t('history.facts.legOf.device')
    return leg.deviceId === deviceId && deviceId ? `${name} · ${t('history.facts.thisDevice')}` : name
  }
  return (
    <div className="flex flex-col gap-2">
      <Button
        look="quiet"
        className="-ml-3 self-start"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        icon={<Chevron className="size-4" strokeWidth={1.75} aria-hidden="true" />}
      >
        {`${t('history.facts.legs')} (${legs.length})`}
      </Button>
      {isOpen && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role -- what scrolls sideways must be reachable by key
        <div role="group" aria-label={t('history.facts.legs')} tabIndex={0} className="overflow-x-auto">
          <table className="w-full text-left">
            <caption className="pb-1 text-left text-small text-ink-2">{t('history.facts.legsText')}</caption>
            <thead className="text-small text-ink-2">
              <tr>
                {(['legWho', 'legStatus', 'legTime', ...(hasCost ? (['legCost'] as const) : []), 'sid'] as const).map((column) => (
                  <th key={column} className="py-1 pr-4 font-medium">
                    {t(`history.facts.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {legs.map((leg) => (
                <tr key={leg.legId} className="border-t border-line align-top">
                  <td className="py-1.5 pr-4 tabular-nums">{who(leg)}</td>
                  <td className="py-1.5 pr-4">{`${t(`history.status.${leg.status ?? 'unknown'}`)}${leg.errorCode ? ` · ${leg.errorCode}` : ''}`}</td>
                  <td className="py-1.5 pr-4 tabular-nums">{leg.durationSeconds === null ? '–' : formatDuration(leg.durationSeconds)}</td>
                  {hasCost && <td className="py-1.5 pr-4 tabular-nums">{legCost(leg) ?? '–'}</td>}
                  <td className="py-1.5 font-mono text-small text-ink-2">{leg.sid ?? '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}

const legCost = ({ price, priceUnit }: LegRecord) =>
  price !== null && priceUnit !== null ? formatMoney({ amount: negateDecimal(price), currency: priceUnit }) : undefined
