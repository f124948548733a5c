import { errors, jwtVerify, SignJWT } from 'jose'
import { FailureError } from '../../contract/failure.ts'
import type { Clock } from '../ports.ts'

export interface TokenClaims {
  userId: string
  deviceId: string
  expiresAt: Date
}

/** Session tokens: JWT, HS256, for this workspace only. */
export function createTokens({ secret, ttlMs, workspaceId, clock }: { secret: string; ttlMs: number; workspaceId: string; clock: Clock }) {
  const key = new TextEncoder().encode(secret)
  const issuer = 'linekeeper-relay'
  return {
    async sign(userId: string, deviceId: string): Promise<{ token: string; expiresAt: string }> {
      const issuedAt = Math.floor(clock.now().getTime() / 1000)
      const expiresAt = issuedAt + Math.ceil(ttlMs / 1000)
      const token = await new SignJWT({ device: deviceId })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(workspaceId)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(key)
      return { token, expiresAt: new Date(expiresAt * 1000).toISOString() }
    },
    /** @throws FailureError `session-expired` when its time is over, `unauthorized` when it is not ours. */
    async verify(token: string): Promise<TokenClaims> {
      try {
        const { payload } = await jwtVerify(token, key, { issuer, audience: workspaceId, algorithms: ['HS256'], currentDate: clock.now() })
        const { sub, device, exp } = payload
        if (typeof sub !== 'string' || typeof device !== 'string' || exp === undefined) throw new Error('claims are missing')
        return { userId: sub, deviceId: device, expiresAt: new Date(exp * 1000) }
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw new FailureError('session-expired', 'the session token has expired')
        throw new FailureError('unauthorized', 'the session token is not valid')
      }
    },
  }
}
export type Tokens = ReturnType<typeof createTokens>
