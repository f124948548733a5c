import { useCallback } from 'react'
import { formatMoney } from '../../ui/money.ts'
import { formatDuration } from '../../ui/time.ts'
import { useCallDesk, type CallDesk } from '../desk.tsx'
import type { Part, Query } from '../model/query.ts'

const time = (seconds: string) => seconds && formatDuration(Number(seconds))

/** A local day as it is written here. */
const dayText = (day: string) => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(new Date(`${day}T12:00:00`))

function between(low: string, high: string, t: CallDesk['t']): string {
  if (low && high) return t('history.range.between', { low, high })
  return low ? t('history.range.from', { low }) : t('history.range.upTo', { high })
}

function whenText({ when, from, to }: Query, t: CallDesk['t']): string {
  if (when !== 'custom') return t(`history.when.${when}`)
  if (from && to) return t('history.when.between', { from: dayText(from), to: dayText(to) })
  return from ? t('history.when.since', { from: dayText(from) }) : t('history.when.until', { to: dayText(to) })
}

/** What was chosen of one part, in words. */
function valuesOf(query: Query, part: Part, { t, names, oursOf, format }: CallDesk): string {
  const money = (amount: string) => amount && formatMoney({ amount, currency: query.currency })
  const texts: Record<Part, () => string> = {
    when: () => whenText(query, t),
    directions: () => query.directions.map((one) => t(`history.directions.${one}`)).join(', '),
    outcomes: () => query.outcomes.map((one) => t(`history.outcomes.${one}`)).join(', '),
    numbers: () => query.numbers.map(oursOf).join(', '),
    users: () => query.users.map((one) => names[one] ?? one).join(', '),
    tags: () => query.tags.join(', '),
    has: () => query.has.map((one) => t(`history.has.${one}`)).join(', '),
    cost: () => between(money(query.costLow), money(query.costHigh), t),
    talk: () => between(time(query.talkLow), time(query.talkHigh), t),
    party: () => format(query.party),
  }
  return texts[part]()
}

/** "Dates: Last 7 days" of what is chosen. */
export function useChosenText(): (query: Query, part: Part) => string {
  const desk = useCallDesk()
  return useCallback(
    (query, part) => desk.t('history.chips.chosen', { kind: desk.t(`history.chips.${part}`), values: valuesOf(query, part, desk) }),
    [desk],
  )
}
