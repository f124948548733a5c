import type { VoiceWiring } from '../../contract/number-relay.ts'
import type { NumberType, Purchase, PurchaseState } from '../../contract/number.ts'
import type { Connection } from './open-database.ts'

/** A purchase of this desktop: what everybody sees of it, and what it takes to go on after a crash. */
export interface PurchaseRow {
  purchase: Purchase
  workspaceId: string
  /** The Twilio account it is bought in; no other is ever asked about it. */
  accountSid: string
  /** Set: any number of this area code. */
  areaCode: string | null
  /** Numbers chosen in the area code so far; the last is the one being bought. */
  tried: string[]
  /** How many of them the relay knows as given up; each was an intent of its own there. */
  burned: number
  addressSid: string | null
  bundleSid: string | null
  identitySid: string | null
  /** The person agreed to buy although the relay cannot be asked. */
  withoutRelay: boolean
  /** The relay has heard of the intent. */
  isKnown: boolean
  /** The state the relay last acknowledged. */
  reported: PurchaseState | null
  /** It is unknown whether a POST was carried out. */
  wasLost: boolean
  /** Looks without result since `lookingSince`. */
  looks: number
  lookingSince: string | null
}

interface Flat {
  intent_id: string
  workspace_id: string
  account_sid: string
  phone_number: string
  country: string
  type: string
  place: string | null
  monthly_amount: string | null
  monthly_currency: string | null
  state: string
  by_user_id: string
  buyer_user_id: string | null
  name: string | null
  note: string | null
  sid: string | null
  failure_code: string | null
  twilio_code: number | null
  is_charged: number | null
  at: string
  updated_at: string
  area_code: string | null
  burned: number
  address_sid: string | null
  bundle_sid: string | null
  identity_sid: string | null
  without_relay: number
  is_known: number
  reported: string | null
  was_lost: number
  looks: number
  looking_since: string | null
}

const columns = [
  'intent_id',
  'workspace_id',
  'account_sid',
  'phone_number',
  'country',
  'type',
  'place',
  'monthly_amount',
  'monthly_currency',
  'state',
  'by_user_id',
  'buyer_user_id',
  'name',
  'note',
  'sid',
  'failure_code',
  'twilio_code',
  'is_charged',
  'at',
  'updated_at',
  'area_code',
  'burned',
  'address_sid',
  'bundle_sid',
  'identity_sid',
  'without_relay',
  'is_known',
  'reported',
  'was_lost',
  'looks',
  'looking_since',
] as const satisfies (keyof Flat)[]
const fixed = new Set<string>(['intent_id', 'workspace_id', 'account_sid', 'at'])

function flat({ purchase, ...row }: PurchaseRow): Flat {
  return {
    intent_id: purchase.intentId,
    workspace_id: row.workspaceId,
    account_sid: row.accountSid,
    phone_number: purchase.phoneNumber,
    country: purchase.country,
    type: purchase.type,
    place: purchase.place,
    monthly_amount: purchase.monthly?.amount ?? null,
    monthly_currency: purchase.monthly?.currency ?? null,
    state: purchase.state,
    by_user_id: purchase.byUserId,
    buyer_user_id: purchase.buyerUserId,
    name: purchase.name,
    note: purchase.note,
    sid: purchase.sid,
    failure_code: purchase.failureCode,
    twilio_code: purchase.twilioCode,
    is_charged: purchase.isCharged === null ? null : Number(purchase.isCharged),
    at: purchase.at,
    updated_at: purchase.updatedAt,
    area_code: row.areaCode,
    burned: row.burned,
    address_sid: row.addressSid,
    bundle_sid: row.bundleSid,
    identity_sid: row.identitySid,
    without_relay: Number(row.withoutRelay),
    is_known: Number(row.isKnown),
    reported: row.reported,
    was_lost: Number(row.wasLost),
    looks: row.looks,
    looking_since: row.lookingSince,
  }
}

interface Lists {
  userIds: string[]
  tried: string[]
  details: Record<string, string>
}

function purchaseOf(row: Flat, { userIds, details }: Lists): Purchase {
  const { monthly_amount: amount, monthly_currency: currency } = row
  return {
    intentId: row.intent_id,
    phoneNumber: row.phone_number,
    country: row.country,
    type: row.type as NumberType,
    place: row.place,
    monthly: amount === null || currency === null ? null : { amount, currency },
    state: row.state as PurchaseState,
    byUserId: row.by_user_id,
    buyerUserId: row.buyer_user_id,
    assignTo: userIds,
    name: row.name,
    note: row.note,
    sid: row.sid,
    failureCode: row.failure_code,
    twilioCode: row.twilio_code,
    ...(Object.keys(details).length > 0 ? { details } : {}),
    isCharged: row.is_charged === null ? null : row.is_charged === 1,
    at: row.at,
    updatedAt: row.updated_at,
  }
}

const whole = (row: Flat, lists: Lists): PurchaseRow => ({
  purchase: purchaseOf(row, lists),
  workspaceId: row.workspace_id,
  accountSid: row.account_sid,
  areaCode: row.area_code,
  tried: lists.tried,
  burned: row.burned,
  addressSid: row.address_sid,
  bundleSid: row.bundle_sid,
  identitySid: row.identity_sid,
  withoutRelay: row.without_relay === 1,
  isKnown: row.is_known === 1,
  reported: row.reported as PurchaseState | null,
  wasLost: row.was_lost === 1,
  looks: row.looks,
  lookingSince: row.looking_since,
})

