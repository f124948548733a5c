import { isDeepStrictEqual } from 'node:util'
import type { NumberDetails, NumberHold, NumberOrigin } from '../../contract/number.ts'
import type { NumberRow } from '../../contract/relay.ts'
import type { Database } from '../database/open.ts'
import type { CallerId } from '../ports.ts'

interface NumberRecord {
  phone_number: string
  sid: string | null
  name: string
  is_active: number
  ring_mode: NumberDetails['ringMode']
  is_recorded: number
  inactive_message: string | null
  notes: string
  left_at: string | null
}
interface HoldRecord extends NumberHold {
  phone_number: string
}
interface OriginRecord extends Omit<NumberOrigin, 'monthly'> {
  phone_number: string
  amount: string | null
  currency: string | null
}
interface ListRecord {
  phone_number: string
  value: string
}

const holdOf = ({ until, message, at, byUserId }: HoldRecord): NumberHold => ({ until, message, at, byUserId })
const originOf = ({ at, byUserId, intentId, amount, currency, place, type }: OriginRecord): NumberOrigin => {
  const monthly = amount === null || currency === null ? null : { amount, currency }
  return { at, byUserId, intentId, monthly, place, type }
}
const valueOf = ({ value }: ListRecord) => value

/** What hangs on a number, in order. A hold or an origin is there once or not at all. */
interface Parts {
  userIds: readonly string[]
  tags: readonly string[]
  defaultFor: readonly string[]
  hold: readonly NumberHold[]
  origin: readonly NumberOrigin[]
}

const rowOf = (row: NumberRecord, { userIds, tags, defaultFor, hold, origin }: Parts): NumberRow => ({
  phoneNumber: row.phone_number,
  sid: row.sid,
  name: row.name,
  isActive: row.is_active === 1,
  userIds: [...userIds],
  details: {
    ringMode: row.ring_mode,
    isRecorded: row.is_recorded === 1,
    inactiveMessage: row.inactive_message,
    notes: row.notes,
    tags: [...tags],
    defaultFor: [...defaultFor],
    hold: hold[0] ?? null,
    origin: origin[0] ?? null,
    leftAt: row.left_at,
  },
})

interface PartQuery<R, V> {
  select: string
  /** By which columns, beside the number's; '' where a number has one row. */
  order: string
  map: (row: R) => V
}

/** Reads one part of one number, or of a range of numbers. */
function createPart<R extends { phone_number: string }, V>(db: Database, { select, order, map }: PartQuery<R, V>) {
  const one = db.prepare<[string], R>(`${select} WHERE phone_number = ?${order && ` ORDER BY ${order}`}`)
  const range = db.prepare<[string, string], R>(
    `${select} WHERE phone_number BETWEEN ? AND ? ORDER BY phone_number${order && `, ${order}`}`,
  )
  return {
    of: (phoneNumber: string): V[] => one.all(phoneNumber).map(map),
    between(first: string, last: string): (phoneNumber: string) => V[] {
      const groups = Map.groupBy(range.all(first, last), (row) => row.phone_number)
      return (phoneNumber) => (groups.get(phoneNumber) ?? []).map(map)
    },
  }
}

const listOf = (table: string, column: string) => `SELECT phone_number, ${column} AS value FROM ${table}`
const HOLDS = 'SELECT phone_number, until, message, at, by_user_id AS byUserId FROM number_holds'
const ORIGINS = `SELECT phone_number, at, by_user_id AS byUserId, intent_id AS intentId, monthly_amount AS amount,
  monthly_currency AS currency, place, type FROM number_origins`

/** Reads what hangs on numbers: five statements for one of them, and for ten thousand. (One join instead costs five times as much.) */
function createParts(db: Database) {
  const userIds = createPart(db, { select: listOf('number_users', 'user_id'), order: 'position', map: valueOf })
  const tags = createPart(db, { select: listOf('number_tags', 'tag'), order: 'position', map: valueOf })
  const defaultFor = createPart(db, { select: listOf('number_defaults', 'user_id'), order: 'user_id', map: valueOf })
  const hold = createPart(db, { select: HOLDS, order: '', map: holdOf })
  const origin = createPart(db, { select: ORIGINS, order: '', map: originOf })
  return {
    of: (number: string): Parts => ({
      userIds: userIds.of(number),
      tags: tags.of(number),
      defaultFor: defaultFor.of(number),
      hold: hold.of(number),
      origin: origin.of(number),
    }),
    between(first: string, last: string): (phoneNumber: string) => Parts {
      const [users, tagged, defaults] = [userIds.between(first, last), tags.between(first, last), defaultFor.between(first, last)]
      const [holds, origins] = [hold.between(first, last), origin.between(first, last)]
      return (number) => ({
        userIds: users(number),
        tags: tagged(number),
        defaultFor: defaults(number),
        hold: holds(number),
        origin: origins(number),
      })
    },
  }
}

