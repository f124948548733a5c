import type { EventPayload } from '../../contract/event.ts'
import type { NumberRow, Role } from '../../contract/relay.ts'
import type { DeviceRow, Directory } from '../ports.ts'
import type { DirectoryReads } from './directory.ts'

interface Viewer {
  userId: string
  role: Role
}

/** Whether this user may see a number: managers all, others those that are assigned to them. */
export const maySeeNumber = ({ userId, role }: Viewer, { userIds }: Pick<NumberRow, 'userIds'>): boolean =>
  role === 'manager' || userIds.includes(userId)

/** Numbers this user may see. */
export const numbersFor = (directory: Pick<Directory, 'numbers'>, viewer: Viewer): NumberRow[] =>
  directory.numbers().filter((number) => maySeeNumber(viewer, number))

/** A page of them, ordered by number: of 10,000 only what is asked for is read. */
export const numbersPageFor = (directory: DirectoryReads, { userId, role }: Viewer, after: string, limit: number): NumberRow[] =>
  directory.numbersAfter(after, limit, role === 'manager' ? undefined : userId)

/** Devices this user may see: managers all, others their own. */
export const devicesFor = (directory: DirectoryReads, { userId, role }: Viewer): DeviceRow[] =>
  directory.devices(role === 'manager' ? undefined : userId)

/** A number as `number.changed` tells of it. */
export const numberPayload = ({ phoneNumber, name, isActive, userIds, sid, details }: NumberRow): EventPayload<'number.changed'> => ({
  phoneNumber,
  numberName: name,
  isActive,
  userIds,
  sid,
  details,
})

/** A device as `device.changed` tells of it. */
export const devicePayload = ({ deviceId, userId, name, isRevoked }: DeviceRow): EventPayload<'device.changed'> => ({
  deviceId,
  userId,
  name,
  isRevoked,
})
