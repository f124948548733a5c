import type { EventPayload } from '../../contract/event.ts'
import type { NumberDetails } from '../../contract/number.ts'
import type { Connection } from './open-database.ts'

/** A number as the relay tells of it. */
export type RelayNumber = EventPayload<'number.changed'>

const columns =
  'phone_number, name, is_active, sid, ring_mode, is_recorded, inactive_message, notes, hold_until, hold_message, hold_at, hold_by_user_id, ' +
  'origin_at, origin_by_user_id, origin_intent_id, origin_amount, origin_currency, origin_place, origin_type, left_at'
const names = columns.split(', ')

interface Row {
  phone_number: string
  name: string
  is_active: number
  sid: string | null
  ring_mode: string
  is_recorded: number
  inactive_message: string | null
  notes: string
  hold_until: string | null
  hold_message: string | null
  hold_at: string | null
  hold_by_user_id: string | null
  origin_at: string | null
  origin_by_user_id: string | null
  origin_intent_id: string | null
  origin_amount: string | null
  origin_currency: string | null
  origin_place: string | null
  origin_type: string | null
  left_at: string | null
}
/** A row with what its own tables hold, each a JSON array. */
type WholeRow = Row & { user_ids: string; tags: string; defaults: string }

function rowOf({ phoneNumber, numberName, isActive, sid, details }: RelayNumber): Row {
  const { hold, origin } = details
  return {
    phone_number: phoneNumber,
    name: numberName,
    is_active: Number(isActive),
    sid,
    ring_mode: details.ringMode,
    is_recorded: Number(details.isRecorded),
    inactive_message: details.inactiveMessage,
    notes: details.notes,
    hold_until: hold?.until ?? null,
    hold_message: hold?.message ?? null,
    hold_at: hold?.at ?? null,
    hold_by_user_id: hold?.byUserId ?? null,
    origin_at: origin?.at ?? null,
    origin_by_user_id: origin?.byUserId ?? null,
    origin_intent_id: origin?.intentId ?? null,
    origin_amount: origin?.monthly?.amount ?? null,
    origin_currency: origin?.monthly?.currency ?? null,
    origin_place: origin?.place ?? null,
    origin_type: origin?.type ?? null,
    left_at: details.leftAt,
  }
}

const holdOf = (row: Row): NumberDetails['hold'] =>
  row.hold_until === null || row.hold_at === null || row.hold_by_user_id === null
    ? null
    : { until: row.hold_until, message: row.hold_message, at: row.hold_at, byUserId: row.hold_by_user_id }

const originOf = (row: Row): NumberDetails['origin'] =>
  row.origin_at === null
    ? null
    : {
        at: row.origin_at,
        byUserId: row.origin_by_user_id,
        intentId: row.origin_intent_id,
        monthly:
          row.origin_amount === null || row.origin_currency === null ? null : { amount: row.origin_amount, currency: row.origin_currency },
        place: row.origin_place,
        type: row.origin_type as NonNullable<NumberDetails['origin']>['type'],
      }

const numberOf = (row: WholeRow): RelayNumber => ({
  phoneNumber: row.phone_number,
  numberName: row.name,
  isActive: row.is_active === 1,
  userIds: JSON.parse(row.user_ids) as string[],
  sid: row.sid,
  details: {
    ringMode: row.ring_mode as NumberDetails['ringMode'],
    isRecorded: row.is_recorded === 1,
    inactiveMessage: row.inactive_message,
    notes: row.notes,
    tags: JSON.parse(row.tags) as string[],
    defaultFor: JSON.parse(row.defaults) as string[],
    hold: holdOf(row),
    origin: originOf(row),
    leftAt: row.left_at,
  },
})

/** Writes numbers as the relay tells of them. */
export function createRelayNumberWriter(db: Connection) {
  const number = db.prepare<[Row]>(
    `insert into numbers (${columns}) values (${names.map((name) => `@${name}`).join(', ')})
     on conflict (phone_number) do update set ${names
       .slice(1)
       .map((name) => `${name} = excluded.${name}`)
       .join(', ')}`,
  )
  const lists = [
    ['number_users', 'user_id', (of: RelayNumber) => of.userIds],
    ['number_tags', 'tag', (of: RelayNumber) => of.details.tags],
    ['number_defaults', 'user_id', (of: RelayNumber) => of.details.defaultFor],
  ] as const
  const owned = lists.map(([table, column, valuesOf]) => ({
    valuesOf,
    clear: db.prepare<[string]>(`delete from ${table} where phone_number = ?`),
    add: db.prepare<[string, number, string]>(`insert into ${table} (phone_number, position, ${column}) values (?, ?, ?)`),
  }))
  return function putNumber(of: RelayNumber): void {
    number.run(rowOf(of))
    for (const { valuesOf, clear, add } of owned) {
      clear.run(of.phoneNumber)
      for (const [position, value] of valuesOf(of).entries()) add.run(of.phoneNumber, position, value)
    }
  }
}

const listOf = (table: string, column: string) =>
  `(select json_group_array(${column} order by position) from ${table} where ${table}.phone_number = numbers.phone_number)`

/** Reads a number as the relay last told of it. */
export function createRelayNumberReader(db: Connection) {
  const one = db.prepare<[string], WholeRow>(
    `select ${columns}, ${listOf('number_users', 'user_id')} as user_ids, ${listOf('number_tags', 'tag')} as tags,
       ${listOf('number_defaults', 'user_id')} as defaults
     from numbers where phone_number = ?`,
  )
  return (phoneNumber: string): RelayNumber | undefined => {
    const row = one.get(phoneNumber)
    return row && numberOf(row)
  }
}
