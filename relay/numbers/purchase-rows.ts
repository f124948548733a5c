import type { NumberType, Purchase, PurchaseState } from '../../contract/number.ts'
import type { Database } from '../database/open.ts'
import type { Lease, LeasedPurchase } from './purchase-rules.ts'

interface PurchaseRecord {
  intent_id: string
  phone_number: string
  country: string
  type: NumberType
  place: string | null
  monthly_amount: string | null
  monthly_currency: string | null
  state: PurchaseState
  by_user_id: string
  buyer_user_id: string | null
  name: string | null
  note: string | null
  sid: string | null
  failure_code: string | null
  twilio_code: number | null
  is_charged: number | null
  lease_device_id: string | null
  lease_until: string | null
  at: string
  updated_at: string
}

const purchaseOf = (row: PurchaseRecord, assignTo: string[]): Purchase => ({
  intentId: row.intent_id,
  phoneNumber: row.phone_number,
  country: row.country,
  type: row.type,
  place: row.place,
  monthly:
    row.monthly_amount === null || row.monthly_currency === null ? null : { amount: row.monthly_amount, currency: row.monthly_currency },
  state: row.state,
  byUserId: row.by_user_id,
  buyerUserId: row.buyer_user_id,
  assignTo,
  name: row.name,
  note: row.note,
  sid: row.sid,
  failureCode: row.failure_code,
  twilioCode: row.twilio_code,
  isCharged: row.is_charged === null ? null : row.is_charged === 1,
  at: row.at,
  updatedAt: row.updated_at,
})

const leaseOf = ({ lease_device_id: deviceId, lease_until: until }: PurchaseRecord): Lease | null =>
  deviceId === null || until === null ? null : { deviceId, until }

const valuesOf = (purchase: Purchase, lease: Lease | null) => {
  const { intentId, phoneNumber, country, type, place, monthly, state, byUserId, buyerUserId, name, note, sid } = purchase
  const isCharged = purchase.isCharged === null ? null : Number(purchase.isCharged)
  const what = [intentId, phoneNumber, country, type, place, monthly?.amount ?? null, monthly?.currency ?? null] as const
  const how = [state, byUserId, buyerUserId, name, note, sid, purchase.failureCode, purchase.twilioCode, isCharged] as const
  return [...what, ...how, lease?.deviceId ?? null, lease?.until ?? null, purchase.at, purchase.updatedAt] as const
}

/** How many a list has at most. */
const LISTED = 200
const COLUMNS = `intent_id, phone_number, country, type, place, monthly_amount, monthly_currency, state, by_user_id, buyer_user_id, name, note,
  sid, failure_code, twilio_code, is_charged, lease_device_id, lease_until, at, updated_at`

/** Intents to buy, in their tables. Writes run inside a transaction of the writer. */
export function createPurchaseRows(db: Database) {
  const one = db.prepare<[string], PurchaseRecord>('SELECT * FROM purchases WHERE intent_id = ?')
  const all = db.prepare<[number], PurchaseRecord>('SELECT * FROM purchases ORDER BY at DESC, intent_id LIMIT ?')
  const ofUser = db.prepare<[string, number], PurchaseRecord>(
    'SELECT * FROM purchases WHERE by_user_id = ? ORDER BY at DESC, intent_id LIMIT ?',
  )
  const leased = db.prepare<[string, string], PurchaseRecord>(
    'SELECT * FROM purchases WHERE phone_number = ? AND lease_until IS NOT NULL AND lease_until > ?',
  )
  const bought = db.prepare<[string], PurchaseRecord>('SELECT * FROM purchases WHERE sid = ? AND is_charged IS NOT 0 ORDER BY at LIMIT 1')
  const users = db.prepare<[string], { user_id: string }>('SELECT user_id FROM purchase_users WHERE intent_id = ? ORDER BY position')
  const put = db.prepare(`INSERT OR REPLACE INTO purchases (${COLUMNS}) VALUES (${COLUMNS.replaceAll(/\w+/g, '?')})`)
  const clearUsers = db.prepare('DELETE FROM purchase_users WHERE intent_id = ?')
  const addUser = db.prepare('INSERT INTO purchase_users (intent_id, user_id, position) VALUES (?, ?, ?)')
  const usersOf = ({ intent_id }: PurchaseRecord) => users.all(intent_id).map((row) => row.user_id)
  const found = (row: PurchaseRecord): LeasedPurchase => ({ purchase: purchaseOf(row, usersOf(row)), lease: leaseOf(row) })
  return {
    get(intentId: string): LeasedPurchase | undefined {
      const row = one.get(intentId)
      return row && found(row)
    },
    /** Intents for this number whose lease lives after `at`. */
    leased: (phoneNumber: string, at: string): LeasedPurchase[] => leased.all(phoneNumber, at).map(found),
    /** The intent that bought what has this SID. */
    ofSid(sid: string): Purchase | undefined {
      const row = bought.get(sid)
      return row && purchaseOf(row, usersOf(row))
    },
    /** Newest first, of everybody or of one user; bounded. */
    list: (userId?: string): Purchase[] =>
      (userId === undefined ? all.all(LISTED) : ofUser.all(userId, LISTED)).map((row) => purchaseOf(row, usersOf(row))),
    put(purchase: Purchase, lease: Lease | null): void {
      clearUsers.run(purchase.intentId)
      put.run(...valuesOf(purchase, lease))
      for (const [position, userId] of purchase.assignTo.entries()) addUser.run(purchase.intentId, userId, position)
    },
  }
}
export type PurchaseRows = ReturnType<typeof createPurchaseRows>
