import type { Actor, Audit } from '../numbers/audit.ts'
import type { DirectoryReads, DirectoryWrites } from './directory.ts'

interface RevokeDeps {
  directory: DirectoryReads & DirectoryWrites
  audit: Pick<Audit, 'appendAudit'>
}

/** Ends a device for good, with a line in the trace. True when it was not already. Inside a transaction. @throws FailureError `not-found` */
export function revokeDevice({ directory, audit }: RevokeDeps, deviceId: string, by: Actor): boolean {
  const isNews = directory.revokeDevice(deviceId)
  const after = { isRevoked: true, userId: directory.device(deviceId)?.userId, name: directory.device(deviceId)?.name }
  if (isNews) audit.appendAudit({ action: 'device.revoked', subject: deviceId, before: { isRevoked: false }, after }, by)
  return isNews
}
