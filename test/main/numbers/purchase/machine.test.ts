import { describe, expect, test } from 'vitest'
import { failure } from '../../../../contract/failure.ts'
import type { Purchase } from '../../../../contract/number.ts'
import { afterEvent, nextEffect, resumed } from '../../../../main/numbers/purchase/machine.ts'
import {
  freshMemory,
  leaseIdOf,
  markerOf,
  prefixOf,
  type PurchaseEffect,
  type PurchaseEvent,
  type Run,
} from '../../../../main/numbers/purchase/steps.ts'
import { AT, NUMBER, replyOf, rowOf, SID } from './kit.ts'

const later = (ms: number) => new Date(Date.parse(AT) + ms).toISOString()
const after = (run: Run, of: PurchaseEffect['type'], event: PurchaseEvent) => afterEvent(run, of, event, later(1000))
const run = (over: Partial<Purchase>, rest: Parameters<typeof rowOf>[1] = {}, memory = {}): Run => ({
  row: rowOf(over, rest),
  memory: { ...freshMemory(), ...memory },
})
const money = (amount: string, currency = 'USD') => ({ amount, currency })
const known = { isKnown: true, reported: 'leased' } as const
const ready = { isLeased: true, isChecked: true }
const inArea = { areaCode: '415', tried: [] as string[] }
const end = ({ row: { purchase } }: Run) => [purchase.state, purchase.failureCode, purchase.isCharged]

const checked = (monthly: Purchase['monthly'], owned: { sid: string; isMarked: boolean } | null = null): PurchaseEvent => ({
  type: 'checked',
  monthly,
  owned,
})
const refused = (code: Parameters<typeof failure>[0], details = {}): PurchaseEvent => ({
  type: 'refused',
  failure: failure(code, '', details),
})

describe('what is due', () => {
  test.each<[string, Run, PurchaseEffect | undefined]>([
    ['a number of an area code is chosen first', run({ phoneNumber: '+1415' }, inArea), { type: 'choose' }],
    ['then leased', run({}, { ...inArea, tried: [NUMBER] }), { type: 'lease' }],
    ['an intent is leased', run({}), { type: 'lease' }],
    ['another desktop’s progress is waited for', run({}, known, { joinedUntil: AT }), { type: 'join', until: AT }],
    ['a leased one is checked', run({ state: 'leased' }, known, { isLeased: true }), { type: 'check' }],
    ['a lease is asked for again after a start', run({ state: 'leased' }, known), { type: 'lease' }],
    ['a checked one is announced', run({ state: 'leased' }, known, ready), { type: 'announce' }],
    ['an announced one is bought', run({ state: 'buying' }, known, ready), { type: 'buy' }],
    ['a lost one is looked for', run({ state: 'looking' }, { looks: 2, lookingSince: AT }), { type: 'look', nth: 2, since: AT }],
    ['a bought one is configured', run({ state: 'bought', sid: SID }, known), { type: 'configure' }],
    ['what could not be configured is recorded', run({ state: 'bought', sid: SID, failureCode: 'not-found' }), { type: 'record' }],
    ['a configured one is recorded', run({ state: 'configured', sid: SID }, known), { type: 'record' }],
    ['an end is reported', run({ state: 'done', sid: SID }, known), { type: 'report' }],
    ['but once', run({ state: 'done', sid: SID }, { ...known, reported: 'done' }), undefined],
    ['and not to a relay that never heard of it', run({ state: 'failed' }), undefined],
  ])('%s', (_, of, effect) => expect(nextEffect(of)).toEqual(effect))
})

test('who is told that another bought the same has bought nothing; of an end told in vain nothing is forgotten', () => {
  const event: PurchaseEvent = { type: 'beaten', failure: failure('number-already-ours', '', { byName: 'Kim' }) }
  const beaten = after(run({ state: 'configured', sid: SID, isCharged: true }), 'record', event)
  expect(end(beaten)).toEqual(['failed', 'number-already-ours', false])
  expect(beaten.row.purchase).toMatchObject({ sid: null, details: { byName: 'Kim' } })
  expect(nextEffect(beaten)).toBeUndefined()
  expect(nextEffect(after(run({ state: 'configured', sid: SID }, known), 'record', event))).toEqual({ type: 'report' })
  const done = run({ state: 'done', sid: SID }, known)
  expect(nextEffect(after(done, 'report', { type: 'unanswered', failure: failure('conflict') }))).toEqual({ type: 'report' })
})

