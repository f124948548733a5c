import { CircleCheck, CircleHelp, CircleX, Image, MessageSquare, Phone, Printer, TriangleAlert, type LucideIcon } from 'lucide-react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import type { Capabilities } from '../../contract/number.ts'
import { cx } from '../ui/class-names.ts'
import { formatMoney } from '../ui/money.ts'
import { useDesk } from './desk.tsx'
import type { HealthLevel, NumberState } from './model/row.ts'

const dots: Record<NumberState, string> = {
  active: 'before:bg-call-fill',
  inactive: 'text-ink-2 before:border before:border-ink-3',
  held: 'text-ink-2 before:bg-warn',
  missing: 'text-ink-2 before:border before:border-warn',
  left: 'text-ink-2 before:border before:border-line-strong',
}
// Few elements on purpose, here and below: while one scrolls, what a row costs is its number of elements.
/** A dot and the word. */
export function StateMark({ state }: { state: NumberState }) {
  const { t } = useDesk()
  return (
    <span
      className={cx(
        'min-w-0 truncate before:mr-1.5 before:inline-block before:size-2 before:rounded-full before:content-[""] max-wide:shrink-0',
        dots[state],
      )}
    >
      {t(`numbers.states.${state}`)}
    </span>
  )
}

const glyphs: Record<HealthLevel, [LucideIcon, string]> = {
  good: [CircleCheck, 'text-call'],
  warning: [TriangleAlert, 'text-warn'],
  bad: [CircleX, 'text-alarm'],
  unknown: [CircleHelp, 'text-ink-3'],
}
/** The glyph of a level: never without its word. */
export function HealthGlyph({ level }: { level: HealthLevel }) {
  const [Icon, colour] = glyphs[level]
  return <Icon className={`size-4 shrink-0 ${colour}`} strokeWidth={1.75} aria-hidden="true" />
}
export function HealthMark({ number: { health, troubles } }: { number: Pick<OwnedNumber, 'health' | 'troubles'> }) {
  const { t } = useDesk()
  const title = troubles.map((one) => t(`numbers.checks.${one}.name`)).join(', ')
  return (
    <span
      className={cx('inline-flex shrink-0 items-center gap-1.5 whitespace-nowrap', health === 'good' && 'text-ink-2')}
      title={title || undefined}
    >
      <HealthGlyph level={health} />
      {t(`numbers.health.${health}`)}
    </span>
  )
}

const initials = (name: string) => {
  const words = name.trim().split(/\s+/)
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? '') : (name[1] ?? '')
  return `${words[0]?.[0] ?? ''}${last}`.toUpperCase()
}
const SHOWN_OWNERS = 3

/** Initials of the first few, in their order; the names for those who listen or hover. */
export function Owners({ userIds, names }: { userIds: readonly string[]; names: Readonly<Record<string, string>> }) {
  const { t } = useDesk()
  const all = userIds.map((id) => names[id] ?? id)
  if (all.length === 0) return <span className="text-ink-3">{t('numbers.nobody')}</span>
  const rest = all.length - SHOWN_OWNERS
  return (
    <span className="inline-flex items-center -space-x-1" title={all.join(', ')}>
      <span className="sr-only">{all.join(', ')}</span>
      {all.slice(0, SHOWN_OWNERS).map((name, index) => (
        <span
          key={userIds[index]}
          aria-hidden="true"
          className="inline-flex size-6 items-center justify-center rounded-full border border-surface bg-accent-fill text-[10px] leading-none font-semibold text-white"
        >
          {initials(name)}
        </span>
      ))}
      {rest > 0 && (
        <span aria-hidden="true" className="pl-2 text-small text-ink-2">
          {`+${rest}`}
        </span>
      )}
    </span>
  )
}

const capabilityIcons: readonly [keyof Capabilities, LucideIcon][] = [
  ['voice', Phone],
  ['sms', MessageSquare],
  ['mms', Image],
  ['fax', Printer],
]
/** What it can do, as glyphs with their words. */
export function CapabilityMarks({ capabilities }: { capabilities: Capabilities | null }) {
  const { t } = useDesk()
  if (!capabilities) return <span className="text-ink-3">{t('numbers.capabilitiesUnknown')}</span>
  return (
    <span className="inline-flex items-center gap-1.5">
      {capabilityIcons.map(
        ([name, Icon]) =>
          capabilities[name] && (
            <span key={name} title={t(`numbers.capabilities.${name}`)}>
              <Icon className="size-4 text-ink-2" strokeWidth={1.75} aria-hidden="true" />
              <span className="sr-only">{t(`numbers.capabilities.${name}`)}</span>
            </span>
          ),
      )}
    </span>
  )
}

const WIDTH = 64
const HEIGHT = 20

/** Calls per day as a line, the busiest day at the top; beside it stands the count. */
export function Sparkline({ perDay }: { perDay: readonly number[] }) {
  const most = Math.max(1, ...perDay)
  const step = WIDTH / Math.max(1, perDay.length - 1)
  const points = perDay.map((count, day) => `${(day * step).toFixed(1)},${(HEIGHT - 2 - (count / most) * (HEIGHT - 4)).toFixed(1)}`)
  if (points.length < 2) return <span className="inline-block w-16" />
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" className="shrink-0 text-accent">
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  )
}

/** What it costs a month; unknown is a dash with a word, never 0. */
export function Monthly({ monthly }: Pick<OwnedNumber, 'monthly'>) {
  const { t } = useDesk()
  if (monthly) return <span className="tabular-nums">{formatMoney(monthly)}</span>
  return (
    <span className="text-ink-3" title={t('numbers.priceUnknown')}>
      <span aria-hidden="true">{'–'}</span>
      <span className="sr-only">{t('numbers.priceUnknown')}</span>
    </span>
  )
}
