import { useEffect, useState } from 'react'

const two = (value: number) => String(value).padStart(2, '0')

/** `1:05`, `12:03`, `1:02:45`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes}:${two(whole % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** A date format, made once: making one takes milliseconds, and a list would make hundreds. */
function dateFormat(locale: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options])
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options)
  formats.set(key, format)
  return format
}

/** The time of day, short. */
export const formatTime = (at: number, locale?: string) => dateFormat(locale, { timeStyle: 'short' }).format(at)

/** The time of day today, the weekday within a week, else the date: short, by the locale. */
export function formatWhen(at: number, now: number, words: { yesterday: string }, locale?: string): string {
  const day = 86_400_000
  const days = Math.round((startOfDay(now) - startOfDay(at)) / day)
  if (days <= 0) return formatTime(at, locale)
  if (days === 1) return words.yesterday
  if (days < 7) return dateFormat(locale, { weekday: 'long' }).format(at)
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return dateFormat(locale, { day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' }) }).format(at)
}

/** Day and time of day, to the minute. */
export const formatMoment = (at: number, locale?: string) => dateFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(at)

/** To the second, for a tooltip. */
export const formatExactly = (at: number, locale?: string) => dateFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(at)

function startOfDay(at: number): number {
  const day = new Date(at)
  day.setHours(0, 0, 0, 0)
  return day.getTime()
}

/** The present, read again every `stepMs` while `isRunning`. */
export function useNow(stepMs: number, isRunning = true): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!isRunning) return undefined
    const tick = () => setNow(Date.now())
    const first = setTimeout(tick, 0)
    const timer = setInterval(tick, stepMs)
    return () => (clearTimeout(first), clearInterval(timer))
  }, [stepMs, isRunning])
  return now
}
