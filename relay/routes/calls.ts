import { Type } from 'typebox'
import { FailureError } from '../../contract/failure.ts'
import { ObservationsBody } from '../../contract/relay.ts'
import { ID_PATTERN } from '../../contract/sid.ts'
import type { CallDeps } from '../calls/deps.ts'
import { createObserve } from '../calls/observe.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireUser } from '../plugins/session.ts'

const CallParams = Type.Object({ callId: Type.String({ pattern: ID_PATTERN }) })

/** `GET /api/calls/:callId` and `POST /api/calls/:callId/observations`. */
export function addCallRoutes(app: Relay, deps: CallDeps): void {
  const { calls, writer } = deps
  const observe = createObserve(deps)

  app.get('/api/calls/:callId', { onRequest: requireUser, schema: { params: CallParams } }, ({ params, session }) => {
    const record = calls.mayView(params.callId, session) ? calls.record(params.callId) : undefined
    if (!record) throw new FailureError('not-found', 'no such call')
    return record
  })

  app.post(
    '/api/calls/:callId/observations',
    { onRequest: requireUser, schema: { params: CallParams, body: ObservationsBody } },
    async ({ params, body, session }, reply) => {
      await writer.submit(() => observe(session, params.callId, body.facts))
      return reply.code(204).send()
    },
  )
}