/** The lists of a purchase, each in a table of its own. */
function createLists(db: Connection) {
  const users = db.prepare<[string], { value: string }>('select user_id as value from purchase_users where intent_id = ? order by position')
  const choices = db.prepare<[string], { value: string }>(
    'select phone_number as value from purchase_choices where intent_id = ? order by position',
  )
  const details = db.prepare<[string], { name: string; value: string }>('select name, value from purchase_details where intent_id = ?')
  const cleared = ['purchase_users', 'purchase_choices', 'purchase_details'].map((name) =>
    db.prepare<[string]>(`delete from ${name} where intent_id = ?`),
  )
  const addUser = db.prepare<[string, number, string]>('insert into purchase_users values (?, ?, ?)')
  const addChoice = db.prepare<[string, number, string]>('insert into purchase_choices values (?, ?, ?)')
  const addDetail = db.prepare<[string, string, string]>('insert into purchase_details values (?, ?, ?)')
  return {
    of: (intentId: string): Lists => ({
      userIds: users.all(intentId).map((one) => one.value),
      tried: choices.all(intentId).map((one) => one.value),
      details: Object.fromEntries(details.all(intentId).map((one) => [one.name, one.value])),
    }),
    put({ purchase, tried }: PurchaseRow): void {
      const { intentId, assignTo, details: facts = {} } = purchase
      for (const clear of cleared) clear.run(intentId)
      for (const [position, userId] of assignTo.entries()) addUser.run(intentId, position, userId)
      for (const [position, phoneNumber] of tried.entries()) addChoice.run(intentId, position, phoneNumber)
      for (const [name, value] of Object.entries(facts)) addDetail.run(intentId, name, value)
    },
  }
}

/** Whole purchases by their intent. */
function createRows(db: Connection) {
  const lists = createLists(db)
  const names = columns.join(', ')
  const values = columns.map((name) => `@${name}`).join(', ')
  const changed = columns.filter((name) => !fixed.has(name))
  const changes = changed.map((name) => `${name} = excluded.${name}`).join(', ')
  const insert = `insert into purchases (${names}) values (${values}) on conflict (intent_id) do`
  const add = db.prepare<[Flat]>(`${insert} nothing`)
  const put = db.prepare<[Flat]>(`${insert} update set ${changes}`)
  const one = db.prepare<[string], Flat>('select * from purchases where intent_id = ?')
  const all = db.prepare<[string], Flat>(
    `select * from purchases where workspace_id = ?
     order by state in ('done', 'failed', 'cancelled', 'refused'), updated_at desc, intent_id limit 500`,
  )
  const read = (intentId: string): PurchaseRow | undefined => {
    const row = one.get(intentId)
    return row && whole(row, lists.of(intentId))
  }
  return {
    read,
    of: (workspaceId: string): PurchaseRow[] => all.all(workspaceId).map((row) => whole(row, lists.of(row.intent_id))),
    add: db.transaction((row: PurchaseRow): PurchaseRow => {
      if (add.run(flat(row)).changes > 0) lists.put(row)
      return read(row.purchase.intentId) ?? row
    }),
    put: db.transaction((row: PurchaseRow): void => {
      put.run(flat(row))
      lists.put(row)
    }),
  }
}

/** Purchases of this desktop. Each call is one transaction, on the disk when it returns (synchronous=FULL). */
export function createPurchaseTable(db: Connection) {
  const rows = createRows(db)
  const forget = db.prepare<[string]>(
    "delete from purchases where workspace_id <> ? and state in ('done', 'failed', 'cancelled', 'refused')",
  )
  const wiring = db.prepare<[string], VoiceWiring>(
    `select voice_url as voiceUrl, voice_fallback_url as voiceFallbackUrl, status_callback as statusCallback
     from voice_wiring where workspace_id = ?`,
  )
  const putWiring = db.prepare<[string, string, string, string]>('insert or replace into voice_wiring values (?, ?, ?, ?)')
  return {
    /** Begins a purchase; the one there is when its intent is known already. */
    addPurchase: (row: PurchaseRow): PurchaseRow => rows.add.immediate(row),
    putPurchase: (row: PurchaseRow): void => rows.put.immediate(row),
    purchase: rows.read,
    /** Those of a workspace, first what is not over, then the latest changed; 500 at most. */
    purchases: rows.of,
    /** Deletes what is over of other workspaces; what may have cost money and is not over waits for its workspace. */
    forgetPurchases: (workspaceId: string): void => void forget.run(workspaceId),
    /** Where numbers of a workspace ask, as the relay last said. */
    wiring: (workspaceId: string): VoiceWiring | undefined => wiring.get(workspaceId),
    putWiring: (workspaceId: string, { voiceUrl, voiceFallbackUrl, statusCallback }: VoiceWiring): void =>
      void putWiring.run(workspaceId, voiceUrl, voiceFallbackUrl, statusCallback),
  }
}
export type PurchaseTable = ReturnType<typeof createPurchaseTable>
