import type { EventPayload } from '../../contract/event.ts'
import type { Connection } from './open-database.ts'

/** Numbers, users and devices as the relay last told them. */
export function createDirectoryTable(db: Connection) {
  const number = db.prepare<[string, string, number]>(
    `insert into numbers (phone_number, name, is_active) values (?, ?, ?)
     on conflict (phone_number) do update set name = excluded.name, is_active = excluded.is_active`,
  )
  const clearUsers = db.prepare<[string]>('delete from number_users where phone_number = ?')
  const addUser = db.prepare<[string, number, string]>('insert into number_users (phone_number, position, user_id) values (?, ?, ?)')
  const user = db.prepare<[EventPayload<'user.changed'> & { active: number }]>(
    `insert into users (user_id, name, role, is_active) values (@userId, @name, @role, @active)
     on conflict (user_id) do update set name = excluded.name, role = excluded.role, is_active = excluded.is_active`,
  )
  const device = db.prepare<[EventPayload<'device.changed'> & { revoked: number }]>(
    `insert into devices (device_id, user_id, name, is_revoked) values (@deviceId, @userId, @name, @revoked)
     on conflict (device_id) do update set user_id = excluded.user_id, name = excluded.name, is_revoked = excluded.is_revoked`,
  )
  return {
    putNumber(of: EventPayload<'number.changed'>): void {
      number.run(of.phoneNumber, of.numberName, Number(of.isActive))
      clearUsers.run(of.phoneNumber)
      for (const [position, userId] of of.userIds.entries()) addUser.run(of.phoneNumber, position, userId)
    },
    putUser: (of: EventPayload<'user.changed'>): void => void user.run({ ...of, active: Number(of.isActive), isActive: of.isActive }),
    putDevice: (of: EventPayload<'device.changed'>): void => void device.run({ ...of, revoked: Number(of.isRevoked) }),
  }
}

export interface PreferenceRow {
  name: string
  value: string | null
}

/** What this person prefers on this computer; never leaves it. */
export function createPreferenceTable(db: Connection) {
  const write = db.prepare<[string, string | null]>(
    'insert into preferences (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
  )
  return {
    put(rows: readonly PreferenceRow[]): void {
      for (const { name, value } of rows) write.run(name, value)
    },
  }
}

/** The read side of the directory. */
export function createDirectoryReader(db: Connection) {
  const users = db.prepare<[], { userId: string; name: string }>(
    'select user_id as userId, name from users where is_active = 1 order by name, user_id',
  )
  const preferences = db.prepare<[], PreferenceRow>('select name, value from preferences')
  return { users: () => users.all(), preferences: () => preferences.all() }
}
