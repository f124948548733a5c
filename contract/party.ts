import { Type, type Static } from 'typebox'
import { isE164 } from './e164-shape.ts'

/** Who is at the other end (RULES R8). Withheld: no contact match, no call-back, no block by number. */
export const Party = Type.Union([
  Type.Object({ kind: Type.Literal('number'), number: Type.String() }),
  Type.Object({ kind: Type.Literal('client'), identity: Type.String() }),
  Type.Object({ kind: Type.Literal('sip'), address: Type.String() }),
  Type.Object({ kind: Type.Literal('withheld') }),
])
export type Party = Static<typeof Party>

// +266696687 spells "anonymous" on a keypad; carriers send it for withheld numbers.
const WITHHELD = new Set([
  '',
  'anonymous',
  'unknown',
  'restricted',
  'unavailable',
  '+266696687',
  '266696687',
  '+7378742833',
  '+86282452253',
])

/** Twilio's From or To as a party. */
export function partyOf(address: string): Party {
  const text = address.trim()
  if (WITHHELD.has(text.toLowerCase())) return { kind: 'withheld' }
  if (text.startsWith('client:')) return { kind: 'client', identity: text.slice('client:'.length) }
  if (/^sips?:/.test(text)) return { kind: 'sip', address: text }
  return isE164(text) || /^\+?\d{3,}$/.test(text) ? { kind: 'number', number: text } : { kind: 'withheld' }
}
