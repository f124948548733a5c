import type { CallFilter } from '../../contract/history.ts'
import { keyAt } from './call-key.ts'
import { bucketOf, LAST_BUCKET, marks, microsOf } from './call-words.ts'

/** A part of a `where`, with its values in order; it may name the call's row as `c`. */
export interface Condition {
  sql: string
  values: (string | number)[]
}

/** A filter as the index is asked for it, and what only the rows know exactly. */
export interface CallQuery {
  /** Each must hold, in FTS5's language. */
  index: string[]
  /** None may. */
  without: string[]
  rows: Condition[]
  /** Keys of calls: at least, and below. */
  least: number
  below: number
}

/** A word of the index, quoted: nothing a person types is FTS5's language. */
export const quoted = (word: string): string => `"${word.replaceAll('"', '""')}"`
/** Any of these words. Without words: undefined, which nothing has. */
export const anyOf = (words: readonly string[]): string | undefined =>
  words.length > 0 ? `(${words.map(quoted).join(' OR ')})` : undefined

const buckets = (least: number, most: number) => {
  const [first, last] = [bucketOf(least), Math.min(bucketOf(most), LAST_BUCKET)]
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
}

/** Which lists of values are asked for; an empty list asks nothing. */
function valuesOf({ directions, outcomes, ourNumbers, userIds, tags, party }: CallFilter): string[][] {
  return [
    (directions ?? []).map(marks.direction),
    (outcomes ?? []).map(marks.outcome),
    (ourNumbers ?? []).map(marks.ourNumber),
    (userIds ?? []).map(marks.user),
    (tags ?? []).map(marks.tag),
    party === undefined ? [] : [marks.party(party)],
  ].filter((words) => words.length > 0)
}

/** Talk between two numbers of seconds: its buckets in the index, and exactly. */
function talkOf({ talkAtLeast, talkAtMost }: CallFilter): { words: string[]; rows: Condition[] } | undefined {
  if (talkAtLeast === undefined && talkAtMost === undefined) return undefined
  const [least, most] = [talkAtLeast ?? 0, talkAtMost ?? 1_000_000_000]
  return { words: buckets(least, most).map(marks.talk), rows: [{ sql: 'c.talk_seconds between ? and ?', values: [least, most] }] }
}

/** Likewise the cost, in one currency; of two currencies no call is. */
function costOf({ costAtLeast, costAtMost }: CallFilter): { words: string[]; rows: Condition[] } | undefined {
  const currency = costAtLeast?.currency ?? costAtMost?.currency
  if (currency === undefined) return undefined
  if (costAtMost && costAtMost.currency !== currency) return { words: [], rows: [] }
  const [least, most] = [costAtLeast ? microsOf(costAtLeast.amount) : 0, costAtMost ? microsOf(costAtMost.amount) : 1e15]
  return {
    words: buckets(least, most).map((bucket) => marks.cost(currency, bucket)),
    rows: [{ sql: 'c.cost_currency = ? and c.cost_micros between ? and ?', values: [currency, least, most] }],
  }
}

const NOTHING = quoted('\u{E000}nothing')

/** A filter as a query. Pure. `from` and `to` must be instants. */
export function queryOf(filter: CallFilter): CallQuery {
  const index = valuesOf(filter).map((words) => anyOf(words) ?? NOTHING)
  const without: string[] = []
  const rows: Condition[] = []
  for (const range of [talkOf(filter), costOf(filter)].filter((one) => one !== undefined)) {
    index.push(anyOf(range.words) ?? NOTHING)
    rows.push(...range.rows)
  }
  const { hasRecording, hasVoicemail, hasNote, from, to } = filter
  const flags = [
    [hasRecording, marks.recording],
    [hasVoicemail, marks.voicemail],
    [hasNote, marks.note],
  ] as const
  for (const [isWanted, word] of flags) if (isWanted !== undefined) (isWanted ? index : without).push(quoted(word))
  return {
    index,
    without,
    rows,
    least: from === undefined ? 0 : keyAt(from),
    below: to === undefined ? Number.MAX_SAFE_INTEGER : keyAt(to),
  }
}

/** What the index is asked, or undefined when every call will do. `NOT` needs something to take from: both directions are all calls. */
export function expressionOf(index: readonly string[], without: readonly string[]): string | undefined {
  if (index.length === 0 && without.length === 0) return undefined
  const all = index.length > 0 ? index : [`(${quoted(marks.direction('incoming'))} OR ${quoted(marks.direction('outgoing'))})`]
  const positive = `(${all.join(' AND ')})`
  return without.length > 0 ? `${positive} NOT (${without.join(' OR ')})` : positive
}
