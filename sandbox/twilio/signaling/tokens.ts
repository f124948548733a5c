import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose'
import type { Account } from '../engine-port.ts'

/** Twilio's limit on a token's life. */
const MAX_LIFE_SECONDS = 86_400
const IDENTITY = /^[A-Za-z0-9_]{1,121}$/

/** What a verified token allows. */
export interface Grant {
  identity: string
  /** When it ends, ms since 1970. */
  expiresAt: number
  /** Whether Devices with this token are called. */
  allowsIncoming: boolean
  /** The TwiML app that runs outgoing calls, if the token allows them, and parameters it adds. */
  applicationSid: string | null
  params: Record<string, string>
}

export type TokenCheck = { ok: true; grant: Grant } | { ok: false; code: 31204 | 31205; message: string }

interface VoiceClaims {
  incoming?: { allow?: boolean }
  outgoing?: { application_sid?: string; params?: Record<string, unknown> }
}

const refused = (code: 31204 | 31205, message: string): TokenCheck => ({ ok: false, code, message })

/** Verifies an access token as Twilio does: signature by the API key's secret, account, life, identity, application. `now` in ms. */
export async function checkToken(token: string, account: Account, now: number): Promise<TokenCheck> {
  try {
    const secret = account.keySecret(decodeJwt(token).iss ?? '')
    if (secret === undefined) return refused(31204, 'the token was issued by no key of this account')
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), { algorithms: ['HS256'], currentDate: new Date(now) })
    return readClaims(payload, account)
  } catch (error) {
    if (error instanceof errors.JWTExpired) return refused(31205, 'the token has expired')
    return refused(31204, error instanceof Error ? error.message : 'the token is malformed')
  }
}

function readClaims(payload: JWTPayload, account: Account): TokenCheck {
  const { sub, iat, exp } = payload
  if (sub !== account.accountSid) return refused(31204, 'the token is for another account')
  if (iat === undefined || exp === undefined) return refused(31204, 'the token has no life time')
  if (exp - iat > MAX_LIFE_SECONDS) return refused(31204, 'the token lives longer than 24 hours')
  const { identity, voice } = (payload['grants'] ?? {}) as { identity?: unknown; voice?: VoiceClaims }
  if (typeof identity !== 'string' || !IDENTITY.test(identity))
    return refused(31204, 'the identity is not of letters, digits and underscores')
  if (!voice) return refused(31204, 'the token has no voice grant')
  const applicationSid = voice.outgoing?.application_sid ?? null
  if (applicationSid !== null && !account.applicationConfig(applicationSid)) return refused(31204, 'the application does not exist')
  const params = Object.fromEntries(Object.entries(voice.outgoing?.params ?? {}).map(([name, value]) => [name, String(value)]))
  return { ok: true, grant: { identity, expiresAt: exp * 1000, allowsIncoming: voice.incoming?.allow === true, applicationSid, params } }
}
