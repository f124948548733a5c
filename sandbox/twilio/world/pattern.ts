const keypad: Record<string, string> = { ABC: '2', DEF: '3', GHI: '4', JKL: '5', MNO: '6', PQRS: '7', TUV: '8', WXYZ: '9' }
const digitOf = new Map(Object.entries(keypad).flatMap(([letters, digit]) => letters.split('').map((letter) => [letter, digit] as const)))

/** The keys that carry these letters; everything else stays. */
export const lettersToDigits = (text: string): string => text.toUpperCase().replaceAll(/[A-Z]/g, (letter) => digitOf.get(letter) ?? letter)

/**
 * A search's Contains: 2 to 16 digits or letters (by the telephone keypad) with `*` for one digit, `%` for any at an end, `+` the start, `$` the end.
 * Returns the pattern for E.164 numbers, or what is wrong with it, in words. Source: facts on AvailablePhoneNumbers in Twilio's OpenAPI document.
 */
export function readPattern(text: string): RegExp | string {
  if (text.length < 2 || text.length > 16) return 'Contains must have 2 to 16 characters'
  const parts = /^(\+?)(%?)([0-9A-Za-z*]*)(%?)(\$?)$/.exec(text)
  if (!parts) return 'Contains takes digits, letters and *, % at an end, + at the start and $ at the end'
  const [, plus, , middle = '', , dollar] = parts
  if (middle.replaceAll('*', '').length < 2) return 'Contains needs at least two digits or letters'
  const source = lettersToDigits(middle).replaceAll('*', String.raw`\d`)
  // A % beside an anchor undoes it: any digits may come between.
  const [from, until] = [plus && !parts[2] ? String.raw`^\+` : '', dollar && !parts[4] ? '$' : '']
  return new RegExp(`${from}${source}${until}`)
}
