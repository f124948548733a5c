/** The letters of a keypad's keys (ITU E.161). */
const KEYPAD = ['ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ']
const digitOf = (letter: string) => String(2 + KEYPAD.findIndex((letters) => letters.includes(letter.toUpperCase())))

/** The zeros of the decimal digits that are typed as numbers: Arabic-Indic, Persian, Devanagari, Bengali, Thai. NFKC knows the full-width ones. */
const ZEROS = [0x06_60, 0x06_f0, 0x09_66, 0x09_e6, 0x0e_50]
const ascii = (text: string) =>
  text.normalize('NFKC').replaceAll(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0
    const zero = ZEROS.find((one) => code >= one && code <= one + 9)
    return zero === undefined ? digit : String(code - zero)
  })

/** Where a number ends and what is dialed after the answer begins: `,` `;` `w` `p` `x` `ext`, as contacts write it. Digits must follow. */
const AFTER_THE_NUMBER = /\s*(?:[,;].*|\b(?:extension|ext|wait|pause|[wpx])\b\.?\s*\d.*|(?<=\d)(?:[wp]|\s*x\.?\s*|\s*ext\.?\s*)\d.*)$/is

/**
 * What of a typed or pasted text is dialed: digits, a leading +, * and #. Digits of other scripts become ours, letters of a vanity number
 * (1-800-FLOWERS) the keys they stand on. An extension, or digits to send after the answer, end the number: they are never part of it.
 * A text without a digit, or an address of another kind (`sip:`, mail), is none: ''.
 */
export function dialable(text: string): string {
  const typed = ascii(text)
    .trim()
    .replace(/^[\u200e\u200f\u202a-\u202e\u2066-\u2069]+/u, '')
    .replace(/^(tel|callto|linekeeper):(\/\/)?/i, '')
  if (/^[a-z][a-z0-9.-]*:/i.test(typed) || typed.includes('@') || !/[\d*#+]/.test(typed)) return ''
  const number = typed.replace(AFTER_THE_NUMBER, '').replace(/^(\s*(?:\+|00)[\d\s]{1,4})\(0\)/, '$1')
  const kept = number.replaceAll(/[a-z]/gi, digitOf).replaceAll(/[^\d+*#]/g, '')
  return kept.charAt(0) + kept.slice(1).replaceAll('+', '')
}

/** Whether a text says digits to dial after the answer: they are left out of `dialable`. */
export const hasMoreToDial = (text: string): boolean => dialable(text) !== '' && AFTER_THE_NUMBER.test(ascii(text).trim())

/** Emergency numbers of the world's larger plans. All are too short to be another number. */
const EMERGENCY = new Set([
  '000',
  '110',
  '111',
  '112',
  '113',
  '115',
  '117',
  '118',
  '119',
  '120',
  '122',
  '190',
  '192',
  '193',
  '911',
  '933',
  '999',
])

/** Whether a text is a number to call for help, which Twilio's Client calls cannot reach. */
export const isEmergency = (text: string): boolean => EMERGENCY.has(dialable(text).replace(/^\+/, ''))
