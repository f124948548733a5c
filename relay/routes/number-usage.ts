import { NumberUsageReply } from '../../contract/number-relay.ts'
import type { Usage } from '../numbers/usage.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireUser } from '../plugins/session.ts'

/** `GET /api/numbers/usage`: how much the numbers were used that the asker may see. */
export function addUsageRoutes(app: Relay, usage: Usage): void {
  app.get('/api/numbers/usage', { onRequest: requireUser, schema: { response: { 200: NumberUsageReply } } }, ({ session }) =>
    usage.of(session),
  )
}
