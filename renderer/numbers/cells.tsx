import type { OwnedNumber } from '../../contract/number-desktop.ts'
import type { Capabilities } from '../../contract/number.ts'
import { cx } from '../ui/class-names.ts'
import { formatMoney } from '../ui/money.ts'
import type { NumberT } from '../words/index.ts'
import { useDesk } from './desk.tsx'
import { capabilityNames, CapabilityGlyphs, Glyph, levelPaths } from './glyphs.tsx'
import type { HealthLevel, NumberState } from './model/row.ts'

const dots: Record<NumberState, string> = {
  active: 'before:bg-call-fill',
  inactive: 'text-ink-2 before:border before:border-ink-3',
  held: 'text-ink-2 before:bg-warn',
  missing: 'text-ink-2 before:border before:border-warn',
  left: 'text-ink-2 before:border before:border-line-strong',
}
// Few elements on purpose, here and below: while one scrolls, what a row costs is its number of elements.
/** A dot before the word. */
export const stateClass = (state: NumberState) =>
  cx('min-w-0 truncate before:mr-1.5 before:inline-block before:size-2 before:rounded-full before:content-[""]', dots[state])
export function StateMark({ state }: { state: NumberState }) {
  const { t } = useDesk()
  return <span className={cx(stateClass(state), 'max-wide:shrink-0')}>{t(`numbers.states.${state}`)}</span>
}

const colours: Record<HealthLevel, string> = { good: 'text-call', warning: 'text-warn', bad: 'text-alarm', unknown: 'text-ink-3' }
/** The glyph of a level: never without its word. */
export const HealthGlyph = ({ level }: { level: HealthLevel }) => <Glyph path={levelPaths[level]} className={colours[level]} />
export const healthClass = (health: HealthLevel) =>
  cx('flex shrink-0 items-center gap-1.5 whitespace-nowrap', health === 'good' && 'text-ink-2')
/** The names of what is not good, for a tooltip. */
export const troublesText = (troubles: OwnedNumber['troubles'], t: NumberT): string | undefined =>
  troubles.length === 0 ? undefined : troubles.map((one) => t(`numbers.checks.${one}.name`)).join(', ')
export function HealthMark({ number: { health, troubles } }: { number: Pick<OwnedNumber, 'health' | 'troubles'> }) {
  const { t } = useDesk()
  return (
    <span className={healthClass(health)} title={troublesText(troubles, t)}>
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

interface OwnersProps {
  userIds: readonly string[]
  names: Readonly<Record<string, string>>
  t: NumberT
}
/** Initials of the first few, in their order; the names for those who listen or hover. */
export function OwnersCell({ userIds, names, t }: OwnersProps) {
  const all = userIds.map((id) => names[id] ?? id)
  if (all.length === 0) return <td className="truncate text-ink-3">{t('numbers.nobody')}</td>
  const rest = all.length - SHOWN_OWNERS
  return (
    <td className="flex min-w-0 items-center -space-x-1" title={all.join(', ')}>
      <span className="sr-only">{all.join(', ')}</span>
      {all.slice(0, SHOWN_OWNERS).map((name, index) => (
        <span
          key={userIds[index]}
          aria-hidden="true"
          className="flex size-6 shrink-0 items-center justify-center rounded-full border border-surface bg-accent-fill text-[10px] leading-none font-semibold text-white"
        >
          {initials(name)}
        </span>
      ))}
      {rest > 0 && (
        <span aria-hidden="true" className="pl-2 text-small text-ink-2">
          {`+${rest}`}
        </span>
      )}
    </td>
  )
}

/** What a number can do, in words. */
export const capabilitiesText = (capabilities: Capabilities, t: NumberT) =>
  capabilityNames
    .filter((name) => capabilities[name])
    .map((name) => t(`numbers.capabilities.${name}`))
    .join(', ')
/** … and as glyphs with these words. */
export function CapabilityMarks({ capabilities }: { capabilities: Capabilities | null }) {
  const { t } = useDesk()
  if (!capabilities) return <span className="text-ink-3">{t('numbers.capabilitiesUnknown')}</span>
  const label = capabilitiesText(capabilities, t)
  return (
    <span className="inline-flex" title={label}>
      {label && <CapabilityGlyphs capabilities={capabilities} label={label} />}
    </span>
  )
}

const WIDTH = 64
const HEIGHT = 20

const drawn = new WeakMap<readonly number[], string>()
/** The points of a line, computed once: rows come and go while one scrolls. */
function pointsOf(perDay: readonly number[]): string {
  const known = drawn.get(perDay)
  if (known !== undefined) return known
  const most = Math.max(1, ...perDay)
  const step = WIDTH / Math.max(1, perDay.length - 1)
  const points = perDay
    .map((count, day) => `${(day * step).toFixed(1)},${(HEIGHT - 2 - (count / most) * (HEIGHT - 4)).toFixed(1)}`)
    .join(' ')
  drawn.set(perDay, points)
  return points
}

/** Calls per day as a line, the busiest day at the top; beside it stands the count. */
export function Sparkline({ perDay }: { perDay: readonly number[] }) {
  if (perDay.length < 2) return <span className="inline-block w-16" />
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" className="shrink-0 text-accent">
      <polyline
        points={pointsOf(perDay)}
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