const ASSIGNED = 'SELECT n.* FROM numbers n JOIN number_users u ON u.phone_number = n.phone_number AND u.user_id = ?'
// What a call may be made from: nothing that is off, parked or gone. The user's default comes first.
const CALLABLE = `${ASSIGNED} LEFT JOIN number_defaults d ON d.phone_number = n.phone_number AND d.user_id = u.user_id
  WHERE n.is_active = 1 AND n.left_at IS NULL AND NOT EXISTS (SELECT 1 FROM number_holds h WHERE h.phone_number = n.phone_number)`
const DEFAULT_FIRST = 'ORDER BY d.user_id IS NULL, u.position, n.phone_number'
const callerIdFrom = (row: NumberRecord): CallerId => ({ phoneNumber: row.phone_number, name: row.name, isRecorded: row.is_recorded === 1 })

/** Reads numbers with everything that is kept of them, ordered by number. */
export function createNumberReads(db: Database) {
  const parts = createParts(db)
  const one = db.prepare<[string], NumberRecord>('SELECT * FROM numbers WHERE phone_number = ?')
  const page = db.prepare<[string, number], NumberRecord>('SELECT * FROM numbers WHERE phone_number > ? ORDER BY phone_number LIMIT ?')
  const ofUser = db.prepare<[string, string, number], NumberRecord>(`${ASSIGNED} WHERE n.phone_number > ? ORDER BY n.phone_number LIMIT ?`)
  const callable = db.prepare<[string], NumberRecord>(`${CALLABLE} ${DEFAULT_FIRST}`)
  const callableFirst = db.prepare<[string], NumberRecord>(`${CALLABLE} ${DEFAULT_FIRST} LIMIT 1`)
  const callableOne = db.prepare<[string, string], NumberRecord>(`${CALLABLE} AND n.phone_number = ?`)
  const defaultOf = db.prepare<[string], { phone_number: string }>('SELECT phone_number FROM number_defaults WHERE user_id = ?')
  const past = db.prepare<[string, string], object>('SELECT 1 FROM number_past_users WHERE phone_number = ? AND user_id = ?')
  const whole = (row: NumberRecord) => rowOf(row, parts.of(row.phone_number))
  function together(rows: readonly NumberRecord[]): NumberRow[] {
    const partsOf = parts.between(rows[0]?.phone_number ?? '', rows.at(-1)?.phone_number ?? '')
    return rows.map((row) => rowOf(row, partsOf(row.phone_number)))
  }
  return {
    number(phoneNumber: string): NumberRow | undefined {
      const row = one.get(phoneNumber)
      return row && whole(row)
    },
    numbers: (): NumberRow[] => together(page.all('', -1)),
    /** Those after a number, of everybody or assigned to one user. */
    numbersAfter: (after: string, limit: number, userId?: string): NumberRow[] =>
      userId === undefined ? together(page.all(after, limit)) : ofUser.all(userId, after, limit).map(whole),
    /** What a user may call from; the first is the default. */
    callerIdsOf: (userId: string): CallerId[] => callable.all(userId).map(callerIdFrom),
    /** The one of them that is asked for; '' asks for the default. */
    callerIdOf(userId: string, phoneNumber: string): CallerId | undefined {
      const row = phoneNumber === '' ? callableFirst.get(userId) : callableOne.get(userId, phoneNumber)
      return row && callerIdFrom(row)
    },
    defaultNumberOf: (userId: string): string | undefined => defaultOf.get(userId)?.phone_number,
    /** Whether the number was assigned to this user once. */
    wasUserOf: (userId: string, phoneNumber: string): boolean => past.get(phoneNumber, userId) !== undefined,
  }
}
export type NumberReads = ReturnType<typeof createNumberReads>

const changed = (a: unknown, b: unknown) => !isDeepStrictEqual(a, b)

