import { Type } from 'typebox'
import { sidPattern } from '../../contract/sid.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireUser } from '../plugins/session.ts'
import type { Writer } from '../ports.ts'
import type { Trash } from '../recordings/trash.ts'

const Params = Type.Object({ sid: Type.String({ pattern: sidPattern('RE') }) })

/** `DELETE /api/twilio/recordings/:sid`: into the trash, as the command `recording.trash`. Twice is once. */
export function addRecordingRoutes(app: Relay, { trash, writer }: { trash: Pick<Trash, 'put'>; writer: Writer }): void {
  app.delete('/api/twilio/recordings/:sid', { onRequest: requireUser, schema: { params: Params } }, async ({ params, session }, reply) => {
    await writer.submit(() => trash.put(params.sid, session))
    return reply.code(204).send()
  })
}
