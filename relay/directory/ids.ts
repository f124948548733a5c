import { createHash, randomInt } from 'node:crypto'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
/** A random id of a user or device: letters and digits only, so that it fits into a Twilio identity (RULES R3). 62 bits. */
export const newId = (): string => Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join('')

// Crockford's base 32 without letters that look like digits: codes are read aloud and typed.
const CODE_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** A new invite code, 80 bits: `K3TB-9QXA-…`. */
export function newInviteCode(): string {
  const letters = Array.from({ length: 16 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('')
  return letters.replaceAll(/(.{4})(?!$)/g, '$1-')
}

/** SHA-256 in hex: what is kept of a secret of full entropy. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Hash of an invite code as typed: case, blanks, dashes and look-alikes do not matter. */
export const inviteHash = (code: string): string =>
  hashOf(code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1'))
