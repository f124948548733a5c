import type { FastifyReply, FastifyRequest } from 'fastify'
import { createAfterDial, createAfterVoicemail, createProgress, createRecordingProgress } from '../calls/after-dial.ts'
import type { CallDeps } from '../calls/deps.ts'
import { createFallback, logFallback } from '../calls/fallback.ts'
import { createIncoming } from '../calls/incoming.ts'
import { isFromClient } from '../calls/origin.ts'
import { createOutgoing } from '../calls/outgoing.ts'
import { isE164 } from '../../contract/e164-shape.ts'
import { createTranscriptProgress } from '../voicemail/transcripts.ts'
import type { Relay } from '../plugins/relay.ts'
import { hangUp, sayAndHangUp } from '../twiml/build.ts'
import type { Handle } from '../webhooks/intake.ts'
import { one } from '../webhooks/form.ts'
import { parseFlat, receive } from '../webhooks/receive.ts'
import type { Webhook } from '../webhooks/webhook.ts'
import { spoken } from '../../words/spoken.ts'

/** Twilio's side of the relay: every request signed, every answer durable first. */
export function addWebhooks(app: Relay, deps: CallDeps): void {
  app.register((scope: Relay, _options, done) => {
    parseFlat(scope)
    addVoice(scope, deps)
    addCallbacks(scope, deps)
    done()
  })
}

function addVoice(app: Relay, deps: CallDeps): void {
  const outgoing = createOutgoing(deps)
  const incoming = createIncoming(deps)
  // Both flows say Direction=inbound.
  const begin: Handle = (webhook, effects) => (isFromClient(webhook.form) ? outgoing : incoming)(webhook, effects)
  voice(app, deps, 'twiml', begin, sayAndHangUp(spoken.unavailable))
  voice(app, deps, 'dial-action', createAfterDial(deps), hangUp())
  voice(app, deps, 'voicemail-callback', createAfterVoicemail(deps), hangUp())
  voice(app, deps, 'fallback', createFallback(deps, begin), hangUp(), (webhook) => noteFallback(webhook, deps))
}

function addCallbacks(app: Relay, deps: CallDeps): void {
  callback(app, deps, 'status-callback', createProgress(deps))
  callback(app, deps, 'recording-callback', createRecordingProgress(deps))
  callback(app, deps, 'transcription-callback', createTranscriptProgress(deps))
}

/** That Twilio had to ask the fallback is a sign of ill health of the number called. Nobody waits for it to be stored. */
function noteFallback(webhook: Webhook, { log, writer, fallbacks }: CallDeps): void {
  logFallback(webhook, log)
  const { form, receivedAt, callSid } = webhook
  const ourNumber = one(form, 'To')
  if (isFromClient(form) || !isE164(ourNumber)) return
  writer
    .submit(() => fallbacks.note(ourNumber, receivedAt))
    .catch((error: unknown) => log.warn({ err: error, callSid }, 'that the fallback was asked was not stored'))
}

const limitOf = ({ config }: CallDeps) => ({ rateLimit: { max: config.webhooksPerMinute, timeWindow: 60_000 } })

function voice(app: Relay, deps: CallDeps, name: string, handle: Handle, lastResort: string, note?: (webhook: Webhook) => void): void {
  app.post(`/api/twilio/${name}`, { config: limitOf(deps) }, async (request: FastifyRequest, reply: FastifyReply) => {
    const webhook = receive(request, deps)
    note?.(webhook)
    const answer = await deps.intake.answer(webhook, handle, lastResort)
    return reply.type('text/xml; charset=utf-8').send(answer)
  })
}

function callback(app: Relay, deps: CallDeps, name: string, handle: Handle): void {
  app.post(`/api/twilio/${name}`, { config: limitOf(deps) }, async (request: FastifyRequest, reply: FastifyReply) => {
    const isDurable = await deps.intake.accept(receive(request, deps), handle)
    return reply.code(isDurable ? 204 : 503).send()
  })
}
