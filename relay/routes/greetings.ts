import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { FailureError } from '../../contract/failure.ts'
import { GREETING_LIMITS, GreetingAudioQuery, GreetingRow, GreetingsReply, SpokenGreetingBody } from '../../contract/greeting.ts'
import { E164_PATTERN } from '../../contract/e164.ts'
import { ID_PATTERN } from '../../contract/sid.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireManager, requireUser } from '../plugins/session.ts'
import type { Writer } from '../ports.ts'
import type { GreetingInput, Greetings } from '../voicemail/greetings.ts'

export interface GreetingRouteDeps {
  greetings: Greetings
  writer: Writer
  /** Requests a minute of one address for the sound: Twilio comes from many, and keeps what it got. */
  mediaPerMinute: number
}

const isSpoken = Compile(SpokenGreetingBody)
const NumberParams = Type.Object({ phoneNumber: Type.String({ pattern: E164_PATTERN }) })
const MediaParams = Type.Object({ mediaId: Type.String({ pattern: ID_PATTERN }) })
const AUDIO = ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave']
/** A year: what an id names never changes. */
const FOREVER = 'public, max-age=31536000, immutable'

/**
 * `/api/greetings`: what callers of a number hear before the beep. Who may see the number may know it, managers change it; Twilio fetches the
 * sound by its id.
 */
export function addGreetingRoutes(app: Relay, deps: GreetingRouteDeps): void {
  const { greetings, mediaPerMinute } = deps
  app.get('/api/greetings', { onRequest: requireUser, schema: { response: { 200: GreetingsReply } } }, ({ session }) => ({
    greetings: greetings.list(session),
  }))
  app.get('/api/greetings/:phoneNumber/media', { onRequest: requireUser, schema: { params: NumberParams } }, ({ params, session }, reply) =>
    sendAudio(reply.header('cache-control', 'no-store'), greetings.audio(greetings.for(session, params.phoneNumber)?.mediaId ?? '')),
  )
  // No session: who knows 128 random bits was told them. Not a secret either, since every caller hears it.
  const config = { rateLimit: { max: mediaPerMinute, timeWindow: 60_000 } }
  app.get('/api/twilio/greetings/:mediaId', { config, schema: { params: MediaParams } }, ({ params }, reply) => {
    const audio = greetings.audio(params.mediaId)
    return sendAudio(audio ? reply.header('cache-control', FOREVER) : reply, audio)
  })
  app.register((scope: Relay, _options, done) => {
    // In this scope alone, a body may be sound, and as long as it needs.
    scope.addContentTypeParser(AUDIO, { parseAs: 'buffer', bodyLimit: GREETING_LIMITS.bytes }, (_request, body, parsed) =>
      parsed(null, body),
    )
    addWrites(scope, deps)
    done()
  })
}

function sendAudio(reply: FastifyReply, audio: Uint8Array | undefined): FastifyReply {
  if (!audio) throw new FailureError('not-found', 'no such greeting')
  return reply
    .type('audio/wav')
    .header('content-length', audio.byteLength)
    .send(Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength))
}

function addWrites(app: Relay, { greetings, writer }: GreetingRouteDeps): void {
  const schema = { params: NumberParams, querystring: GreetingAudioQuery, response: { 200: GreetingRow } }
  app.put(
    '/api/greetings/:phoneNumber',
    { onRequest: requireManager, schema },
    async ({ params: { phoneNumber }, body, query, session }) => {
      const input = inputOf(body, query)
      return { phoneNumber, greeting: await writer.submit(() => greetings.set(phoneNumber, input, session)) }
    },
  )
  app.delete(
    '/api/greetings/:phoneNumber',
    { onRequest: requireManager, schema: { params: NumberParams } },
    async ({ params, session }, reply) => {
      await writer.submit(() => greetings.set(params.phoneNumber, null, session))
      return reply.code(204).send()
    },
  )
}

/** What the body holds. @throws FailureError `greeting-invalid`, `bad-request` */
function inputOf(body: unknown, query: { kind?: 'uploaded' | 'recorded'; name?: string }): GreetingInput {
  if (body instanceof Uint8Array) return { kind: query.kind ?? 'uploaded', name: query.name ?? null, audio: body }
  if (!isSpoken.Check(body)) throw new FailureError('bad-request', 'a greeting is audio/wav, or JSON with its text of 1 to 1000 characters')
  return body
}
