import type { ReactNode } from 'react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { formatMoney } from '../ui/money.ts'
import { formatDuration } from '../ui/time.ts'
import { useNumberWords } from '../words/index.ts'
import { CapabilityMarks, Monthly, Sparkline } from './cells.tsx'
import { DetailPart } from '../ui/detail-part.tsx'
import { useDesk } from './desk.tsx'
import { formatDay, useWhen } from './when.ts'

/** Where it is, what it can do, what it costs, since when it is ours, how much it is used. What is not known is left out. */
export function DetailFacts({ number }: { number: OwnedNumber }) {
  const t = useNumberWords()
  const { isManager } = useDesk()
  const when = useWhen()
  const { text, exactly } = when(number.lastUsedAt)
  const used = [t('numbers.calls', { count: number.calls30 })]
  if (number.talkSeconds30 > 0) used.push(t('numbers.detail.talk', { time: formatDuration(number.talkSeconds30) }))
  return (
    <DetailPart title={t('numbers.detail.facts')}>
      <dl className="flex flex-col gap-1.5">
        <Fact label={t('numbers.detail.place')}>{number.place ?? number.country}</Fact>
        <Fact label={t('numbers.detail.type')}>{number.type && t(`numbers.types.${number.type}`)}</Fact>
        <Fact label={t('numbers.detail.canDo')}>{isManager && <CapabilityMarks capabilities={number.capabilities} />}</Fact>
        <Fact label={t('numbers.detail.price')}>{isManager && <Monthly monthly={number.monthly} />}</Fact>
        <Fact label={t('numbers.detail.since')}>{number.since && formatDay(number.since)}</Fact>
        <Fact label={t('numbers.detail.bought')}>{number.origin && <Origin origin={number.origin} />}</Fact>
        <Fact label={t('numbers.detail.lastUsed')}>{<span title={exactly}>{text}</span>}</Fact>
        <Fact label={t('numbers.detail.used')}>
          <span className="flex flex-wrap items-center gap-x-3">
            {used.join(' · ')}
            <Sparkline perDay={number.perDay} />
          </span>
        </Fact>
        <Fact label={t('numbers.detail.sid')}>{number.sid && <span className="text-small break-all">{number.sid}</span>}</Fact>
      </dl>
    </DetailPart>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  if (children === null || children === undefined || children === false || children === '') return null
  return (
    <div className="flex gap-3">
      <dt className="w-24 shrink-0 text-ink-2">{label}</dt>
      <dd className="min-w-0 flex-1 break-words tabular-nums">{children}</dd>
    </div>
  )
}

function Origin({ origin: { at, byUserId, monthly } }: { origin: NonNullable<OwnedNumber['origin']> }) {
  const t = useNumberWords()
  const { names } = useDesk()
  const parts = [byUserId ? t('numbers.detail.boughtBy', { name: names[byUserId] ?? byUserId, date: formatDay(at) }) : formatDay(at)]
  if (monthly) parts.push(t('numbers.detail.boughtFor', { price: formatMoney(monthly) }))
  return parts.join(' ')
}
