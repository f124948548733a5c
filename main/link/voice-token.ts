import { FailureError } from '../../contract/failure.ts'
import { AccessTokenReply } from '../../contract/relay.ts'
import { singleFlight } from '../../base/single-flight.ts'
import type { Clock } from '../ports.ts'
import type { SessionService } from './session.ts'

/** The Device's access token: one request at a time, kept while more than a quarter of its life is left (RULES R26). */
export function createVoiceToken(session: Pick<SessionService, 'request'>, clock: Clock) {
  let cached: { reply: AccessTokenReply; receivedAt: number } | undefined
  let generation = 0

  const fetchToken = singleFlight(async () => {
    const born = generation
    const receivedAt = clock.now().getTime() // before the request: a slow answer must not look younger than it is
    const reply = await session.request({ method: 'GET', path: '/api/twilio/access-token' }, AccessTokenReply)
    if (born === generation) cached = { reply, receivedAt }
    return reply
  })
  const lifeLeft = ({ reply, receivedAt }: NonNullable<typeof cached>) => {
    const expiresAt = Date.parse(reply.expiresAt)
    const left = expiresAt - clock.now().getTime()
    return { isFresh: left > (expiresAt - receivedAt) / 4, isValid: left > 0 }
  }

  return {
    /** @throws FailureError of the session or the relay; an older token that still works is better than none unless `renew` */
    get: async (renew: boolean): Promise<AccessTokenReply> => {
      if (!renew && cached && lifeLeft(cached).isFresh) return cached.reply
      try {
        return await fetchToken()
      } catch (error) {
        const isAway = error instanceof FailureError && error.code === 'relay-unreachable'
        if (!renew && isAway && cached && lifeLeft(cached).isValid) return cached.reply
        throw error
      }
    },
    /** What the token says of us has changed: numbers, access, or who we are. */
    forget: (): void => {
      generation++
      cached = undefined
    },
  }
}
export type VoiceToken = ReturnType<typeof createVoiceToken>
