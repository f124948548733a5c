import { isDeepStrictEqual } from 'node:util'
import type { NumberDetails, NumberHold, NumberOrigin } from '../../contract/number.ts'
import type { NumberRow } from '../../contract/relay.ts'
import type { Database } from '../database/open.ts'

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
  hold_until: string | null
  hold_message: string | null
  hold_at: string | null
  hold_by: string | null
  origin_at: string | null
  origin_by: string | null
  intent_id: string | null
  monthly_amount: string | null
  monthly_currency: string | null
  place: string | null
  type: NumberOrigin['type']
}

/** What hangs on a number, in order. */
interface Lists {
  userIds: string[]
  tags: string[]
  defaultFor: string[]
}

const holdOf = ({ hold_until: until, hold_message: message, hold_at: at, hold_by: byUserId }: NumberRecord): NumberHold | null =>
  until === null || at === null || byUserId === null ? null : { until, message, at, byUserId }

function originOf(row: NumberRecord): NumberOrigin | null {
  if (row.origin_at === null) return null
  const { monthly_amount: amount, monthly_currency: currency } = row
  const monthly = amount === null || currency === null ? null : { amount, currency }
  return { at: row.origin_at, byUserId: row.origin_by, intentId: row.intent_id, monthly, place: row.place, type: row.type }
}

const rowOf = (row: NumberRecord, { userIds, tags, defaultFor }: Lists): NumberRow => ({
  phoneNumber: row.phone_number,
  sid: row.sid,
  name: row.name,
  isActive: row.is_active === 1,
  userIds,
  details: {
    ringMode: row.ring_mode,
    isRecorded: row.is_recorded === 1,
    inactiveMessage: row.inactive_message,
    notes: row.notes,
    tags,
    defaultFor,
    hold: holdOf(row),
    origin: originOf(row),
    leftAt: row.left_at,
  },
})

const COLUMNS = `n.*, h.until AS hold_until, h.message AS hold_message, h.at AS hold_at, h.by_user_id AS hold_by,
  o.at AS origin_at, o.by_user_id AS origin_by, o.intent_id, o.monthly_amount, o.monthly_currency, o.place, o.type
  FROM numbers n LEFT JOIN number_holds h USING (phone_number) LEFT JOIN number_origins o USING (phone_number)`

interface Part {
  phone_number: string
  value: string
}
const LISTS = [
  ['userIds', 'number_users', 'user_id', 'position'],
  ['tags', 'number_tags', 'tag', 'position'],
  ['defaultFor', 'number_defaults', 'user_id', 'user_id'],
] as const

const values = (parts: readonly Part[] = []) => parts.map((part) => part.value)

/** Reads the lists of one number, or of a range of numbers: three statements either way. */
function createLists(db: Database) {
  const lists = LISTS.map(([name, table, column, order]) => {
    const select = `SELECT phone_number, ${column} AS value FROM ${table}`
    return {
      name,
      one: db.prepare<[string], Part>(`${select} WHERE phone_number = ? ORDER BY ${order}`),
      range: db.prepare<[string, string], Part>(`${select} WHERE phone_number BETWEEN ? AND ? ORDER BY phone_number, ${order}`),
    }
  })
  const listsOf = (read: (list: (typeof lists)[number]) => Part[] | undefined): Lists =>
    Object.fromEntries(lists.map((list) => [list.name, values(read(list))])) as unknown as Lists
  return {
    of: (phoneNumber: string) => listsOf(({ one }) => one.all(phoneNumber)),
    between(first: string, last: string) {
      const groups = new Map(lists.map(({ name, range }) => [name, Map.groupBy(range.all(first, last), (part) => part.phone_number)]))
      return (phoneNumber: string) => listsOf(({ name }) => groups.get(name)?.get(phoneNumber))
    },
  }
}

const ASSIGNED = 'JOIN number_users u ON u.phone_number = n.phone_number AND u.user_id = ?'
// What a call may be made from: nothing that is off, parked or gone. The user's default comes first.
const CALLABLE = `SELECT ${COLUMNS} ${ASSIGNED} LEFT JOIN number_defaults d ON d.phone_number = n.phone_number AND d.user_id = u.user_id
  WHERE n.is_active = 1 AND n.left_at IS NULL AND h.until IS NULL ORDER BY d.user_id IS NULL, u.position, n.phone_number`

/** Reads numbers with everything that is kept of them, ordered by number. */
export function createNumberReads(db: Database) {
  const lists = createLists(db)
  const one = db.prepare<[string], NumberRecord>(`SELECT ${COLUMNS} WHERE n.phone_number = ?`)
  const page = db.prepare<[string, number], NumberRecord>(`SELECT ${COLUMNS} WHERE n.phone_number > ? ORDER BY n.phone_number LIMIT ?`)
  const ofUser = db.prepare<[string, string, number], NumberRecord>(
    `SELECT ${COLUMNS} ${ASSIGNED} WHERE n.phone_number > ? ORDER BY n.phone_number LIMIT ?`,
  )
  const callable = db.prepare<[string], NumberRecord>(CALLABLE)
  const defaultOf = db.prepare<[string], { phone_number: string }>('SELECT phone_number FROM number_defaults WHERE user_id = ?')
  const past = db.prepare<[string, string], object>('SELECT 1 FROM number_past_users WHERE phone_number = ? AND user_id = ?')
  const whole = (row: NumberRecord) => rowOf(row, lists.of(row.phone_number))
  function together(rows: readonly NumberRecord[]): NumberRow[] {
    const listsOf = lists.between(rows[0]?.phone_number ?? '', rows.at(-1)?.phone_number ?? '')
    return rows.map((row) => rowOf(row, listsOf(row.phone_number)))
  }
  return {
    number(phoneNumber: string): NumberRow | undefined {
      const row = one.get(phoneNumber)
      return row && whole(row)
    },
    numbers: (): NumberRow[] => together(page.all('', -1)),
    numbersAfter: (after: string, limit: number, userId?: string): NumberRow[] =>
      userId === undefined ? together(page.all(after, limit)) : ofUser.all(userId, after, limit).map(whole),
    numbersOf: (userId: string): NumberRow[] => callable.all(userId).map(whole),
    defaultNumberOf: (userId: string): string | undefined => defaultOf.get(userId)?.phone_number,
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
      if (!origin) return void dropOrigin.run(phoneNumber)
      const { at, byUserId, intentId, monthly, place, type } = origin
      putOrigin.run(phoneNumber, at, byUserId, intentId, monthly?.amount ?? null, monthly?.currency ?? null, place, type)
    },
  }
}
