import { Type } from 'typebox'
import { FailureError } from '../../contract/failure.ts'
import { NumberRow, UserRow } from '../../contract/relay.ts'
import { ID_PATTERN } from '../../contract/sid.ts'
import type { DirectoryReads, DirectoryWrites } from '../directory/directory.ts'
import { revokeDevice } from '../directory/revoke.ts'
import { devicesFor, numbersFor } from '../directory/views.ts'
import type { Audit } from '../numbers/audit.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireManager, requireUser } from '../plugins/session.ts'
import type { Writer } from '../ports.ts'

const Device = Type.Object({
  deviceId: Type.String(),
  userId: Type.String(),
  name: Type.String(),
  enrolledAt: Type.String(),
  isRevoked: Type.Boolean(),
})
const DeviceParams = Type.Object({ id: Type.String({ pattern: ID_PATTERN }) })

/** `/api/users`, `/api/numbers`, `/api/devices`: the directory, as far as the asker may see it (RULES R20). */
export function addDirectoryRoutes(app: Relay, deps: { directory: DirectoryReads & DirectoryWrites; audit: Audit; writer: Writer }): void {
  const { directory, writer } = deps
  const asUser = { onRequest: requireUser }
  app.get('/api/users', { ...asUser, schema: { response: { 200: Type.Array(UserRow) } } }, () => directory.users())
  app.get('/api/numbers', { ...asUser, schema: { response: { 200: Type.Array(NumberRow) } } }, ({ session }) =>
    numbersFor(directory, session),
  )
  app.get('/api/devices', { ...asUser, schema: { response: { 200: Type.Array(Device) } } }, ({ session }) => devicesFor(directory, session))
  app.post(
    '/api/devices/:id/revoke',
    { onRequest: requireManager, schema: { params: DeviceParams } },
    async ({ params, session }, reply) => {
      if (!directory.device(params.id)) throw new FailureError('not-found', 'no such device')
      await writer.submit(() => revokeDevice(deps, params.id, session))
      return reply.code(204).send()
    },
  )
}
