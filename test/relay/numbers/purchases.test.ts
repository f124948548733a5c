import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Failure } from '../../../contract/failure.ts'
import type { AuditEntry, Purchase } from '../../../contract/number.ts'
import type { PurchaseBody, PurchaseProgressBody, PurchaseReply } from '../../../contract/number-relay.ts'
import type { StoredEvent } from '../../../relay/ports.ts'
import { makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

const NUMBER = '+14155550177'
const SID = `PN${'7'.repeat(32)}`
const main = { sid: `PN${'1'.repeat(32)}`, phoneNumber: '+14155550100', name: 'Main line' }
const LEASE_MS = 600_000
/** Most of a lease, with minutes to spare: machines are slow at times. */
const MOST_MS = 400_000

let relay: TestRelay
let ada: Enrolled
let kim: Enrolled
let sam: Enrolled
const heard: StoredEvent[] = []
beforeEach(async () => {
  relay = await makeRelay({ RELAY_LEASE_SECONDS: '600', RELAY_SESSION_MS: '86400000' }, [main])
  ada = await relay.enrolled('Ada', 'manager')
  kim = await relay.enrolled('Kim', 'manager')
  sam = await relay.enrolled('Sam', 'staff')
  heard.length = 0
  relay.core.events.subscribe((events) => heard.push(...events))
})
afterEach(() => relay.close())

const body = (changes: Partial<PurchaseBody> = {}): PurchaseBody => ({
  intentId: 'intent-1',
  phoneNumber: NUMBER,
  country: 'US',
  type: 'local',
  place: 'San Francisco, CA',
  monthly: { amount: '1.15', currency: 'USD' },
  assignTo: [],
  name: null,
  note: null,
  isRequest: false,
  ...changes,
})
const lease = (who: Enrolled, changes: Partial<PurchaseBody> = {}) => relay.post('/api/numbers/purchases', body(changes), who.headers)
const ask = (who = sam, changes: Partial<PurchaseBody> = {}) => lease(who, { isRequest: true, note: 'for the fair', ...changes })
const put = (who: Enrolled, payload: PurchaseProgressBody, intentId = 'intent-1') =>
  relay.app.inject({ method: 'PUT', url: `/api/numbers/purchases/${intentId}`, payload, headers: who.headers })
const list = async (who: Enrolled) => (await relay.get('/api/numbers/purchases', who.headers)).json<Purchase[]>()
type Reply = Awaited<ReturnType<typeof put>>
const held = (reply: Reply) => [reply.statusCode, reply.json<PurchaseReply>().isHolder]
const refusal = (reply: Reply) => [reply.statusCode, reply.json<Failure>().code]
const told = () => heard.flatMap((event) => (event.type === 'purchase.changed' ? [event] : []))
const audit = (): AuditEntry[] => relay.core.audit.page({ limit: 200 }).entries.toReversed()
const traced = () => audit().map(({ userName, action, subject }) => `${userName} ${action} ${subject}`)
const idOf = ({ session }: Enrolled) => session.user.userId
/** The same person at another computer. */
const elsewhere = () => relay.enrolled('Ada', 'manager')

describe('a lease', () => {
  test('who asks gets it, and everybody who may hears of it', async () => {
    const reply = await lease(ada, { assignTo: [idOf(sam)], name: 'Sales' })
    expect(held(reply)).toEqual([200, true])
    const { purchase, leaseUntil } = reply.json<PurchaseReply>()
    expect(purchase).toMatchObject({ state: 'leased', byUserId: idOf(ada), buyerUserId: idOf(ada), assignTo: [idOf(sam)], name: 'Sales' })
    expect(purchase).toMatchObject({ sid: null, isCharged: false, failureCode: null, monthly: { amount: '1.15', currency: 'USD' } })
    expect(Date.parse(leaseUntil) - Date.parse(purchase.at)).toBe(LEASE_MS)
    expect(told().map(({ payload, audience }) => [payload, audience])).toEqual([[purchase, { kind: 'users', userIds: [idOf(ada)] }]])
    expect(await list(kim)).toEqual([purchase])
    expect(await list(sam)).toEqual([])
  })

  test('two managers in the same instant: one gets the number, the other is told who', async () => {
    const replies = await Promise.all([lease(ada), lease(kim, { intentId: 'intent-2' })])
    expect(replies.map((reply) => reply.statusCode).toSorted((a, b) => a - b)).toEqual([200, 409])
    const [winner, loser] = replies[0].statusCode === 200 ? ['Ada', replies[1]] : ['Kim', replies[0]]
    expect(loser.json<Failure>()).toMatchObject({ code: 'number-leased', retry: 'later', details: { byName: winner, phoneNumber: NUMBER } })
    expect(await list(ada)).toHaveLength(1)
  })

  test.each([2, 10, 40])('of %i intents at once exactly one gets the number', async (count) => {
    const who = [ada, kim]
    const replies = await Promise.all(Array.from({ length: count }, (_, n) => lease(who[n % 2] ?? ada, { intentId: `intent-${n}` })))
    expect(replies.filter((reply) => reply.statusCode === 200)).toHaveLength(1)
    expect(new Set(replies.map((reply) => reply.statusCode))).toEqual(new Set([200, 409]))
    expect(told()).toHaveLength(1)
  })

  test('the same again renews it: the first number stands, nothing is told twice', async () => {
    const first = (await lease(ada)).json<PurchaseReply>()
    relay.time.movedMs += MOST_MS
    const again = (await lease(ada, { phoneNumber: '+14155550188' })).json<PurchaseReply>()
    expect(again).toMatchObject({ isHolder: true, purchase: first.purchase })
    expect(Date.parse(again.leaseUntil)).toBeGreaterThan(Date.parse(first.leaseUntil))
    relay.time.movedMs += MOST_MS
    expect(refusal(await lease(kim, { intentId: 'intent-2' }))).toEqual([409, 'number-leased'])
    expect(told()).toHaveLength(1)
  })

  test('another device has to wait for its end, then takes the same intent over', async () => {
    await lease(ada)
    const laptop = await elsewhere()
    expect(held(await lease(laptop))).toEqual([200, false])
    expect(refusal(await put(laptop, { state: 'buying' }))).toEqual([409, 'conflict'])
    relay.time.movedMs += LEASE_MS
    expect(held(await lease(laptop))).toEqual([200, true])
    expect(held(await lease(ada))).toEqual([200, false])
    expect(refusal(await put(ada, { state: 'buying' }))).toEqual([409, 'conflict'])
    expect(held(await put(laptop, { state: 'buying' }))).toEqual([200, true])
  })

  test('every word of its holder renews it', async () => {
    await lease(ada)
    for (const state of ['buying', 'looking'] as const) {
      relay.time.movedMs += MOST_MS
      expect(held(await put(ada, { state }))).toEqual([200, true])
    }
    relay.time.movedMs += MOST_MS
    expect(held(await lease(await elsewhere()))).toEqual([200, false])
  })

  test('once it is over another intent may have the number, and the first does not get it back', async () => {
    await lease(ada)
    relay.time.movedMs += LEASE_MS
    expect(held(await lease(kim, { intentId: 'intent-2' }))).toEqual([200, true])
    const late = await lease(ada)
    expect(late.json<Failure>()).toMatchObject({ code: 'number-leased', details: { byName: 'Kim' } })
    expect(refusal(await put(ada, { state: 'buying' }))).toEqual([409, 'number-leased'])
    // It had bought already: that is so, and Kim's device will see that the number is ours.
    expect(held(await put(ada, { state: 'bought', sid: SID }))).toEqual([200, false])
    expect(held(await lease(kim, { intentId: 'intent-2' }))).toEqual([200, true])
  })

  test('whoever takes over buys, until somebody has spent', async () => {
    await lease(ada)
    relay.time.movedMs += LEASE_MS
    expect((await lease(kim)).json<PurchaseReply>().purchase).toMatchObject({ byUserId: idOf(ada), buyerUserId: idOf(kim) })
    await put(kim, { state: 'bought', sid: SID })
    relay.time.movedMs += LEASE_MS
    expect((await lease(ada)).json<PurchaseReply>()).toMatchObject({ isHolder: true, purchase: { buyerUserId: idOf(kim), sid: SID } })
  })

  test('what failed or was cancelled frees the number at once', async () => {
    await lease(ada)
    expect(held(await put(ada, { state: 'cancelled' }))).toEqual([200, false])
    expect(held(await lease(kim, { intentId: 'intent-2' }))).toEqual([200, true])
    await put(kim, { state: 'failed', failureCode: 'number-taken', twilioCode: 21422, isCharged: false }, 'intent-2')
    expect(held(await lease(ada, { intentId: 'intent-3' }))).toEqual([200, true])
    expect((await list(ada)).map((one) => one.state).toSorted()).toEqual(['cancelled', 'failed', 'leased'])
  })

  test('a number of ours is not bought again; one that has left is', async () => {
    await relay.core.numberSync.refresh()
    expect(refusal(await lease(ada, { phoneNumber: main.phoneNumber }))).toEqual([409, 'number-already-ours'])
    relay.memory.numbers.length = 0
    await relay.core.numberSync.refresh()
    expect(held(await lease(ada, { phoneNumber: main.phoneNumber }))).toEqual([200, true])
  })

  test('a number that the relay finds while it is being bought does not stop its own intent', async () => {
    await lease(ada)
    await put(ada, { state: 'buying' })
    relay.memory.numbers.push({ ...main, sid: SID, phoneNumber: NUMBER, name: 'lk:intent-1' })
    await relay.core.numberSync.refresh()
    expect(held(await lease(ada))).toEqual([200, true])
    expect(held(await put(ada, { state: 'done', sid: SID }))).toEqual([200, false])
  })

  test('for users nobody knows, or staff who want to buy: refused, and nothing is kept', async () => {
    expect(refusal(await lease(ada, { assignTo: ['nobody'] }))).toEqual([400, 'bad-request'])
    expect(refusal(await lease(sam))).toEqual([403, 'forbidden'])
    expect(refusal(await relay.post('/api/numbers/purchases', { ...body(), more: 1 }, ada.headers))).toEqual([400, 'bad-request'])
    expect(await list(ada)).toEqual([])
    expect(told()).toEqual([])
  })
})

describe('how far it is', () => {
  test('from the lease to the end: forwards, each step told, its money traced', async () => {
    await lease(ada)
    for (const state of ['buying', 'looking'] as const)
      expect((await put(ada, { state })).json<PurchaseReply>().purchase.isCharged).toBe(null)
    for (const state of ['bought', 'configured', 'done'] as const) await put(ada, { state, sid: SID })
    expect(told().map(({ payload }) => payload.state)).toEqual(['leased', 'buying', 'looking', 'bought', 'configured', 'done'])
    expect(await list(ada)).toMatchObject([{ state: 'done', sid: SID, isCharged: true }])
    expect(traced()).toEqual([`Ada purchase.bought ${NUMBER}`])
    expect(audit()[0]?.after).toMatchObject({ intentId: 'intent-1', sid: SID, isCharged: true, monthly: { amount: '1.15' } })
  })

  test('the same report again is fine and changes nothing; backwards is a conflict; an end stays', async () => {
    await lease(ada)
    const report = { state: 'bought', sid: SID } as const
    const first = (await put(ada, report)).json<PurchaseReply>()
    const count = told().length
    expect((await put(ada, report)).json<PurchaseReply>().purchase).toEqual(first.purchase)
    expect(refusal(await put(ada, { state: 'buying' }))).toEqual([409, 'conflict'])
    const failed = { state: 'failed', failureCode: 'twilio-failed', isCharged: true } as const
    expect((await put(ada, failed)).statusCode).toBe(200)
    expect((await put(ada, failed)).statusCode).toBe(200)
    for (const state of ['done', 'cancelled', 'buying', 'refused'] as const)
      expect(refusal(await put(ada, { state, sid: SID }))).toEqual([409, 'conflict'])
    expect(held(await lease(ada))).toEqual([200, false])
    expect(told()).toHaveLength(count + 1)
    expect(traced()).toEqual([`Ada purchase.bought ${NUMBER}`, `Ada purchase.failed ${NUMBER}`])
  })

  test('who comes late with the end alone is traced as having bought', async () => {
    await lease(ada)
    await put(ada, { state: 'done', sid: SID })
    expect(traced()).toEqual([`Ada purchase.bought ${NUMBER}`])
  })

  test('of an intent nobody knows is 404', async () => {
    expect(refusal(await put(ada, { state: 'buying' }, 'other'))).toEqual([404, 'not-found'])
  })
})

describe('what was bought without the relay', () => {
  const bought = (who: Enrolled) => ({ bought: { sid: SID, byUserId: idOf(who) } })
  const list1 = { ...main, sid: SID, phoneNumber: NUMBER, name: 'lk:intent-1' }

  test('is adopted although the listing knew the number first; once, by who confirmed it', async () => {
    relay.memory.numbers.push(list1)
    await relay.core.numberSync.refresh()
    expect(refusal(await lease(ada))).toEqual([409, 'number-already-ours'])
    const reply = await lease(kim, { ...bought(ada), assignTo: [idOf(sam), 'nobody'] })
    expect(held(reply)).toEqual([200, true])
    const { purchase } = reply.json<PurchaseReply>()
    expect(purchase).toMatchObject({ state: 'bought', sid: SID, isCharged: true, buyerUserId: idOf(ada), assignTo: [idOf(sam)] })
    expect(held(await lease(kim, bought(ada)))).toEqual([200, true])
    expect(traced()).toEqual([`Kim purchase.bought ${NUMBER}`])
    expect(audit()[0]?.after).toMatchObject({ buyerUserId: idOf(ada), sid: SID, isCharged: true })
    expect(held(await put(kim, { state: 'done', sid: SID }))).toEqual([200, false])
    expect(await list(ada)).toMatchObject([{ intentId: 'intent-1', state: 'done', sid: SID }])
  })

  test('by two managers: the first that says so has it, the other is told who', async () => {
    const replies = await Promise.all([lease(ada, bought(ada)), lease(kim, { ...bought(kim), intentId: 'intent-2' })])
    expect(replies.map((reply) => reply.statusCode).toSorted((a, b) => a - b)).toEqual([200, 409])
    const [winner, loser] = replies[0].statusCode === 200 ? ['Ada', replies[1]] : ['Kim', replies[0]]
    expect(loser.json<Failure>()).toMatchObject({ code: 'number-already-ours', details: { byName: winner, phoneNumber: NUMBER } })
    expect(await list(ada)).toHaveLength(1)
  })

  test('while another had the lease: it is so, and who had it hears that when it is told of the same', async () => {
    await lease(kim, { intentId: 'intent-2' })
    await put(kim, { state: 'buying' }, 'intent-2')
    expect((await lease(ada, bought(ada))).json<PurchaseReply>().purchase).toMatchObject({ state: 'bought', sid: SID })
    const late = await put(kim, { state: 'bought', sid: SID }, 'intent-2')
    expect(late.json<Failure>()).toMatchObject({ code: 'number-already-ours', details: { byName: 'Ada' } })
    expect(held(await put(kim, { state: 'failed', failureCode: 'number-already-ours', isCharged: false }, 'intent-2'))).toEqual([
      200,
      false,
    ])
  })

  test('after the relay heard that it had failed, or of a request: what was paid for counts', async () => {
    await lease(ada)
    await put(ada, { state: 'failed', failureCode: 'relay-unreachable', isCharged: false })
    expect((await lease(ada, bought(ada))).json<PurchaseReply>().purchase).toMatchObject({ state: 'bought', failureCode: null })
    const other = { intentId: 'intent-2', phoneNumber: '+14155550188' }
    await ask(sam, { ...other, assignTo: [idOf(sam)] })
    const sid = `PN${'8'.repeat(32)}`
    const reply = await lease(ada, { ...other, bought: { sid, byUserId: idOf(ada) } })
    expect(reply.json<PurchaseReply>().purchase).toMatchObject({ state: 'bought', sid, byUserId: idOf(sam), assignTo: [idOf(sam)] })
  })

  test('is nothing that staff could say', async () => {
    expect(refusal(await lease(sam, bought(sam)))).toEqual([403, 'forbidden'])
    expect((await ask(sam, bought(sam))).json<PurchaseReply>().purchase).toMatchObject({ state: 'requested', sid: null })
  })
})

describe('a request by staff', () => {
  test('waits for a manager, leases nothing, is told and traced', async () => {
    const reply = await ask()
    expect(held(reply)).toEqual([200, false])
    expect(reply.json<PurchaseReply>().purchase).toMatchObject({ state: 'requested', buyerUserId: null, note: 'for the fair' })
    expect(held(await ask())).toEqual([200, false])
    expect(told().map(({ audience }) => audience)).toEqual([{ kind: 'users', userIds: [idOf(sam)] }])
    expect(traced()).toEqual([`Sam number.requested ${NUMBER}`])
    expect([await list(sam), await list(ada)].map((found) => found.length)).toEqual([1, 1])
    expect(held(await lease(ada, { intentId: 'intent-2' }))).toEqual([200, true])
  })

  test('approved by a manager, who buys it on the terms that were confirmed', async () => {
    await ask()
    const reply = await lease(ada, { monthly: { amount: '2.00', currency: 'USD' }, assignTo: [idOf(sam)], phoneNumber: '+14155550188' })
    expect(held(reply)).toEqual([200, true])
    const { purchase } = reply.json<PurchaseReply>()
    expect(purchase).toMatchObject({ state: 'leased', phoneNumber: NUMBER, byUserId: idOf(sam), buyerUserId: idOf(ada) })
    expect(purchase).toMatchObject({ monthly: { amount: '2.00', currency: 'USD' }, assignTo: [idOf(sam)], note: 'for the fair' })
    expect(traced()).toEqual([`Sam number.requested ${NUMBER}`, `Ada purchase.approved ${NUMBER}`])
    expect(told().at(-1)?.audience).toEqual({ kind: 'users', userIds: [idOf(sam)] })
    expect(refusal(await put(sam, { state: 'cancelled' }))).toEqual([409, 'conflict'])
  })

  test('approved without a word on who gets it or what it is called: the wish stands', async () => {
    await ask(sam, { assignTo: [idOf(sam)], name: 'Fair' })
    const { purchase } = (await lease(ada, { assignTo: [], name: null })).json<PurchaseReply>()
    expect(purchase).toMatchObject({ state: 'leased', assignTo: [idOf(sam)], name: 'Fair' })
  })

  test('of two managers who approve it at once, one buys', async () => {
    await ask()
    const replies = await Promise.all([lease(ada), lease(kim)])
    expect(replies.map((reply) => reply.json<PurchaseReply>().isHolder).toSorted((a, b) => Number(a) - Number(b))).toEqual([false, true])
  })

  test('refused by a manager, or taken back: it stays so', async () => {
    await ask()
    expect((await put(ada, { state: 'refused' })).json<PurchaseReply>().purchase.state).toBe('refused')
    expect(held(await lease(kim))).toEqual([200, false])
    await ask(sam, { intentId: 'intent-2' })
    expect((await put(sam, { state: 'cancelled' }, 'intent-2')).statusCode).toBe(200)
    expect(refusal(await put(ada, { state: 'refused' }, 'intent-2'))).toEqual([409, 'conflict'])
    const lines = ['Sam number.requested', 'Ada purchase.refused', 'Sam number.requested', 'Sam purchase.cancelled']
    expect(traced()).toEqual(lines.map((line) => `${line} ${NUMBER}`))
  })

  test('others’ intents are none of theirs', async () => {
    await lease(ada)
    const lee = await relay.enrolled('Lee', 'staff')
    await ask(sam, { intentId: 'intent-2', phoneNumber: '+14155550188' })
    expect(await list(lee)).toEqual([])
    for (const intentId of ['intent-1', 'intent-2'])
      expect(refusal(await put(lee, { state: 'cancelled' }, intentId))).toEqual([404, 'not-found'])
    expect(refusal(await ask(lee, { intentId: 'intent-2' }))).toEqual([409, 'conflict'])
    expect(refusal(await put(sam, { state: 'buying' }, 'intent-2'))).toEqual([403, 'forbidden'])
  })

  test('of a number that is being bought, or is ours, says so', async () => {
    await lease(ada)
    expect(refusal(await ask(sam, { intentId: 'intent-2' }))).toEqual([409, 'number-leased'])
    await relay.core.numberSync.refresh()
    expect(refusal(await ask(sam, { intentId: 'intent-3', phoneNumber: main.phoneNumber }))).toEqual([409, 'number-already-ours'])
  })
})

test('the newest 200 are listed, newest first', async () => {
  await lease(ada)
  const ages = 'WITH RECURSIVE ages (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM ages WHERE n < 205)'
  relay.core.db.exec(`${ages} INSERT INTO purchases (intent_id, phone_number, country, type, state, by_user_id, at, updated_at)
    SELECT 'old-' || n, '+1415556' || n, 'US', 'local', 'done', (SELECT user_id FROM users WHERE name = 'Ada'), date('2026-01-01', '-' || n || ' days'), ''
    FROM ages`)
  const listed = await list(ada)
  expect(listed).toHaveLength(200)
  expect([listed[0]?.intentId, listed[1]?.intentId, listed.at(-1)?.intentId]).toEqual(['intent-1', 'old-1', 'old-199'])
})
