import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { sidPattern } from '../../contract/sid.ts'
import type { CallDeps } from '../calls/deps.ts'
import { fetchMedia, type MediaSource } from '../calls/media.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireUser } from '../plugins/session.ts'
import { recordingFor } from './twilio-history.ts'

const Params = Type.Object({ sid: Type.String({ pattern: sidPattern('RE') }) })
const Headers = Type.Object({ range: Type.Optional(Type.String({ pattern: '^bytes=[0-9]*-[0-9]*$' })) })
const PASSED_ON = ['content-type', 'content-length', 'content-range', 'accept-ranges']

/** `GET /api/twilio/recordings/:sid/media`: streams Twilio's audio through, keeping no copy. 206 only if Twilio gave 206 (RULES R33). */
export function addMedia(app: Relay, { calls, records, config }: Pick<CallDeps, 'calls' | 'records' | 'config'>, timeoutMs = 15_000): void {
  const { apiBase, accountSid, apiKeySid: user, apiKeySecret: password } = config
  const source: MediaSource = { apiBase, accountSid, user, password, timeoutMs }

  app.get(
    '/api/twilio/recordings/:sid/media',
    { onRequest: requireUser, schema: { params: Params, headers: Headers } },
    async ({ params, headers, session }, reply) => {
      recordingFor({ calls, records }, params.sid, session)
      const listener = new AbortController()
      reply.raw.once('close', () => listener.abort())
      const media = await fetchMedia(source, params.sid, headers.range, listener.signal)
      void reply.code(media.status).header('cache-control', 'no-store')
      for (const name of PASSED_ON) {
        const value = media.headers.get(name)
        if (value !== null) void reply.header(name, value)
      }
      return reply.send(media.body ? Readable.fromWeb(media.body) : null)
    },
  )
}
