import twilio from 'twilio'
import type { AccessTokenReply } from '../../contract/relay.ts'
import { FailureError } from '../../contract/failure.ts'
import type { CallDeps } from '../calls/deps.ts'
import { PROOF, proofOf } from '../calls/proof.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireUser, type RequestSession } from '../plugins/session.ts'

const { AccessToken } = twilio.jwt
type TokenDeps = Pick<CallDeps, 'config' | 'directory' | 'clock'>

/**
 * A voice access token for the session's own device: it may call through our TwiML app and be called. Its parameters prove to the TwiML
 * route whose token it was, whatever else the client sends (RULES R3, R4).
 * @throws FailureError `session-revoked`
 */
export function accessTokenFor({ userId, deviceId }: RequestSession, { config, directory, clock }: TokenDeps): AccessTokenReply {
  const device = directory.device(deviceId)
  if (!device || device.isRevoked) throw new FailureError('session-revoked', 'the device was revoked')
  const { identity } = device
  const ttl = config.voiceTokenSeconds
  const token = new AccessToken(config.accountSid, config.apiKeySid, config.apiKeySecret, { identity, ttl })
  token.addGrant(
    new AccessToken.VoiceGrant({
      incomingAllow: true,
      outgoingApplicationSid: config.twimlAppSid,
      outgoingApplicationParams: { [PROOF]: proofOf(config.secret, identity) },
    }),
  )
  const numbers = directory.callerIdsOf(userId)
  return {
    token: token.toJwt(),
    identity,
    // The library counts from whole seconds of its own clock: promise one second less.
    expiresAt: new Date(Math.floor(clock.now().getTime() / 1000 + ttl - 1) * 1000).toISOString(),
    availableNumbers: numbers.map(({ phoneNumber, name }, index) => ({ phoneNumber, name, isDefault: index === 0 })),
  }
}

/** `GET /api/twilio/access-token`. */
export function addAccessToken(app: Relay, deps: TokenDeps): void {
  app.get('/api/twilio/access-token', { onRequest: requireUser }, (request, reply) => {
    void reply.header('cache-control', 'no-store')
    return accessTokenFor(request.session, deps)
  })
}
