import type { CallDeps } from '../calls/deps.ts'
import type { Relay } from '../plugins/relay.ts'
import { addHistory } from './twilio-history.ts'
import { addMedia } from './twilio-media.ts'
import { addAccessToken } from './twilio-token.ts'
import { addWebhooks } from './twilio-webhooks.ts'

/** Everything under `/api/twilio`: signed webhooks for Twilio; token and history for desktops. */
export function addTwilioRoutes(app: Relay, deps: CallDeps): void {
  addWebhooks(app, deps)
  addAccessToken(app, deps)
  addHistory(app, deps)
  addMedia(app, deps)
}
