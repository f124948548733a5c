import { CommandsBody, CommandsReply } from '../../contract/relay.ts'
import type { Commands } from '../events/commands.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireUser } from '../plugins/session.ts'

const BODY_LIMIT = 262_144

/** `POST /api/commands`: the desktop's outbox, in order, each command once. */
export function addCommandRoutes(app: Relay, { commands }: { commands: Commands }): void {
  // Longer than other bodies: what a device saw of a call has hundreds of lines.
  const schema = { body: CommandsBody, response: { 200: CommandsReply } }
  app.post('/api/commands', { onRequest: requireUser, schema, bodyLimit: BODY_LIMIT }, async ({ body, session }) => {
    const results: CommandsReply['results'] = []
    for (const command of body.commands) results.push(await commands.apply(command, session)) // in order: one may build on another
    return { results }
  })
}
