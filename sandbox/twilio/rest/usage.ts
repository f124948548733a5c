import { spellings, type Kind } from '../world/types.ts'
import { minutes } from '../engine/pricing.ts'
import { knowOnly } from './filters.ts'
import { iso8601, RestError, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { page } from './paging.ts'

const path = '/Accounts/{AccountSid}/Usage/Records'
const dayMs = 86_400_000

/** Something that was used: it counts in each of its categories. `price` in units of 0.00001 USD. */
interface Used {
  at: number
  categories: string[]
  usage: number
  price: number
}

/** Categories of the sandbox, with their descriptions and units. */
const categories: Record<string, [description: string, countUnit: string, usageUnit: string]> = {
  calls: ['Voice Minutes', 'calls', 'minutes'],
  'calls-inbound': ['Inbound Voice Minutes', 'calls', 'minutes'],
  'calls-outbound': ['Outbound Voice Minutes', 'calls', 'minutes'],
  'calls-client': ['Client Voice Minutes', 'calls', 'minutes'],
  recordings: ['Recordings', 'recordings', 'minutes'],
  transcriptions: ['Transcriptions', 'transcriptions', 'minutes'],
  phonenumbers: ['Phone Numbers', 'numbers', 'numbers'],
  'phonenumbers-local': ['Local Phone Numbers', 'numbers', 'numbers'],
  'phonenumbers-mobile': ['Mobile Phone Numbers', 'numbers', 'numbers'],
  'phonenumbers-tollfree': ['Toll Free Phone Numbers', 'numbers', 'numbers'],
  totalprice: ['Total Price', '', 'usd'],
}

const units = (price: string | null | undefined): number => Math.round(Math.abs(Number(price ?? 0)) * 100_000)

function* usedBy({ account, clock }: RestContext): Generator<Used> {
  const known = (priceAt: number | null, price: string | null) => (priceAt !== null && clock.now() >= priceAt ? units(price) : 0)
  for (const call of account.calls.all()) {
    if (call.answeredAt === null || call.endedAt === null) continue
    const isClient = (call.direction === 'inbound' ? call.from : call.to).startsWith('client:')
    const category = isClient ? 'calls-client' : call.direction === 'inbound' ? 'calls-inbound' : 'calls-outbound'
    const usage = minutes(call.endedAt - call.answeredAt)
    yield { at: call.createdAt, categories: ['calls', category], usage, price: known(call.priceAt, call.price) }
  }
  for (const recording of account.recordings.all())
    if (recording.durationSeconds !== null)
      yield {
        at: recording.createdAt,
        categories: ['recordings'],
        usage: minutes(recording.durationSeconds * 1000),
        price: known(recording.priceAt, recording.price),
      }
  for (const one of account.transcriptions.all())
    if (one.status === 'completed') {
      const usage = minutes(one.durationSeconds * 1000)
      yield { at: one.createdAt, categories: ['transcriptions'], usage, price: known(one.priceAt, one.price) }
    }
  for (const charge of account.charges()) {
    const { resource, kind } = (charge.details ?? {}) as { resource?: string; kind?: Kind }
    if (resource !== 'IncomingPhoneNumbers' || !kind) continue
    const category = `phonenumbers-${spellings[kind].owned}`
    yield { at: Date.parse(charge.at), categories: ['phonenumbers', category], usage: 1, price: units(charge.amount) }
  }
}

type Period = 'AllTime' | 'Daily' | 'LastMonth' | 'Monthly' | 'ThisMonth' | 'Today' | 'Yearly' | 'Yesterday'
const periods: Period[] = ['AllTime', 'Daily', 'LastMonth', 'Monthly', 'ThisMonth', 'Today', 'Yearly', 'Yesterday']
interface Span {
  from: number
  until: number
}

const dayOf = (at: number): number => Math.floor(at / dayMs) * dayMs
const month = (at: number, more = 0): number => Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth() + more)
const year = (at: number, more = 0): number => Date.UTC(new Date(at).getUTCFullYear() + more, 0)

/** One span after another until all of `whole` is covered. */
function each(start: number, whole: Span, next: (at: number) => number): Span[] {
  const spans: Span[] = []
  for (let from = start; from < whole.until; from = next(from)) spans.push({ from, until: next(from) })
  return spans
}

