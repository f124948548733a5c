import { outcomes, type CallOutcome } from '../../../contract/call.ts'
import type { CallFilter } from '../../../contract/history.ts'

export const whens = ['any', 'today', '7d', '30d', 'custom'] as const
export const directions = ['incoming', 'outgoing'] as const
export const marks = ['recording', 'voicemail', 'note'] as const
export type When = (typeof whens)[number]
export type Direction = (typeof directions)[number]
export type Mark = (typeof marks)[number]

/** What the list is narrowed to, as a person chose it; '' and empty lists narrow nothing. */
export interface Query {
  text: string
  when: When
  /** Days of `custom`, `YYYY-MM-DD`, both included, in local time. */
  from: string
  to: string
  directions: readonly Direction[]
  outcomes: readonly CallOutcome[]
  numbers: readonly string[]
  users: readonly string[]
  tags: readonly string[]
  has: readonly Mark[]
  /** Decimal amounts in `currency`. */
  costLow: string
  costHigh: string
  currency: string
  /** Seconds. */
  talkLow: string
  talkHigh: string
  /** E.164 of the only other side. */
  party: string
}
export const noQuery: Query = {
  text: '',
  when: 'any',
  from: '',
  to: '',
  directions: [],
  outcomes: [],
  numbers: [],
  users: [],
  tags: [],
  has: [],
  costLow: '',
  costHigh: '',
  currency: 'USD',
  talkLow: '',
  talkHigh: '',
  party: '',
}

/** One part of a query that can be taken away by itself. */
export const parts = ['when', 'directions', 'outcomes', 'numbers', 'users', 'tags', 'has', 'cost', 'talk', 'party'] as const
export type Part = (typeof parts)[number]
const fieldsOf: Record<Part, readonly (keyof Query)[]> = {
  when: ['when', 'from', 'to'],
  directions: ['directions'],
  outcomes: ['outcomes'],
  numbers: ['numbers'],
  users: ['users'],
  tags: ['tags'],
  has: ['has'],
  cost: ['costLow', 'costHigh'],
  talk: ['talkLow', 'talkHigh'],
  party: ['party'],
}

/** Whether a part narrows anything. */
export function isActive(query: Query, part: Part): boolean {
  if (part === 'when') return query.when !== 'any' && (query.when !== 'custom' || query.from !== '' || query.to !== '')
  return fieldsOf[part].some((field) => query[field].length > 0)
}
export const activeParts = (query: Query): Part[] => parts.filter((part) => isActive(query, part))

/** The query without one of its parts. */
export const without = (query: Query, part: Part): Query => ({
  ...query,
  ...Object.fromEntries(fieldsOf[part].map((field) => [field, noQuery[field]])),
})

const E164 = /^\+[1-9]\d{1,14}$/
const ID = /^[A-Za-z0-9_-]{1,64}$/
const TAG = /^[^\s,][^,\n]{0,39}$/
const DAY = /^\d{4}-\d\d-\d\d$/
const AMOUNT = /^\d{1,9}(\.\d{1,6})?$/
const SECONDS = /^\d{1,6}$/
const lists = {
  dir: ['directions', (one: string) => directions.includes(one as Direction)],
  outcome: ['outcomes', (one: string) => outcomes.includes(one as CallOutcome)],
  number: ['numbers', (one: string) => E164.test(one)],
  user: ['users', (one: string) => ID.test(one)],
  tag: ['tags', (one: string) => TAG.test(one)],
  has: ['has', (one: string) => marks.includes(one as Mark)],
} as const
const texts = {
  q: ['text', (one: string) => one.length <= 200],
  when: ['when', (one: string) => whens.includes(one as When)],
  from: ['from', (one: string) => isDay(one)],
  to: ['to', (one: string) => isDay(one)],
  costmin: ['costLow', (one: string) => AMOUNT.test(one)],
  costmax: ['costHigh', (one: string) => AMOUNT.test(one)],
  currency: ['currency', (one: string) => /^[A-Z]{3}$/.test(one)],
  talkmin: ['talkLow', (one: string) => SECONDS.test(one)],
  talkmax: ['talkHigh', (one: string) => SECONDS.test(one)],
  with: ['party', (one: string) => E164.test(one)],
} as const
const MOST = 100

