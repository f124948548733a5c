import { toE164 } from '../../contract/e164.ts'
import { numberNeedles } from '../../contract/number-search.ts'
import { foldedText } from './call-words.ts'

/** A part of what a person typed that must be found: one word, or words that may be a number together. */
export interface TypedPart {
  /** Folded, each as it was typed between spaces; `o'brien` is two words that follow each other. */
  words: string[]
  /** What to look for in addresses, when it may be a number. */
  needles: string[]
}

const MAY_BE_NUMBER = /^(?:tel:|callto:|linekeeper:)?[\p{Nd}+()./\-‐‑‒–—]+$/iu
/** 1-800-FLOWERS: digits first, then letters that are keys. */
const VANITY = /^\+?\d[\d().-]*[a-z][a-z\d().-]{2,}$/i

function vanityNeedles(word: string, country: string): string[] {
  const number = VANITY.test(word) ? toE164(word, country) : undefined
  return number === undefined ? [] : [number]
}

/** Words between spaces; those that may be one number together are one part. A plus begins another number. */
function partsOf(text: string): string[][] {
  const parts: string[][] = []
  let run: string[] | undefined
  for (const word of text.normalize('NFKC').split(/\s+/u).filter(Boolean)) {
    if (!MAY_BE_NUMBER.test(word)) {
      run = undefined
      parts.push([word])
    } else if (run && !word.includes('+')) run.push(word)
    else parts.push((run = [word]))
  }
  return parts
}

/**
 * What a person typed as parts, all of which must be found; undefined when it says nothing (spaces alone). Characters that are no words
 * are left out; a text of nothing else has no part that could be found, and is an empty list. Pure. `country`: ISO 3166, the user's.
 */
export function typedParts(text: string, country: string): TypedPart[] | undefined {
  if (text.trim() === '') return undefined
  return partsOf(text)
    .map((words): TypedPart => {
      const needles = numberNeedles(MAY_BE_NUMBER.test(words[0] ?? '') ? words.join(' ') : '', country)
      return {
        words: words.map(foldedText).filter((word) => word !== ''),
        needles: needles.length > 0 ? needles : vanityNeedles(words.join(' '), country),
      }
    })
    .filter(({ words, needles }) => words.length > 0 || needles.length > 0)
}