/** The spans of a period, in UTC: one for most, one per day, month or year for the last three. */
const spansOf: Record<Period, (whole: Span, now: number) => Span[]> = {
  AllTime: (whole) => [whole],
  Today: (_, now) => [{ from: dayOf(now), until: dayOf(now) + dayMs }],
  Yesterday: (_, now) => [{ from: dayOf(now) - dayMs, until: dayOf(now) }],
  ThisMonth: (_, now) => [{ from: month(now), until: month(now, 1) }],
  LastMonth: (_, now) => [{ from: month(now, -1), until: month(now) }],
  Daily: (whole) => each(dayOf(whole.from), whole, (at) => at + dayMs),
  Monthly: (whole) => each(month(whole.from), whole, (at) => month(at, 1)),
  Yearly: (whole) => each(year(whole.from), whole, (at) => year(at, 1)),
}

/** A day like 2026-01-31. @throws RestError 20001 */
function dayParameter({ query }: RestContext, name: string): number | undefined {
  const text = query.get(name)
  if (!text) return undefined
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new RestError(20001, `${name} must be YYYY-MM-DD, not ${text}`)
  return Date.parse(text)
}

interface Row extends Span {
  sid: string
  category: string
  count: number
  usage: number
  price: number
}

function rowsOf(context: RestContext, spans: Span[], isEachShown: boolean): Row[] {
  const used = [...usedBy(context)]
  return spans.flatMap((span) => {
    const within = used.filter(({ at }) => at >= span.from && at < span.until)
    const rows = Object.keys(categories).map((category): Row => {
      const mine = category === 'totalprice' ? within : within.filter((one) => one.categories.includes(category))
      const sum = (value: (one: Used) => number) => mine.reduce((total, one) => total + value(one), 0)
      const price = sum((one) => one.price)
      const counts =
        category === 'totalprice' ? { count: 0, usage: price / 100_000 } : { count: mine.length, usage: sum((one) => one.usage) }
      return { ...span, ...counts, price, category, sid: category.replaceAll('-', '_') }
    })
    return rows.filter(({ count, price }) => isEachShown || count > 0 || price > 0)
  })
}

/** `AllTime` as `all_time`. */
const snake = (period: Period): string => period.replaceAll(/(?<=[a-z])[A-Z]/g, '_$&').toLowerCase()
const date = (at: number): string => new Date(at).toISOString().slice(0, 10)

function shape(row: Row, { account, clock }: RestContext): object {
  const uri = `/2010-04-01/Accounts/${account.accountSid}/Usage/Records`
  const [description, countUnit, usageUnit] = categories[row.category] ?? ['', '', '']
  return {
    account_sid: account.accountSid,
    api_version: '2010-04-01',
    as_of: iso8601(clock.now()).replace('Z', '+00:00'),
    category: row.category,
    count: String(row.count),
    count_unit: countUnit,
    description,
    end_date: date(row.until - dayMs),
    price: (row.price / 100_000).toFixed(5),
    price_unit: 'usd',
    start_date: date(row.from),
    subresource_uris: Object.fromEntries(periods.map((period) => [snake(period), `${uri}/${period}.json?Category=${row.category}`])),
    uri: `${uri}.json?Category=${row.category}&StartDate=${date(row.from)}&EndDate=${date(row.until - dayMs)}`,
    usage: String(row.usage),
    usage_unit: usageUnit,
  }
}

function list(context: RestContext, period: Period): RestAnswer {
  knowOnly(context, ['Category', 'StartDate', 'EndDate', 'IncludeSubaccounts'])
  const now = context.clock.now()
  const [start, end] = [dayParameter(context, 'StartDate'), dayParameter(context, 'EndDate')]
  // Nothing was used before there was an account.
  const opened = dayOf(context.account.state.createdAt)
  const whole = { from: Math.max(start ?? opened, opened), until: (end ?? dayOf(now)) + dayMs }
  const spans = spansOf[period](whole, now)
  const category = context.query.get('Category')
  const rows = rowsOf(context, spans, !['Daily', 'Monthly', 'Yearly'].includes(period)).filter(
    (row) => !category || row.category === category,
  )
  return page(context, 'usage_records', rows, { at: ({ from }) => from, shape: (row) => shape(row, context) })
}

/** What was used and what it cost: minutes and recordings from the records (once rated), numbers from the ledger. */
export const usageOperations: Operation[] = [
  { method: 'GET', path: `${path}.json`, run: (context) => list(context, 'AllTime') },
  ...periods.map((period): Operation => ({ method: 'GET', path: `${path}/${period}.json`, run: (context) => list(context, period) })),
]
