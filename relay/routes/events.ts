import type { Hub } from '../events/hub.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireUser } from '../plugins/session.ts'

/** `GET /api/events`: the log, live (RULES R19, R20). The token travels in the upgrade's Authorization header, never in a query. */
export function addEventRoutes(app: Relay, { hub }: { hub: Hub }): void {
  app.get('/api/events', { websocket: true, onRequest: requireUser }, (socket, request) => {
    hub.connect(socket, { ...request.session, expiresAt: request.sessionExpiresAt })
  })
}
