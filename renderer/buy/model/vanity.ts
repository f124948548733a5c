import type { SearchQuery } from '../../../contract/number-desktop.ts'

/** The letters of a keypad's keys (ITU E.161), by digit from 2. */
const KEYS = ['ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ']
const keyOf = (letter: string) => 2 + KEYS.findIndex((letters) => letters.includes(letter))

export interface Piece {
  text: string
  isMatch: boolean
}

const matcher = (pattern: string) =>
  Array.from(pattern, (char) => (char === '*' ? String.raw`\d` : /[A-Z]/.test(char) ? String(keyOf(char)) : char)).join('')

/** Where in the number's digits the pattern stands: the last place for `end`, else the first that begins at `from` or later, else the first. */
function placeIn(digits: string, pattern: string, position: SearchQuery['position'], from: number): number | undefined {
  const found = [...digits.matchAll(new RegExp(`(?=${matcher(pattern)})`, 'g'))].map(({ index }) => index)
  return position === 'end' ? found.at(-1) : (found.find((at) => at >= from) ?? found[0])
}

/**
 * A formatted number in pieces, the part that the pattern found marked, and how it reads with the pattern's letters ('' without letters).
 * A number in which the pattern does not stand comes back in one piece.
 */
export function markPattern(
  formatted: string,
  e164: string,
  pattern: string | null,
  position: SearchQuery['position'],
): { pieces: Piece[]; spelled: string } {
  const whole = { pieces: [{ text: formatted, isMatch: false }], spelled: '' }
  const digits = e164.replaceAll(/\D/g, '')
  const shownDigits = formatted.replaceAll(/\D/g, '')
  const hidden = digits.length - shownDigits.length // the national format leaves out the country code
  const at = pattern ? placeIn(digits, pattern, position, hidden) : undefined
  if (!pattern || at === undefined) return whole
  const start = at - hidden
  const spots = [...formatted.matchAll(/\d/g)].map(({ index }) => index)
  const first = spots[Math.max(0, start)]
  const last = spots[start + pattern.length - 1]
  if (first === undefined || last === undefined || !digits.endsWith(shownDigits)) return whole
  const pieces = [
    { text: formatted.slice(0, first), isMatch: false },
    { text: formatted.slice(first, last + 1), isMatch: true },
    { text: formatted.slice(last + 1), isMatch: false },
  ].filter(({ text }) => text)
  if (!/[A-Z]/.test(pattern)) return { pieces, spelled: '' }
  const letters = Array.from(formatted)
  for (const [index, char] of Array.from(pattern).entries()) {
    const spot = spots[start + index]
    if (/[A-Z]/.test(char) && spot !== undefined) letters[spot] = char
  }
  return { pieces, spelled: letters.join('') }
}
