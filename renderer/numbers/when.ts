import { formatExactly, formatWhen } from '../ui/time.ts'
import { useDesk } from './desk.tsx'

const dates = new Map<string, Intl.DateTimeFormat>()
/** A day, with its year where it is another one. */
export function formatDay(at: string, now = Date.now(), locale?: string): string {
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  const key = `${locale} ${isThisYear}`
  const format =
    dates.get(key) ?? new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' }) })
  dates.set(key, format)
  return format.format(Date.parse(at))
}

/** How long ago something was, short, and exactly for a tooltip; `never` when it was not. */
export function useWhen() {
  const { t } = useDesk()
  return (at: string | null, now = Date.now()): { text: string; exactly: string | undefined } =>
    at === null
      ? { text: t('numbers.never'), exactly: undefined }
      : { text: formatWhen(Date.parse(at), now, { yesterday: t('numbers.yesterday') }), exactly: formatExactly(Date.parse(at)) }
}

const minute = 60_000
/** "just now", "3 min ago", "at 14:05". `at` in milliseconds since 1970. */
export function useAgo() {
  const { t } = useDesk()
  return (at: number, now: number) => {
    if (now - at < minute) return t('numbers.summary.justNow')
    if (now - at < 60 * minute) return t('numbers.summary.minutes', { count: Math.floor((now - at) / minute) })
    return t('numbers.summary.at', { time: formatWhen(at, now, { yesterday: t('numbers.yesterday') }) })
  }
}
