import { toFailure, type Outcome } from '../../contract/failure.ts'
import type { Config } from '../config.ts'
import { createCore, type RelayPorts } from '../core.ts'
import { adminAddress, askRelay } from './admin-socket.ts'
import type { AdminRequest } from './admin.ts'

/** Asks the relay that has the database, or opens it when none runs (RULES R21). */
export async function runAdmin(config: Config, ports: RelayPorts, request: AdminRequest): Promise<Outcome<unknown>> {
  const answer = await askRelay(adminAddress(config.database), request)
  if (answer) return answer
  const core = createCore(config, ports)
  try {
    return { ok: true, value: await core.admin(request) }
  } catch (error) {
    return { ok: false, failure: toFailure(error) }
  } finally {
    await core.close()
  }
}