/** Writes what differs between two states of a number; inside a transaction of the writer. */
export function createNumberWriter(db: Database) {
  // A number that left and came back has a new SID; a SID never moves to another number.
  const put = db.prepare(
    `INSERT INTO numbers (phone_number, sid, name, is_active, ring_mode, is_recorded, inactive_message, notes, left_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (phone_number) DO UPDATE SET sid = excluded.sid, name = excluded.name, is_active = excluded.is_active,
       ring_mode = excluded.ring_mode, is_recorded = excluded.is_recorded, inactive_message = excluded.inactive_message,
       notes = excluded.notes, left_at = excluded.left_at`,
  )
  const parts = createPartWriters(db)
  return function write(
    { phoneNumber, sid, name, isActive, userIds, details }: NumberRow,
    before: NumberRow | undefined,
    at: string,
  ): void {
    const { ringMode, isRecorded, inactiveMessage, notes, leftAt, tags, defaultFor, hold, origin } = details
    put.run(phoneNumber, sid, name, Number(isActive), ringMode, Number(isRecorded), inactiveMessage, notes, leftAt)
    if (changed(userIds, before?.userIds ?? [])) parts.users(phoneNumber, userIds, before?.userIds ?? [], at)
    if (changed(tags, before?.details.tags ?? [])) parts.tags(phoneNumber, tags)
    if (changed(defaultFor, before?.details.defaultFor ?? [])) parts.defaults(phoneNumber, defaultFor)
    if (changed(hold, before?.details.hold ?? null)) parts.hold(phoneNumber, hold)
    if (changed(origin, before?.details.origin ?? null)) parts.origin(phoneNumber, origin)
  }
}

const originValues = ({ at, byUserId, intentId, monthly, place, type }: NumberOrigin) =>
  [at, byUserId, intentId, monthly?.amount ?? null, monthly?.currency ?? null, place, type] as const

function createPartWriters(db: Database) {
  const dropUsers = db.prepare('DELETE FROM number_users WHERE phone_number = ?')
  const addUser = db.prepare('INSERT INTO number_users (phone_number, user_id, position) VALUES (?, ?, ?)')
  const addPast = db.prepare('INSERT OR REPLACE INTO number_past_users (phone_number, user_id, ended_at) VALUES (?, ?, ?)')
  const dropTags = db.prepare('DELETE FROM number_tags WHERE phone_number = ?')
  const addTag = db.prepare('INSERT INTO number_tags (phone_number, position, tag) VALUES (?, ?, ?)')
  const dropDefaults = db.prepare('DELETE FROM number_defaults WHERE phone_number = ?')
  const putDefault = db.prepare('INSERT OR REPLACE INTO number_defaults (user_id, phone_number) VALUES (?, ?)')
  const dropHold = db.prepare('DELETE FROM number_holds WHERE phone_number = ?')
  const putHold = db.prepare('INSERT OR REPLACE INTO number_holds (phone_number, until, message, at, by_user_id) VALUES (?, ?, ?, ?, ?)')
  const dropOrigin = db.prepare('DELETE FROM number_origins WHERE phone_number = ?')
  const putOrigin = db.prepare(`INSERT OR REPLACE INTO number_origins (phone_number, at, by_user_id, intent_id, monthly_amount,
    monthly_currency, place, type) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  return {
    users(phoneNumber: string, userIds: readonly string[], before: readonly string[], at: string) {
      dropUsers.run(phoneNumber)
      userIds.forEach((userId, position) => addUser.run(phoneNumber, userId, position))
      for (const userId of before.filter((id) => !userIds.includes(id))) addPast.run(phoneNumber, userId, at)
    },
    tags(phoneNumber: string, tags: readonly string[]) {
      dropTags.run(phoneNumber)
      tags.forEach((tag, position) => addTag.run(phoneNumber, position, tag))
    },
    defaults(phoneNumber: string, userIds: readonly string[]) {
      dropDefaults.run(phoneNumber)
      for (const userId of userIds) putDefault.run(userId, phoneNumber)
    },
    hold(phoneNumber: string, hold: NumberHold | null) {
      if (hold) putHold.run(phoneNumber, hold.until, hold.message, hold.at, hold.byUserId)
      else dropHold.run(phoneNumber)
    },
    origin(phoneNumber: string, origin: NumberOrigin | null) {
      if (origin) putOrigin.run(phoneNumber, ...originValues(origin))
      else dropOrigin.run(phoneNumber)
    },
  }
}
