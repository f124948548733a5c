import type { CallRecord } from '../../contract/call.ts'
import type { SearchHit } from '../../contract/history.ts'
import { isNumberFound } from '../../contract/number-search.ts'
import { parseIdentity } from '../../contract/sid.ts'
import { textsOf } from './call-index.ts'
import type { SoughtPart } from './call-search.ts'
import { wordsOf, type FoundWord } from './call-words.ts'
import type { ShownRecord } from './record-reader.ts'

type Place = SearchHit['matched'][number]

/** Around what was found, in characters. */
const BEFORE = 40
const LENGTH = 160
const OPEN = '\u2068'
const CLOSE = '\u2069'

/** Whether these words of a text are what was typed; of several, or more than one letter, the last may go on. */
function isHere(text: readonly FoundWord[], at: number, sought: readonly string[]): boolean {
  return sought.every((word, step) => {
    const here = text[at + step]?.word
    const mayGoOn = step === sought.length - 1 && (sought.length > 1 || word.length > 1)
    return here !== undefined && (mayGoOn ? here.startsWith(word) : here === word)
  })
}

/** Where in a text the words are that were typed. */
function found(text: string, typed: readonly string[]): FoundWord[] {
  const words = wordsOf(text)
  const seen = new Set<FoundWord>()
  for (const sought of typed.map((word) => word.split(' ')))
    for (let at = 0; at < words.length; at++)
      if (isHere(words, at, sought)) for (const word of words.slice(at, at + sought.length)) seen.add(word)
  return words.filter((word) => seen.has(word))
}

/** A piece of the text around the first word found, with all found words marked; undefined when none is. Pure. */
export function snippetOf(text: string, typed: readonly string[]): string | undefined {
  const clean = text.replaceAll(/[\u2066-\u2069]/g, '')
  const hits = found(clean, typed)
  const first = hits[0]
  if (!first) return undefined
  const from = first.start <= BEFORE ? 0 : (wordsOf(clean).find(({ start }) => start >= first.start - BEFORE)?.start ?? first.start)
  const to = Math.max(first.end, from + LENGTH)
  const last = clean.length <= to ? clean.length : (wordsOf(clean).findLast(({ end }) => end <= to)?.end ?? to)
  let piece = ''
  let at = from
  for (const { start, end } of hits.filter((hit) => hit.end <= last)) {
    piece += `${clean.slice(at, start)}${OPEN}${clean.slice(start, end)}${CLOSE}`
    at = end
  }
  return `${from > 0 ? '… ' : ''}${piece}${clean.slice(at, last)}${last < clean.length ? ' …' : ''}`
}

const partyAddress = ({ party }: CallRecord) => (party.kind === 'number' ? party.number : party.kind === 'sip' ? party.address : '')

/** Whether it is a user's name, or our number's, that was typed. */
function isNamed(call: CallRecord, { named }: SoughtPart): boolean {
  const colleague = call.party.kind === 'client' ? parseIdentity(call.party.identity)?.userId : undefined
  return [...named.values()].some(
    ({ userIds, ourNumbers }) => userIds.has(call.userId ?? '') || userIds.has(colleague ?? '') || ourNumbers.has(call.ourNumber ?? ''),
  )
}

/** Where a call has what was sought, and the piece of text to show. Pure. */
export function matchOf(
  call: CallRecord,
  records: readonly ShownRecord[],
  parts: readonly SoughtPart[],
): Pick<SearchHit, 'matched' | 'snippet'> {
  const words = parts.flatMap((part) => part.words)
  const { notes, tags, transcripts } = textsOf(call, records)
  const snippets = [notes, transcripts].map((texts) => texts.map((text) => snippetOf(text, words)).find((one) => one !== undefined))
  const isSip = call.party.kind === 'sip' && found(call.party.address, words).length > 0
  const addresses = [partyAddress(call), call.ourNumber ?? '']
  const matched: [Place, boolean][] = [
    ['number', isSip || parts.some(({ needles }) => addresses.some((address) => isNumberFound(address, needles)))],
    ['name', parts.some((part) => isNamed(call, part))],
    ['note', snippets[0] !== undefined],
    ['tag', tags.some((tag) => found(tag, words).length > 0)],
    ['transcript', snippets[1] !== undefined],
  ]
  return { matched: matched.filter(([, isFound]) => isFound).map(([place]) => place), snippet: snippets[0] ?? snippets[1] ?? null }
}
