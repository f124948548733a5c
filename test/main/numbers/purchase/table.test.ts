import { rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../../../main/store/migrate.ts'
import { outboxMigrations } from '../../../../main/store/migrations/index.ts'
import { openDatabase } from '../../../../main/store/open-database.ts'
import { createPurchaseTable, type PurchaseRow } from '../../../../main/store/purchase-table.ts'
import { openStore } from '../../../../main/store/store.ts'
import { newFolder } from '../../kit/desktop.ts'
import { rowOf, SID } from './kit.ts'

let folder: string
beforeEach(() => (folder = newFolder()))
afterEach(() => rmSync(folder, { recursive: true }))

const table = () => {
  const db = openDatabase(path.join(folder, 'outbox.db'), { durability: 'full' })
  migrate(db, outboxMigrations)
  return { db, ...createPurchaseTable(db) }
}
const full: PurchaseRow = rowOf(
  {
    place: 'Austin, TX',
    state: 'failed',
    buyerUserId: 'kim',
    assignTo: ['sam', 'eve'],
    name: 'Desk',
    note: 'please',
    sid: SID,
    failureCode: 'bad-request',
    twilioCode: 21_422,
    details: { byName: 'Kim', was: '1.15 USD' },
    isCharged: null,
  },
  {
    areaCode: '415',
    tried: ['+14155550101', '+14155550102'],
    burned: 1,
    addressSid: 'AD1',
    bundleSid: 'BU1',
    identitySid: 'RI1',
    withoutRelay: true,
    isKnown: true,
    reported: 'buying',
    wasLost: true,
    looks: 3,
    lookingSince: '2026-11-21T10:00:00.000Z',
  },
)

test('a purchase is read as it was written, whole, and changed whole', () => {
  const { db, addPurchase, putPurchase, purchase, purchases } = table()
  expect(addPurchase(full)).toEqual(full)
  expect(purchase('i1')).toEqual(full)
  const plain = rowOf()
  putPurchase(plain)
  expect(purchases('w1')).toEqual([plain])
  expect(purchase('nobody')).toBeUndefined()
  db.close()
})

test('an intent that is known already is not begun again', () => {
  const { db, addPurchase } = table()
  addPurchase(full)
  expect(addPurchase(rowOf({ phoneNumber: '+14155550199' }))).toEqual(full)
  db.close()
})

const at = (minute: number) => `2026-11-21T10:0${minute}:00.000Z`

test('what is not over comes first and is never forgotten; of another workspace the rest is', () => {
  const { db, addPurchase, purchases, forgetPurchases } = table()
  addPurchase(rowOf({ intentId: 'old', state: 'looking', updatedAt: at(1) }))
  addPurchase(rowOf({ intentId: 'done', state: 'done', updatedAt: at(2) }))
  addPurchase(rowOf({ intentId: 'last', state: 'failed', updatedAt: at(3) }))
  expect(purchases('w1').map(({ purchase }) => purchase.intentId)).toEqual(['old', 'last', 'done'])
  expect(purchases('w2')).toEqual([])
  forgetPurchases('w1')
  expect(purchases('w1')).toHaveLength(3)
  forgetPurchases('w2')
  expect(purchases('w1').map(({ purchase }) => purchase.intentId)).toEqual(['old'])
  db.close()
})

test('they are kept with full durability, and outlive the replica', async () => {
  const { db } = table()
  expect(db.pragma('synchronous', { simple: true })).toBe(2)
  db.close()
  const first = await openStore(folder)
  await first.purchases.addPurchase(full)
  await first.purchases.putWiring('w1', { voiceUrl: 'https://a', voiceFallbackUrl: 'https://b', statusCallback: 'https://c' })
  await first.close()
  for (const name of ['app.db', 'app.db-wal', 'app.db-shm']) rmSync(path.join(folder, name), { force: true })
  const second = await openStore(folder)
  expect(await second.purchases.purchase('i1')).toEqual(full)
  expect(await second.purchases.wiring('w1')).toEqual({ voiceUrl: 'https://a', voiceFallbackUrl: 'https://b', statusCallback: 'https://c' })
  expect(await second.purchases.wiring('w2')).toBeUndefined()
  await second.outbox.clear() // of the commands, when another person signs in
  expect(await second.purchases.purchase('i1')).toEqual(full)
  await second.close()
})

test('an outbox of the version before keeps its commands', async () => {
  const old = openDatabase(path.join(folder, 'outbox.db'), { durability: 'full' })
  migrate(old, outboxMigrations.slice(0, 1))
  old.exec(`insert into commands (command_id, queued_at, payload) values ('x1', '2026-11-21T10:00:00.000Z', '{"commandId":"x1"}')`)
  old.close()
  const store = await openStore(folder)
  expect(await store.outbox.next(10)).toEqual([{ commandId: 'x1' }])
  expect(await store.purchases.purchases('w1')).toEqual([])
  await store.close()
})
