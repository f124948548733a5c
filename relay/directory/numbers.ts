import { FailureError } from '../../contract/failure.ts'
import type { NumberRow } from '../../contract/relay.ts'
import type { Database } from '../database/open.ts'
import type { EventLog } from '../ports.ts'

interface NumberRecord {
  phone_number: string
  sid: string | null
  name: string
  is_active: number
}

export interface NumberWrites {
  /** Makes or renames a number, as Twilio lists it. */
  putNumber(number: { phoneNumber: string; sid: string | null; name: string; isActive: boolean }): NumberRow
  /** These users answer the number and may show it, in this order. @throws FailureError `not-found` */
  assignNumber(phoneNumber: string, userIds: readonly string[]): NumberRow
}

/** Numbers and who answers them. */
export function createNumbers(db: Database, log: Pick<EventLog, 'append'>) {
  const reads = createReads(db)
  return { ...reads, ...createWrites(db, log, reads) }
}

type Reads = ReturnType<typeof createReads>

function createReads(db: Database) {
  const one = db.prepare<[string], NumberRecord>('SELECT * FROM numbers WHERE phone_number = ?')
  const all = db.prepare<[], NumberRecord>('SELECT * FROM numbers ORDER BY phone_number')
  const assigned = db.prepare<[string], { user_id: string }>('SELECT user_id FROM number_users WHERE phone_number = ? ORDER BY position')
  const ofUser = db.prepare<[string], NumberRecord>(
    `SELECT n.* FROM numbers n JOIN number_users u USING (phone_number)
     WHERE u.user_id = ? AND n.is_active = 1 ORDER BY u.position, n.phone_number`,
  )
  const assignments = db.prepare<[], { phone_number: string; user_id: string }>(
    'SELECT phone_number, user_id FROM number_users ORDER BY phone_number, position',
  )
  const usersOf = (phoneNumber: string) => assigned.all(phoneNumber).map((user) => user.user_id)
  const rowOf = (row: NumberRecord, userIds = usersOf(row.phone_number)): NumberRow => ({
    phoneNumber: row.phone_number,
    sid: row.sid,
    name: row.name,
    isActive: row.is_active === 1,
    userIds,
  })
  return {
    number(phoneNumber: string): NumberRow | undefined {
      const row = one.get(phoneNumber)
      return row && rowOf(row)
    },
    /** Two statements, however many numbers there are. */
    numbers(): NumberRow[] {
      const users = Map.groupBy(assignments.all(), (row) => row.phone_number)
      return all.all().map((row) => rowOf(row, users.get(row.phone_number)?.map((user) => user.user_id) ?? []))
    },
    numbersOf: (userId: string) => ofUser.all(userId).map((row) => rowOf(row)),
  }
}

const announceTo = (log: Pick<EventLog, 'append'>, { phoneNumber, name, isActive, userIds }: NumberRow, viewers = userIds) =>
  log.append({ type: 'number.changed', payload: { phoneNumber, numberName: name, isActive, userIds } }, { kind: 'users', userIds: viewers })

function createWrites(db: Database, log: Pick<EventLog, 'append'>, reads: Reads): NumberWrites {
  // A number that left and came back has a new SID; a SID never moves to another number.
  const put = db.prepare(
    `INSERT INTO numbers (phone_number, sid, name, is_active) VALUES (?, ?, ?, ?)
     ON CONFLICT (phone_number) DO UPDATE SET sid = excluded.sid, name = excluded.name, is_active = excluded.is_active`,
  )
  const unassign = db.prepare('DELETE FROM number_users WHERE phone_number = ?')
  const assign = db.prepare('INSERT INTO number_users (phone_number, user_id, position) VALUES (?, ?, ?)')
  const known = (phoneNumber: string) => {
    const found = reads.number(phoneNumber)
    if (!found) throw new FailureError('not-found', 'no such number')
    return found
  }
  return {
    putNumber({ phoneNumber, sid, name, isActive }) {
      const before = reads.number(phoneNumber)
      if (before && before.sid === sid && before.name === name && before.isActive === isActive) return before
      put.run(phoneNumber, sid, name, Number(isActive))
      const after = known(phoneNumber)
      announceTo(log, after)
      return after
    },
    assignNumber(phoneNumber, userIds) {
      const before = known(phoneNumber)
      const wanted = [...new Set(userIds)]
      if (wanted.join() === before.userIds.join()) return before
      unassign.run(phoneNumber)
      wanted.forEach((userId, position) => assign.run(phoneNumber, userId, position))
      const after = known(phoneNumber)
      announceTo(log, after, [...new Set([...before.userIds, ...wanted])])
      const changed = [...new Set([...before.userIds, ...wanted])].filter((id) => before.userIds.includes(id) !== wanted.includes(id))
      for (const userId of changed) log.append({ type: 'access.changed', payload: { userId } }, { kind: 'users', userIds: [userId] })
      return after
    },
  }
}
