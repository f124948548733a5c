import type { Role, UserRow } from '../../contract/relay.ts'
import type { DeviceRow } from '../ports.ts'

export interface UserRecord {
  user_id: string
  name: string
  role: Role
  is_active: number
}
export interface DeviceRecord {
  device_id: string
  user_id: string
  name: string
  identity: string
  public_key: string
  enrolled_at: string
  revoked_at: string | null
}

/** A table's row as the relay's parts know it. */
export const userOf = (row: UserRecord): UserRow => ({
  userId: row.user_id,
  name: row.name,
  role: row.role,
  isActive: row.is_active === 1,
})

export const deviceOf = (row: DeviceRecord): DeviceRow => ({
  deviceId: row.device_id,
  userId: row.user_id,
  name: row.name,
  identity: row.identity,
  publicKey: row.public_key,
  enrolledAt: row.enrolled_at,
  isRevoked: row.revoked_at !== null,
})
