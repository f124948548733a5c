import type { RestAnswer, RestContext } from './http.ts'

const defaultSize = 50
const largestSize = 1000

/** Where a row stands in a list: newest first, and by SID among rows of one instant. */
interface Place {
  at: number
  sid: string
}

/** Which rows of a list one page shows, and the tokens of its neighbours. */
interface Slice<T> {
  shown: T[]
  size: number
  number: number
  next: string | undefined
  previous: string | undefined
}

/** `PageToken` alone moves: it names the row after or before which the page stands, so that rows that arrive meanwhile shift nothing; `Page` only counts. */
function slice<T extends { sid: string }>(context: RestContext, rows: Iterable<T>, at: (row: T) => number): Slice<T> {
  const size = pageSize(context)
  const number = Math.max(0, Number.parseInt(context.query.get('Page') ?? '0', 10) || 0)
  const placed = [...rows].map((row) => ({ at: at(row), sid: row.sid, row })).toSorted(order)
  const from = firstIndex(context, placed, size)
  const shown = placed.slice(from, from + size)
  const [first, last] = [shown[0], shown.at(-1)]
  return {
    shown: shown.map(({ row }) => row),
    size,
    number,
    next: last && from + size < placed.length ? token('PA', last) : undefined,
    previous: first && from > 0 && number > 0 ? token('PB', first) : undefined,
  }
}

/** A page in v2010's style: URIs are relative and repeat the filters (facts/twilio.md §0.1). */
export function page<T extends { sid: string }>(
  context: RestContext,
  collection: string,
  rows: Iterable<T>,
  of: { at(row: T): number; shape(row: T): object },
): RestAnswer {
  const { shown, size, number, next, previous } = slice(context, rows, (row) => of.at(row))
  const start = number * size
  return {
    status: 200,
    body: {
      first_page_uri: uri(context, size, 0),
      next_page_uri: next ? uri(context, size, number + 1, next) : null,
      previous_page_uri: previous ? uri(context, size, number - 1, previous) : null,
      page: number,
      page_size: size,
      start,
      end: shown.length ? start + shown.length - 1 : start,
      uri: uri(context, size, number, context.query.get('PageToken') ?? undefined),
      [collection]: shown.map((row) => of.shape(row)),
    },
  }
}

/** A page in the style of the other products: absolute URLs under `meta`, on Twilio's own host as Twilio writes them. */
export function productPage<T extends { sid: string }>(
  context: RestContext,
  key: string,
  rows: Iterable<T>,
  of: { at(row: T): number; shape(row: T): object },
): RestAnswer {
  const { shown, size, number, next, previous } = slice(context, rows, (row) => of.at(row))
  const url = (index: number, pageToken?: string) => productUrl(uri(context, size, index, pageToken))
  return {
    status: 200,
    body: {
      [key]: shown.map((row) => of.shape(row)),
      meta: {
        page: number,
        page_size: size,
        first_page_url: url(0),
        previous_page_url: previous ? url(number - 1, previous) : null,
        url: url(number, context.query.get('PageToken') ?? undefined),
        next_page_url: next ? url(number + 1, next) : null,
        key,
      },
    },
  }
}

/** `/pricing/v1/…` as Twilio calls it: `https://pricing.twilio.com/v1/…`. */
export const productUrl = (path: string): string => path.replace(/^\/([a-z]+)\//, 'https://$1.twilio.com/')

const order = (a: Place, b: Place): number => b.at - a.at || (a.sid < b.sid ? -1 : Number(a.sid > b.sid))

/** How many rows a page has. */
export function pageSize(context: RestContext): number {
  const asked = context.query.get('PageSize')
  if (asked === null) return defaultSize
  const size = Number(asked)
  if (Number.isInteger(size) && size > 0) return Math.min(size, largestSize)
  context.warn(`PageSize=${asked} is not a positive number`)
  return defaultSize
}

/** The index of the page's first row. An unknown token begins at the top. */
function firstIndex(context: RestContext, places: Place[], size: number): number {
  const asked = context.query.get('PageToken')
  if (!asked) return 0
  const place = readToken(asked)
  if (!place) {
    context.warn(`PageToken ${asked} is not one of ours`)
    return 0
  }
  const after = places.findIndex((other) => order(place, other) < 0)
  if (asked.startsWith('PA')) return after === -1 ? places.length : after
  const at = places.findIndex((other) => order(place, other) <= 0)
  return Math.max(0, (at === -1 ? places.length : at) - size)
}

const token = (direction: 'PA' | 'PB', place: Place): string =>
  direction + Buffer.from(`${place.at}:${place.sid}`, 'latin1').toString('base64url')

function readToken(text: string): Place | undefined {
  const found = /^(-?\d+):(\w+)$/.exec(/^P[AB]/.test(text) ? Buffer.from(text.slice(2), 'base64url').toString('latin1') : '')
  return found ? { at: Number(found[1]), sid: found[2] as string } : undefined
}

function uri(context: RestContext, size: number, number: number, pageToken?: string): string {
  const query = new URLSearchParams([...context.query].filter(([name]) => !['PageSize', 'Page', 'PageToken'].includes(name)))
  query.append('PageSize', String(size))
  query.append('Page', String(number))
  if (pageToken) query.append('PageToken', pageToken)
  return `${context.url.split('?')[0] ?? ''}?${query.toString()}`
}
