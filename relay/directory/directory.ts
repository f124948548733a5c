import { FailureError } from '../../contract/failure.ts'
import type { Role, UserRow } from '../../contract/relay.ts'
import { identityOf } from '../../contract/sid.ts'
import type { Database } from '../database/open.ts'
import type { Audience, Clock, DeviceRow, Directory, EventLog } from '../ports.ts'
import { newId } from './ids.ts'
import type { NumberReads } from './number-rows.ts'
import { createNumbers, type NumberWrites } from './numbers.ts'
import { deviceOf, userOf, type DeviceRecord, type UserRecord } from './rows.ts'

/** Changes, each inside a transaction of the writer; each appends its events (RULES R20). */
export interface DirectoryWrites extends NumberWrites {
  /** The user of this name (case does not matter), made or given this role. */
  putUser(name: string, role: Role): UserRow
  /** An inactive user's sockets close, tokens and devices are refused. */
  setUserActive(userId: string, isActive: boolean): void
  /** @throws FailureError `not-found` */
  addDevice(userId: string, name: string, publicKey: string): DeviceRow
  /** Ends a device for good: its session, its sockets, its ringing. True when it was not already. */
  revokeDevice(deviceId: string): boolean
}
export interface DirectoryReads extends Directory, NumberReads {
  userNamed(name: string): UserRow | undefined
  /** All devices, or those of one user, revoked ones too; oldest first. */
  devices(userId?: string): DeviceRow[]
}

/**
 * Users, devices and numbers over SQLite. Without a `log` changes are not announced: for tools that work beside a stopped relay's log,
 * and for tests.
 */
export function createDirectory(
  db: Database,
  log: Pick<EventLog, 'append'> = { append: () => 0 },
  clock: Clock = { now: () => new Date() },
): DirectoryReads & DirectoryWrites {
  const reads = createReads(db)
  const numbers = createNumbers(db, log, clock)
  return {
    ...reads,
    ...numbers,
    ...createUserWrites(db, log, clock, reads),
    ...createDeviceWrites(db, log, clock, reads),
  }
}

type Reads = ReturnType<typeof createReads>
const one = <A, B>(row: A | undefined, map: (row: A) => B) => (row === undefined ? undefined : map(row))

function createReads(db: Database) {
  const user = db.prepare<[string], UserRecord>('SELECT * FROM users WHERE user_id = ?')
  const named = db.prepare<[string], UserRecord>('SELECT * FROM users WHERE name = ?')
  const users = db.prepare<[], UserRecord>('SELECT * FROM users ORDER BY user_id')
  const device = db.prepare<[string], DeviceRecord>('SELECT * FROM devices WHERE device_id = ?')
  const devices = db.prepare<[string | null, string | null], DeviceRecord>(
    'SELECT * FROM devices WHERE ? IS NULL OR user_id = ? ORDER BY enrolled_at, device_id',
  )
  const live = db.prepare<[string], DeviceRecord>(
    'SELECT * FROM devices WHERE user_id = ? AND revoked_at IS NULL ORDER BY enrolled_at DESC, device_id',
  )
  return {
    user: (userId: string) => one(user.get(userId), userOf),
    userNamed: (name: string) => one(named.get(name.trim()), userOf),
    users: () => users.all().map(userOf),
    device: (deviceId: string) => one(device.get(deviceId), deviceOf),
    devices: (userId?: string) => devices.all(userId ?? null, userId ?? null).map(deviceOf),
    devicesOf: (userId: string) => live.all(userId).map(deviceOf),
  }
}

const everybody: Audience = { kind: 'all' }
const only = (userId: string): Audience => ({ kind: 'users', userIds: [userId] })

function createUserWrites(db: Database, log: Pick<EventLog, 'append'>, clock: Clock, reads: Reads) {
  const insert = db.prepare('INSERT INTO users (user_id, name, role, created_at) VALUES (?, ?, ?, ?)')
  const setRole = db.prepare('UPDATE users SET role = ? WHERE user_id = ?')
  const setActive = db.prepare('UPDATE users SET is_active = ? WHERE user_id = ?')
  const announce = (user: UserRow) => log.append({ type: 'user.changed', payload: user }, everybody)
  return {
    putUser(name: string, role: Role): UserRow {
      const found = reads.userNamed(name)
      if (found?.role === role) return found
      const user: UserRow = found ? { ...found, role } : { userId: newId(), name: name.trim(), role, isActive: true }
      if (found) setRole.run(role, user.userId)
      else insert.run(user.userId, user.name, role, clock.now().toISOString())
      announce(user)
      // Who has another role sees other things.
      if (found) log.append({ type: 'access.changed', payload: { userId: user.userId } }, only(user.userId))
      return user
    },
    setUserActive(userId: string, isActive: boolean): void {
      const user = reads.user(userId)
      if (!user) throw new FailureError('not-found', 'no such user')
      if (user.isActive === isActive) return
      setActive.run(Number(isActive), userId)
      announce({ ...user, isActive })
    },
  }
}

function createDeviceWrites(db: Database, log: Pick<EventLog, 'append'>, clock: Clock, reads: Reads) {
  const insert = db.prepare('INSERT INTO devices (device_id, user_id, name, identity, public_key, enrolled_at) VALUES (?, ?, ?, ?, ?, ?)')
  const revoke = db.prepare('UPDATE devices SET revoked_at = ? WHERE device_id = ? AND revoked_at IS NULL')
  const announce = ({ deviceId, userId, name, isRevoked }: DeviceRow) =>
    log.append({ type: 'device.changed', payload: { deviceId, userId, name, isRevoked } }, only(userId))
  return {
    addDevice(userId: string, name: string, publicKey: string): DeviceRow {
      if (!reads.user(userId)) throw new FailureError('not-found', 'no such user')
      const deviceId = newId()
      const identity = identityOf(userId, deviceId)
      const enrolledAt = clock.now().toISOString()
      insert.run(deviceId, userId, name, identity, publicKey, enrolledAt)
      const device: DeviceRow = { deviceId, userId, name, identity, publicKey, enrolledAt, isRevoked: false }
      announce(device)
      return device
    },
    revokeDevice(deviceId: string): boolean {
      const device = reads.device(deviceId)
      if (!device) throw new FailureError('not-found', 'no such device')
      if (revoke.run(clock.now().toISOString(), deviceId).changes === 0) return false
      announce({ ...device, isRevoked: true })
      return true
    },
  }
}
