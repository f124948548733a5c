import type { EventPayload } from '../../contract/event.ts'
import type { Connection } from './open-database.ts'
import { createRelayNumberWriter } from './relay-number-table.ts'

/** Numbers, users and devices as the relay last told them. */
export function createDirectoryTable(db: Connection) {
  const user = db.prepare<[EventPayload<'user.changed'> & { active: number }]>(
    `insert into users (user_id, name, role, is_active) values (@userId, @name, @role, @active)
     on conflict (user_id) do update set name = excluded.name, role = excluded.role, is_active = excluded.is_active`,
  )
  const device = db.prepare<[EventPayload<'device.changed'> & { revoked: number }]>(
    `insert into devices (device_id, user_id, name, is_revoked) values (@deviceId, @userId, @name, @revoked)
     on conflict (device_id) do update set user_id = excluded.user_id, name = excluded.name, is_revoked = excluded.is_revoked`,
  )
  return {
    putNumber: createRelayNumberWriter(db),
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
  const role = db.prepare<[string], { role: string }>('select role from users where user_id = ?')
  const preferences = db.prepare<[], PreferenceRow>('select name, value from preferences')
  return {
    users: () => users.all(),
    /** As the relay last told; undefined when it never told of this user. */
    roleOf: (userId: string): string | undefined => role.get(userId)?.role,
    preferences: () => preferences.all(),
  }
}