describe('before the purchase', () => {
  const leased = run({ state: 'leased' }, known, { isLeased: true })
  const away: PurchaseEvent = { type: 'unanswered', failure: failure('relay-unreachable') }

  test('the lease adopts what the relay knows of the intent', () => {
    const reply = replyOf({ phoneNumber: '+14155550199', byUserId: 'sam', assignTo: ['sam'], note: 'please', name: 'Desk' })
    const next = after(run({ state: 'intended' }, { ...inArea, tried: [NUMBER] }), 'lease', { type: 'leased', reply })
    expect(next.row).toMatchObject({ isKnown: true, reported: 'leased', tried: ['+14155550199'] })
    const { state, phoneNumber, byUserId, assignTo, note, name, buyerUserId } = next.row.purchase
    expect([state, phoneNumber, byUserId, assignTo, note, name, buyerUserId]).toEqual([
      'leased',
      '+14155550199',
      'sam',
      ['sam'],
      'please',
      'Desk',
      'ada',
    ])
    expect(nextEffect(next)).toEqual({ type: 'check' })
  })

  test('an intent that another desktop is at is joined, then asked for again', () => {
    const joined = after(run({}), 'lease', { type: 'leased', reply: replyOf({ state: 'buying' }, false) })
    expect(joined.memory.other?.state).toBe('buying')
    expect(joined.row.purchase.state).toBe('intended')
    expect(nextEffect(joined)).toMatchObject({ type: 'join' })
    // What the other one did is not known: nothing may be said of it because the relay is gone.
    expect(nextEffect(after(joined, 'join', { type: 'joined' }))).toEqual({ type: 'lease' })
    const gone = after(after(joined, 'join', { type: 'joined' }), 'lease', away)
    expect(end(gone)).toEqual(['intended', null, false])
    expect(nextEffect(gone)).toEqual({ type: 'lease' })
  })

  test.each<[string, Partial<Purchase>, (string | boolean | null)[]]>([
    ['was about to be bought: it is looked for', { state: 'buying', isCharged: null }, ['looking', null, null]],
    ['was being looked for', { state: 'looking', isCharged: null }, ['looking', null, null]],
    ['is bought', { state: 'bought', sid: SID, isCharged: true }, ['bought', null, true]],
    ['is configured', { state: 'configured', sid: SID, isCharged: true }, ['bought', null, true]],
    ['is done', { state: 'done', sid: SID, isCharged: true }, ['done', null, true]],
    ['failed', { state: 'failed', failureCode: 'funds-missing', isCharged: false }, ['failed', 'funds-missing', false]],
  ])('a lease taken over of a purchase that %s', (_, theirs, expected) => {
    expect(end(after(run({}), 'lease', { type: 'leased', reply: replyOf(theirs) }))).toEqual(expected)
  })

  test('a relay that cannot be reached ends it, unless the person agreed or nobody waits', () => {
    const ended = after(run({}), 'lease', away)
    expect(end(ended)).toEqual(['failed', 'relay-unreachable', false])
    expect(nextEffect(ended)).toEqual({ type: 'report' }) // its answer alone may have been lost
    const agreed = after(run({}, { withoutRelay: true }), 'lease', away)
    expect(nextEffect(agreed)).toEqual({ type: 'check' })
    expect(end(after(agreed, 'check', checked(money('1.15'))))).toEqual(['buying', null, null])
    expect(nextEffect(after(run({}, {}, { isResumed: true }), 'lease', away))).toEqual({ type: 'lease' })
    const announced = run({ state: 'leased' }, known, ready)
    expect(end(after(announced, 'announce', away))).toEqual(['failed', 'relay-unreachable', false])
    expect(end(after(run({ state: 'leased' }, { ...known, withoutRelay: true }, ready), 'announce', away))).toEqual(['buying', null, null])
  })

  test('who is told that another manager is at it hears who', () => {
    const next = after(run({}), 'lease', refused('number-leased', { byName: 'Kim' }))
    expect(end(next)).toEqual(['failed', 'number-leased', false])
    expect(next.row.purchase.details).toEqual({ byName: 'Kim' })
  })

  test.each<[string, Purchase['monthly'], Purchase['monthly'], string | null]>([
    ['the same', money('1.15'), money('1.15'), null],
    ['the same, written otherwise', money('1.15'), money('1.150'), null],
    ['more', money('1.15'), money('1.25'), 'price-changed'],
    ['less', money('1.15'), money('1.05'), 'price-changed'],
    ['in another currency', money('1.15'), money('1.15', 'EUR'), 'price-changed'],
    ['not known any more', money('1.15'), null, 'price-changed'],
    ['now known, while an unknown one was agreed to', null, money('9'), null],
  ])('a price that is %s', (_, monthly, now, failureCode) => {
    const next = after(run({ state: 'leased', monthly }, known, { isLeased: true }), 'check', checked(now))
    expect(next.row.purchase.failureCode).toBe(failureCode)
    expect(nextEffect(next)).toEqual(failureCode === null ? { type: 'announce' } : { type: 'report' })
  })

  test('a number that is ours is not bought; with our marker it is gone on with', () => {
    const ours = after(leased, 'check', checked(money('1.15'), { sid: SID, isMarked: false }))
    expect(end(ours)).toEqual(['failed', 'number-already-ours', false])
    const marked = after(leased, 'check', checked(money('1.15'), { sid: SID, isMarked: true }))
    expect([...end(marked), marked.row.purchase.sid]).toEqual(['bought', null, true, SID])
  })

  test('a lease lost at the last moment is asked for again, but not for ever', () => {
    let next = run({ state: 'leased' }, known, ready)
    for (let round = 1; round < 10; round += 1) {
      next = after(next, 'announce', { type: 'outrun' })
      expect(nextEffect(next)).toEqual({ type: 'lease' })
    }
    expect(end(after(next, 'announce', { type: 'outrun' }))).toEqual(['failed', 'conflict', null])
  })
})

