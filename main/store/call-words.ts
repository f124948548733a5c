import type { CallRecord } from '../../contract/call.ts'

// What the index of calls holds of a text, and of a call's properties; the index and those who ask it use the same words.

/** Scripts that are written without spaces: each character is a word, and a word typed is a phrase. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|[[\p{L}\p{N}\p{M}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]]+/gv
/** Letters that Unicode does not take apart. */
const plain: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' }

/** A word as it is compared: without case, accents and other forms of the same letter. May be several words, or none. Pure. */
export const folded = (word: string): string => (/^[a-z0-9]*$/i.test(word) ? word.toLowerCase() : foldedLetters(word))

const foldedLetters = (word: string): string =>
  word
    .normalize('NFKD')
    .replaceAll(/[\p{M}&&\p{Script=Inherited}]/gv, '')
    .toLowerCase()
    .replaceAll(/[ßæœøłđðþı]/g, (letter) => plain[letter] ?? letter)
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}\p{M} ]/gu, ' ')
    .trim()

export interface FoundWord {
  /** Folded. */
  word: string
  /** Where it is in the text, in UTF-16 units. */
  start: number
  end: number
}

/** The words of a text, in its order. Pure. */
export const wordsOf = (text: string): FoundWord[] =>
  Array.from(text.matchAll(WORD), (found) => ({ word: folded(found[0]), start: found.index, end: found.index + found[0].length })).filter(
    ({ word }) => word !== '',
  )

/** The folded words of a text, one space between them. Pure. */
export const foldedText = (text: string): string =>
  wordsOf(text)
    .map(({ word }) => word)
    .join(' ')

// Of U+E000, which no folded text holds: a property is never found by a word, nor a word's beginning among the properties.
const MARK = '\u{E000}'
const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex')
const address = (text: string) => (/^\+?\d+$/.test(text) ? text.replace('+', 'e') : `x${hex(text)}`)
const plainWord = (text: string) => text.replaceAll(/[^a-zA-Z0-9]/g, '')

/** Properties of a call as words of the index. */
export const marks = {
  direction: (direction: CallRecord['direction']) => `${MARK}d${direction}`,
  outcome: (outcome: CallRecord['outcome']) => `${MARK}o${plainWord(outcome)}`,
  ourNumber: (number: string) => `${MARK}n${address(number)}`,
  party: (party: string) => `${MARK}p${address(party)}`,
  /** Who of us it was. */
  user: (userId: string) => `${MARK}u${hex(userId)}`,
  /** Who of us was at the other end. */
  colleague: (userId: string) => `${MARK}q${hex(userId)}`,
  tag: (tag: string) => `${MARK}g${hex(tag)}`,
  recording: `${MARK}r`,
  voicemail: `${MARK}v`,
  note: `${MARK}h`,
  /** Has a recording, no voicemail, in this list of recordings, whether it can be heard or not. */
  listed: (place: 'kept' | 'trash') => `${MARK}l${place}`,
  talk: (bucket: number) => `${MARK}t${bucket}`,
  cost: (currency: string, bucket: number) => `${MARK}c${plainWord(currency)}${bucket}`,
  /** A text has a word that begins so: of two or three letters, which many have. */
  beginning: (letters: string) => `${MARK}b${hex(letters)}`,
} as const

/** Amounts of the same size share a bucket, two to each doubling, so that a range of them is a few words of the index. Pure. */
export const bucketOf = (amount: number): number => (amount < 1 ? 0 : 1 + Math.floor(Math.log2(amount) * 2))
/** The largest: 10^15 of whatever is counted. */
export const LAST_BUCKET = bucketOf(1e15)

/** How long a beginning is that has a word of its own in the index. */
export const BEGINNINGS = [2, 3] as const

/** A decimal amount in millionths of its currency, rounded; amounts compare exactly to six decimals. Pure. */
export const microsOf = (amount: string): number => Math.round(Number(amount) * 1e6)
