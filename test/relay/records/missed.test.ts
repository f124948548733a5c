import { afterEach, beforeEach, expect, test } from 'vitest'
import { fact, idOf, instant, makeOffice, putOf, type Office } from './kit.ts'

let office: Office
beforeEach(async () => (office = await makeOffice()))
afterEach(() => office.close())

const missed = (callId: string, start: number, more: object = {}) => office.call({ callId, start, ...more }, [office.sam])
const state = (callId: string) => {
  const record = office.core.records.get('missed', callId)
  return record?.value ? { ...record.value, at: record.at, byUserId: record.byUserId } : 'open'
}
const seen = (callId: string) => office.kept('missed', callId) ?? null
const byHand = { how: 'by-hand', byCallId: null }

test('a call-back that reaches the party closes what it called before, at any of our numbers', async () => {
  await missed('m1', 0)
  await missed('m2', 60, { ourNumber: '+14155550199' })
  await missed('other', 60, { party: '+14155550103' })
  await missed('later', 900)
  await office.call({ callId: 'b1', direction: 'outgoing', start: 300 }) // not answered
  expect(state('m1')).toBe('open')
  await office.call({ callId: 'b2', direction: 'outgoing', start: 600, answeredBy: office.ada })
  const closed = { how: 'called-back', byCallId: 'b2', at: instant(605), byUserId: idOf(office.ada) }
  expect(['m1', 'm2', 'other', 'later'].map(state)).toEqual([closed, closed, 'open', 'open'])
  expect(office.told(office.sam).map((one) => one.recordId)).toEqual(['m1', 'm2'])
})

test('who calls again and is answered needs no call-back; who hides their number is never recognised', async () => {
  await missed('m1', 0)
  await missed('hidden', 0, { party: 'anonymous' })
  await office.call({ callId: 'a1', start: 100, answeredBy: office.sam })
  await office.call({ callId: 'a2', start: 100, answeredBy: office.sam, party: 'anonymous' })
  expect(state('m1')).toEqual({ how: 'they-called', byCallId: 'a1', at: instant(105), byUserId: idOf(office.sam) })
  expect(state('hidden')).toBe('open')
})

test('a missed call that is learnt of late is closed by the call-back that was', async () => {
  await office.call({ callId: 'b1', direction: 'outgoing', start: 600, answeredBy: office.ada })
  await office.call({ callId: 'b2', direction: 'outgoing', start: 900, answeredBy: office.ada })
  await missed('m1', 0)
  expect(state('m1')).toMatchObject({ how: 'called-back', byCallId: 'b1' })
})

test('what turns out to be answered is no entry, and closes those before', async () => {
  await missed('m1', 0)
  await missed('m2', 100)
  await office.send(office.sam, putOf('missed', 'm2', 'm2', byHand))
  expect(state('m2')).toMatchObject(byHand)
  await office.learn('m2', [fact('leg:c', 'bridged', true), fact('leg:c', 'status', 'completed', 'rest-final')])
  expect(state('m2')).toBe('open')
  expect(state('m1')).toMatchObject({ how: 'they-called', byCallId: 'm2' })
  expect(await office.send(office.sam, putOf('missed', 'm2', 'm2', byHand))).toBe('bad-request')
})

test('an answer that was none opens again what it closed', async () => {
  await missed('m1', 0)
  await office.call({ callId: 'b1', direction: 'outgoing', start: 600, answeredBy: office.ada })
  expect(state('m1')).toMatchObject({ byCallId: 'b1' })
  await office.learn('b1', [fact('leg:c', 'status', 'no-answer', 'rest-final')])
  expect(office.telephony.deps.calls.record('b1')?.outcome).toBe('not-reached')
  expect(state('m1')).toBe('open')
})

test('opened again by hand, an entry stays open until a later call-back', async () => {
  const at = (seconds: number) => (office.time.movedMs += Date.parse(instant(seconds)) - office.clock.now().getTime())
  await missed('m1', 0)
  await office.call({ callId: 'b1', direction: 'outgoing', start: 600, answeredBy: office.ada })
  at(800)
  expect(await office.send(office.sam, putOf('missed', 'm1', 'm1', null, seen('m1')))).toBe('applied')
  expect(state('m1')).toBe('open')
  expect(office.told(office.sam).at(-1)).toMatchObject({ recordId: 'm1', value: null, byUserId: idOf(office.sam) })
  // Learnt late: it was before somebody opened the entry.
  await office.call({ callId: 'b2', direction: 'outgoing', start: 500, answeredBy: office.ada })
  expect(state('m1')).toBe('open')
  await office.call({ callId: 'b3', direction: 'outgoing', start: 1000, answeredBy: office.ada })
  expect(state('m1')).toMatchObject({ byCallId: 'b3' })
  // Who saw it closed by hand undoes that, not a call-back they have not heard of.
  expect(await office.send(office.sam, putOf('missed', 'm1', 'm1', null, byHand))).toBe('conflict')
  expect(state('m1')).toMatchObject({ byCallId: 'b3' })
  // By hand, before the call-back that closed it so far.
  at(900)
  await office.send(office.sam, putOf('missed', 'm1', 'm1', null, seen('m1')))
  at(950)
  await office.send(office.sam, putOf('missed', 'm1', 'm1', byHand))
  expect(state('m1')).toMatchObject({ ...byHand, byUserId: idOf(office.sam) })
})

test('entries of two calls that are one are one, with what people said of either', async () => {
  await office.learn('d1', [fact('call', 'direction', 'incoming', 'relay')], [office.sam])
  await missed('m1', 0)
  await office.send(office.sam, putOf('missed', 'm1', 'm1', byHand))
  const sid = office.telephony.deps.calls.record('m1')?.legs.find((leg) => leg.legId === 'p')?.sid ?? ''
  expect((await office.learn('d1', [fact(`leg:${sid}`, 'sid', sid)])).merged).toEqual(['m1'])
  expect(state('d1')).toMatchObject({ ...byHand, byUserId: idOf(office.sam) })
  expect(state('m1')).toBe('open')
  await office.send(office.sam, putOf('missed', 'm1', 'm1', null, seen('d1'))) // under its old name
  await office.call({ callId: 'b1', direction: 'outgoing', start: 9_000_000, answeredBy: office.ada })
  expect(state('d1')).toMatchObject({ how: 'called-back', byCallId: 'b1' })
})

test('a call that closed entries and is another one closes them under its new name', async () => {
  await missed('m1', 0)
  await office.call({ callId: 'b1', direction: 'outgoing', start: 600, answeredBy: office.ada })
  const sid = office.telephony.deps.calls.record('b1')?.legs.find((leg) => leg.legId === 'p')?.sid ?? ''
  await office.learn('b0', [fact('call', 'direction', 'outgoing', 'relay')])
  await office.learn('b0', [fact(`leg:${sid}`, 'sid', sid)])
  expect(state('m1')).toMatchObject({ how: 'called-back', byCallId: 'b0' })
})
