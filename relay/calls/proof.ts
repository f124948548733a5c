import { createHmac, timingSafeEqual } from 'node:crypto'

/** Name of the parameter that every voice token carries; Twilio passes a token's parameters on to the TwiML app. */
export const PROOF = 'LkProof'

/** Proves that a voice request came with a token we gave to this identity: nobody else can name it. */
export const proofOf = (secret: string, identity: string): string =>
  createHmac('sha256', secret).update(`voice:${identity}`).digest('base64url').slice(0, 32)

/** Constant time. */
export function isProof(secret: string, identity: string, proof: string): boolean {
  const expected = Buffer.from(proofOf(secret, identity))
  const given = Buffer.from(proof)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