const isDay = (text: string) => DAY.test(text) && !Number.isNaN(dayStart(text)?.getTime() ?? Number.NaN)

/** The query as it stands in the address, without what narrows nothing. */
export function toAddress(query: Query): string {
  const params = new URLSearchParams()
  for (const [name, [field]] of Object.entries(texts)) if (query[field] !== noQuery[field]) params.append(name, query[field])
  for (const [name, [field]] of Object.entries(lists)) for (const one of query[field]) params.append(name, one)
  return params.toString()
}

/** The query of an address. What is not understood is left out: an address may be old, or typed. */
export function fromAddress(search: string): Query {
  const params = new URLSearchParams(search)
  const found = Object.entries(texts).map(([name, [field, isFine]]) => {
    const value = params.get(name)
    return [field, value !== null && isFine(value) ? value : noQuery[field]]
  })
  const chosen = Object.entries(lists).map(([name, [field, isFine]]) => [
    field,
    [...new Set(params.getAll(name).filter((one) => isFine(one)))].slice(0, name === 'tag' ? 20 : MOST),
  ])
  return { ...noQuery, ...Object.fromEntries([...found, ...chosen]) }
}

/** The beginning of a local day, or undefined when there is no such day; `plus` days later. */
function dayStart(day: string, plus = 0): Date | undefined {
  const [year, month, date] = day.split('-').map(Number)
  if (!year || !month || !date) return undefined
  const at = new Date(year, month - 1, date)
  if (at.getMonth() !== month - 1) return undefined
  at.setDate(at.getDate() + plus)
  return at
}

function startOf(when: When, now: number): Date | undefined {
  const days = { any: undefined, today: 0, '7d': 6, '30d': 29, custom: undefined }[when]
  if (days === undefined) return undefined
  const at = new Date(now)
  at.setHours(0, 0, 0, 0)
  at.setDate(at.getDate() - days)
  return at
}

const some = (key: keyof CallFilter, values: readonly string[]): CallFilter => (values.length > 0 ? { [key]: [...values] } : {})
const known = (key: keyof CallFilter, value: CallFilter[keyof CallFilter]): CallFilter => (value === undefined ? {} : { [key]: value })
const amount = (text: string, currency: string) => (text === '' ? undefined : { amount: text, currency })
const whole = (text: string) => (text === '' ? undefined : Number(text))

/** What main is asked for. `now`, ms since 1970, begins relative days; they are local days. Pure. */
export function toFilter(query: Query, now: number): CallFilter {
  const isCustom = query.when === 'custom'
  const from = isCustom ? dayStart(query.from) : startOf(query.when, now)
  const to = isCustom ? dayStart(query.to, 1) : undefined
  return {
    ...known('from', from?.toISOString()),
    ...known('to', to?.toISOString()),
    ...some('directions', query.directions),
    ...some('outcomes', query.outcomes),
    ...some('ourNumbers', query.numbers),
    ...some('userIds', query.users),
    ...some('tags', query.tags),
    ...known('hasRecording', query.has.includes('recording') || undefined),
    ...known('hasVoicemail', query.has.includes('voicemail') || undefined),
    ...known('hasNote', query.has.includes('note') || undefined),
    ...known('costAtLeast', amount(query.costLow, query.currency)),
    ...known('costAtMost', amount(query.costHigh, query.currency)),
    ...known('talkAtLeast', whole(query.talkLow)),
    ...known('talkAtMost', whole(query.talkHigh)),
    ...known('party', query.party || undefined),
  }
}

/** Seconds of `1:30` or `90`; undefined when it is neither, '' for nothing. */
export function secondsOf(text: string): string | undefined {
  const trimmed = text.trim()
  if (trimmed === '' || SECONDS.test(trimmed)) return trimmed
  const match = /^(\d{1,4}):([0-5]\d)$/.exec(trimmed)
  return match ? String(Number(match[1]) * 60 + Number(match[2])) : undefined
}

/** A decimal amount, also as written with a comma; undefined when it is none, '' for nothing. */
export function amountOf(text: string): string | undefined {
  const trimmed = text.trim().replace(',', '.')
  return trimmed === '' || AMOUNT.test(trimmed) ? trimmed : undefined
}