describe('the purchase', () => {
  const buying = run({ state: 'buying', isCharged: null }, { ...known, reported: 'buying' }, ready)
  const taken: PurchaseEvent = { type: 'refused', failure: failure('number-taken', '', { twilioCode: 21_422 }) }

  test('answered is bought', () => {
    const next = after(buying, 'buy', { type: 'bought', sid: SID })
    expect([...end(next), next.row.purchase.sid]).toEqual(['bought', null, true, SID])
  })

  test('refused is not charged, and keeps Twilio’s code', () => {
    const next = after(buying, 'buy', taken)
    expect([...end(next), next.row.purchase.twilioCode]).toEqual(['failed', 'number-taken', false, 21_422])
  })

  test('whose answer was lost is looked for four times, then nothing was bought', () => {
    let next = after(buying, 'buy', { type: 'lost' })
    expect(end(next)).toEqual(['looking', null, null])
    for (const nth of [0, 1, 2, 3]) {
      expect(nextEffect(next)).toMatchObject({ type: 'look', nth })
      next = after(next, 'look', { type: 'absent' })
    }
    expect(end(next)).toEqual(['failed', 'purchase-not-made', false])
  })

  test('found by its marker is bought; without it nobody can tell', () => {
    const lost = after(buying, 'buy', { type: 'lost' })
    expect(end(after(lost, 'look', { type: 'found', sid: SID, isMarked: true }))).toEqual(['bought', null, true])
    expect(end(after(lost, 'look', { type: 'found', sid: SID, isMarked: false }))).toEqual(['failed', 'number-already-ours', null])
    expect(after(lost, 'look', { type: 'unanswered', failure: failure('twilio-unreachable') })).toBe(lost)
  })

  test('"not available" after a lost answer may mean that it is ours: it is looked for', () => {
    const again = run({ state: 'buying' }, { ...known, wasLost: true }, ready)
    expect(end(after(again, 'buy', taken))).toEqual(['looking', null, null])
  })

  test('of any number of an area code: the next one, at most five, each an intent of its own at the relay', () => {
    let next = run({ phoneNumber: prefixOf('415') }, inArea)
    const ids: string[] = []
    for (const nth of [1, 2, 3, 4, 5]) {
      expect(nextEffect(next)).toEqual({ type: 'choose' })
      const phoneNumber = `+1415555010${nth}`
      next = after(next, 'choose', { type: 'chosen', phoneNumber, place: 'San Francisco, CA' })
      ids.push(leaseIdOf(next.row))
      next = after(next, 'lease', { type: 'leased', reply: replyOf({ intentId: ids.at(-1) ?? '', phoneNumber }) })
      next = after(next, 'check', { type: 'checked', monthly: money('1.15'), owned: null })
      next = after(next, 'announce', { type: 'announced' })
      expect(next.row.purchase).toMatchObject({ state: 'buying', phoneNumber })
      next = after(next, 'buy', taken)
    }
    expect(ids).toEqual(['i1', 'i1-2', 'i1-3', 'i1-4', 'i1-5'])
    expect(end(next)).toEqual(['failed', 'number-taken', false])
  })

  test('of an area code never chooses another number after a lost answer', () => {
    const lost = after(run({ state: 'buying' }, { ...known, ...inArea, tried: [NUMBER] }, ready), 'buy', { type: 'lost' })
    const absent = [1, 2, 3, 4].reduce((one) => after(one, 'look', { type: 'absent' }), lost)
    expect(end(absent)).toEqual(['failed', 'purchase-not-made', false])
  })
})

