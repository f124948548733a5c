import { Type } from 'typebox'
import { BackfillState } from '../../contract/history.ts'
import type { Backfill } from '../backfill/backfill.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireManager } from '../plugins/session.ts'

const strict = { additionalProperties: false } as const
/** `from`: how far back, ISO 8601. */
const BackfillBody = Type.Object({ from: Type.String({ maxLength: 40 }) }, strict)

/** `/api/backfill`: managers have older calls read from Twilio. */
export function addBackfillRoutes(app: Relay, { backfill }: { backfill: Backfill }): void {
  const onRequest = requireManager
  const response = { 200: BackfillState }
  app.get('/api/backfill', { onRequest, schema: { response } }, () => backfill.get())
  app.post('/api/backfill', { onRequest, schema: { body: BackfillBody, response } }, ({ body, session }) =>
    backfill.start(body.from, session),
  )
  app.post('/api/backfill/stop', { onRequest, schema: { body: Type.Object({}, strict), response } }, ({ session }) =>
    backfill.stop(session),
  )
}
