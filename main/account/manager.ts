import { FailureError } from '../../contract/failure.ts'
import type { SessionRecord } from '../link/session-record.ts'
import type { SessionService } from '../link/session.ts'

/** Who is signed in. @throws FailureError `not-signed-in` */
export function signedIn(session: Pick<SessionService, 'record'>): SessionRecord {
  const record = session.record()
  if (!record) throw new FailureError('not-signed-in')
  return record
}

/** The manager who is signed in; the relay checks again. @throws FailureError `not-signed-in`, `forbidden` for staff */
export function requireManager(session: Pick<SessionService, 'record'>): SessionRecord {
  const record = signedIn(session)
  if (record.user.role !== 'manager') throw new FailureError('forbidden', 'this is for managers')
  return record
}