describe('after the purchase', () => {
  const bought = run({ state: 'bought', sid: SID, isCharged: true }, known)
  const bad: PurchaseEvent = { type: 'refused', failure: failure('bad-request') }

  test('it is configured, recorded, done and reported', () => {
    const configured = after(bought, 'configure', { type: 'configured' })
    const done = after(configured, 'record', { type: 'recorded' })
    expect([...end(done), nextEffect(done)]).toEqual(['done', null, true, { type: 'report' }])
    expect(nextEffect(after(done, 'report', { type: 'reported' }))).toBeUndefined()
    expect(nextEffect(after(done, 'report', { type: 'refused', failure: failure('conflict') }))).toBeUndefined()
    expect(nextEffect(after(done, 'report', { type: 'unanswered', failure: failure('relay-unreachable') }))).toEqual({ type: 'report' })
  })

  test('what cannot be configured is recorded all the same, and said', () => {
    const noted = after(bought, 'configure', bad)
    expect(nextEffect(noted)).toEqual({ type: 'record' })
    expect(end(after(noted, 'record', { type: 'recorded' }))).toEqual(['failed', 'bad-request', true])
  })

  test('owners the relay refuses do not keep the number from being recorded', () => {
    const plain = after(run({ state: 'configured', sid: SID, isCharged: true }, known), 'record', bad)
    expect([plain.memory.isPlain, nextEffect(plain)]).toEqual([true, { type: 'record' }])
    expect(end(after(plain, 'record', { type: 'recorded' }))).toEqual(['failed', 'bad-request', true])
    expect(end(after(plain, 'record', bad))).toEqual(['failed', 'bad-request', true])
  })

  test('who cannot be reached is waited for', () => {
    for (const of of ['configure', 'record'] as const)
      expect(after(bought, of, { type: 'unanswered', failure: failure('twilio-unreachable') })).toBe(bought)
  })
})

describe('after a start', () => {
  test.each<[Partial<Purchase>, number, (string | boolean | null)[]]>([
    [{ state: 'buying', isCharged: null }, 0, ['looking', null, null]],
    [{ state: 'looking', isCharged: null }, 90_000_000, ['looking', null, null]],
    [{ state: 'leased' }, 60_000, ['leased', null, false]],
    [{ state: 'leased' }, 3_600_001, ['failed', 'purchase-not-made', false]],
    [{ state: 'intended' }, 3_600_001, ['failed', 'purchase-not-made', false]],
    [{ state: 'bought', sid: SID, isCharged: true }, 90_000_000, ['bought', null, true]],
  ])('%j after %i ms', (over, ms, expected) => expect(end(resumed(rowOf(over, known), later(ms)))).toEqual(expected))

  test('the marker fits into a FriendlyName', () => {
    expect(markerOf('0198f3c2-0000-7000-8000-000000000000')).toBe('lk:0198f3c2-0000-7000-8000-000000000000')
    expect(markerOf('x'.repeat(64))).toHaveLength(64)
    expect(leaseIdOf(rowOf({ intentId: 'x'.repeat(64) }, { burned: 1 }))).toHaveLength(62)
  })
})
