import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuditEntry } from '../../../contract/number.ts'
import { deviceOf, fact, idOf, instant, makeOffice, putOf, sidOf, type Office } from './kit.ts'

const VOICEMAIL = sidOf('RE', 1)
const RECORDING = sidOf('RE', 2)
const line = { sid: `PN${'1'.repeat(32)}`, phoneNumber: '+14155550101', name: 'Sales' }

let office: Office
beforeEach(async () => {
  office = await makeOffice({}, [line])
  await office.call({ callId: 'c1', recordings: [{ sid: VOICEMAIL, source: 'RecordVerb' }] }, [office.sam])
  await office.call({ callId: 'c2', answeredBy: office.sam, recordings: [{ sid: RECORDING }] })
})
afterEach(() => office.close())

const noteOf = (text: string, recordingSid: string | null = null) => ({ text, recordingSid, atSeconds: null })

test('a note is its author’s: who may see the call reads it, and only its author or a manager changes it', async () => {
  const { sam, joe, ada, send } = office
  expect(await send(joe, putOf('note', 'n1', 'c1', noteOf('Not mine')))).toBe('forbidden')
  await office.learn('c1', [], [joe])
  expect(await send(sam, putOf('note', 'n1', 'c1', noteOf('Wants a quote')))).toBe('applied')
  expect(await send(joe, putOf('note', 'n1', 'c1', noteOf('Wants nothing')))).toBe('forbidden')
  expect(await send(joe, putOf('note', 'n1', 'c1', null))).toBe('forbidden')
  expect(await send(ada, putOf('note', 'n1', 'c1', noteOf('Wants a good quote'), noteOf('Wants a quote')))).toBe('applied')
  expect(office.core.records.get('note', 'n1')).toMatchObject({ value: { text: 'Wants a good quote' }, byUserId: idOf(sam) })
  expect(await send(sam, putOf('note', 'n1', 'c1', null, noteOf('Wants a good quote')))).toBe('applied')
  expect(await send(joe, putOf('note', 'n1', 'c1', noteOf('Mine now')))).toBe('forbidden')
  expect(office.told(joe).map((one) => one.value && 'note')).toEqual(['note', 'note', null])
  expect(office.core.audit.page({ limit: 9 }).entries.map((entry) => [entry.userName, entry.action])).toEqual([['Ada', 'note.changed']])
})

test('a note changed by two at once: both texts stay, and what was changed is not removed unseen', async () => {
  const { sam, ada, send } = office
  const notes = () => office.core.records.ofCall('c1').map(({ value, byUserId }) => [(value as { text: string }).text, byUserId])
  await send(sam, putOf('note', 'n1', 'c1', noteOf('Wants a quote')))
  expect(await send(ada, putOf('note', 'n1', 'c1', noteOf('Wants it today'), noteOf('Wants a quote')))).toBe('applied')
  const late = { commandId: 'late', ...putOf('note', 'n1', 'c1', noteOf('Wants two'), noteOf('Wants a quote')) }
  expect(await send(sam, late)).toBe('applied')
  expect(await send(sam, late)).toBe('applied')
  const both = [
    ['Wants it today', idOf(sam)],
    ['Wants two', idOf(sam)],
  ]
  expect(notes()).toEqual(both)
  expect(await send(sam, putOf('note', 'n1', 'c1', null, noteOf('Wants a quote')))).toBe('conflict')
  expect(notes()).toEqual(both)
  // What is as one wants it already is no conflict; what was removed meanwhile stays removed, and the text beside it.
  expect(await send(ada, putOf('note', 'n1', 'c1', noteOf('Wants it today'), noteOf('Wants a quote')))).toBe('applied')
  await send(ada, putOf('note', 'n1', 'c1', null, noteOf('Wants it today')))
  expect(await send(ada, putOf('note', 'n1', 'c1', noteOf('Wants three'), noteOf('Wants it today')))).toBe('applied')
  expect(notes()).toEqual([
    ['Wants two', idOf(sam)],
    ['Wants three', idOf(ada)],
  ])
})

test.each([
  ['of a call that nobody knows', putOf('note', 'n1', 'c9', noteOf('?')), 'not-found'],
  ['of no call', putOf('note', 'n1', null, noteOf('?')), 'bad-request'],
  ['about a number', { ...putOf('note', 'n1', 'c1', noteOf('?')), phoneNumber: '+14155550101' }, 'bad-request'],
  ['of another call’s recording', putOf('note', 'n1', 'c1', noteOf('?', RECORDING)), 'not-found'],
  ['without text', putOf('note', 'n1', 'c1', noteOf('')), '400 bad-request'],
  ['of the relay’s own kinds', putOf('transcript', VOICEMAIL, 'c1', null), '400 bad-request'],
  ['of tags named after another call', putOf('tags', 'c2', 'c1', { tags: ['vip'] }), 'bad-request'],
  ['of another’s listening', putOf('heard', `${VOICEMAIL}:somebody`, 'c1', { at: instant(9) }), 'bad-request'],
  ['of listening to another call’s recording', putOf('heard', `${RECORDING}:x`, 'c1', { at: instant(9) }), 'not-found'],
  ['of a voicemail that is none', putOf('voicemail', RECORDING, 'c2', { isRead: true }), 'bad-request'],
  ['of another device’s samples', putOf('quality', 'c2:other', 'c2', { samples: [] }), 'bad-request'],
  ['of a missed call that was answered', putOf('missed', 'c2', 'c2', { how: 'by-hand', byCallId: null }), 'bad-request'],
  ['of a call-back by hand', putOf('missed', 'c1', 'c1', { how: 'called-back', byCallId: 'c2' }), 'bad-request'],
])('a record %s is refused', async (_what, command, code) => {
  const head = office.core.events.head()
  expect(await office.send(office.sam, command)).toBe(code)
  expect(office.core.events.head()).toBe(head)
})

test('tags of two people are merged by what each changed', async () => {
  const { sam, ada, send } = office
  await send(sam, putOf('tags', 'c1', 'c1', { tags: ['vip', 'sales'] }))
  await send(ada, putOf('tags', 'c1', 'c1', { tags: ['vip', 'sales', 'angry'] }, { tags: ['vip', 'sales'] }))
  await send(sam, putOf('tags', 'c1', 'c1', { tags: ['vip', 'later'] }, { tags: ['vip', 'sales'] }))
  expect(office.kept('tags', 'c1')).toEqual({ tags: ['angry', 'later', 'vip'] })
  const many = Array.from({ length: 18 }, (_, index) => `tag ${index}`)
  expect(await send(sam, putOf('tags', 'c1', 'c1', { tags: many }))).toBe('bad-request')
  await send(sam, putOf('tags', 'c1', 'c1', null, { tags: ['angry', 'later', 'vip'] }))
  expect(office.kept('tags', 'c1')).toBeNull()
})

test('who listened is told once, by themselves; a voicemail is read for everybody', async () => {
  const { sam, ada, send } = office
  const heard = `${VOICEMAIL}:${idOf(sam)}`
  expect(await send(sam, putOf('heard', heard, 'c1', { at: instant(100) }))).toBe('applied')
  expect(await send(sam, putOf('heard', heard, 'c1', { at: instant(200) }))).toBe('applied')
  expect(office.kept('heard', heard)).toEqual({ at: instant(100) })
  expect(await send(sam, putOf('heard', heard, 'c1', { at: instant(70) }))).toBe('applied')
  expect(office.kept('heard', heard)).toEqual({ at: instant(70) })
  expect(await send(ada, putOf('heard', heard, 'c1', { at: instant(50) }))).toBe('bad-request')
  expect(await send(sam, putOf('voicemail', VOICEMAIL, 'c1', { isRead: true }))).toBe('applied')
  expect(await send(ada, putOf('voicemail', VOICEMAIL, 'c1', { isRead: true }))).toBe('applied')
  expect(office.told(ada).map((one) => one.kind)).toEqual(['heard', 'heard', 'voicemail'])
})

test('how a call sounded is told by a device that was in it', async () => {
  const { sam, ada, send } = office
  const value = { samples: [[0, 4.2, 3, 0, 40]] }
  expect(await send(sam, putOf('quality', `c2:${deviceOf(sam)}`, 'c2', value))).toBe('applied')
  expect(office.kept('quality', `c2:${deviceOf(sam)}`)).toEqual(value)
  expect(await send(ada, putOf('quality', `c2:${deviceOf(ada)}`, 'c2', value))).toBe('forbidden')
  const entries = Array.from({ length: 300 }, (_, index) => ({ at: instant(index), name: 'warning', detail: 'x'.repeat(200) }))
  expect(await send(sam, putOf('trace', `c2:${deviceOf(sam)}`, 'c2', { entries }))).toBe('applied')
})

const put = (phoneNumber: string, value: object | null, recordId = phoneNumber) => {
  return { ...putOf('retention', recordId, null, value), phoneNumber }
}

test('how long a number’s recordings are kept is a manager’s word, and leaves a line', async () => {
  const { sam, joe, ada, send } = office
  await office.core.numberSync.refresh()
  await office.core.writer.submit(() => office.core.directory.assignNumber(line.phoneNumber, [idOf(sam)]))
  expect(await send(sam, put(line.phoneNumber, { days: 30 }))).toBe('forbidden')
  expect(await send(ada, put('+14155559999', { days: 30 }))).toBe('not-found')
  expect(await send(ada, put(line.phoneNumber, { days: 30 }, '+14155559999'))).toBe('bad-request')
  expect(await send(ada, putOf('retention', 'c1', 'c1', { days: 30 }))).toBe('bad-request')
  expect(await send(ada, put(line.phoneNumber, { days: 30 }))).toBe('applied')
  expect(await send(ada, put(line.phoneNumber, null))).toBe('applied')
  expect(office.told(sam).map((one) => one.value)).toEqual([{ days: 30 }, null])
  expect(office.told(joe)).toEqual([])
  const lines = (await office.get('/api/audit', ada.headers)).json<{ entries: AuditEntry[] }>().entries
  expect(lines.filter((one) => one.action === 'number.retention').map((one) => [one.before, one.after])).toEqual([
    [{ days: 30 }, { days: null }],
    [{ days: null }, { days: 30 }],
  ])
})

test('who may see a call from now on is told what is on it', async () => {
  const { sam, joe, send } = office
  await send(sam, putOf('note', 'n1', 'c1', noteOf('Wants a quote')))
  expect(office.told(joe)).toEqual([])
  await office.learn('c1', [fact('leg:late', 'userId', idOf(joe), 'relay')])
  expect(office.told(joe).map((one) => one.recordId)).toEqual(['n1'])
})

test('when two calls turn out to be one, what was on either is on the one that is kept', async () => {
  const { sam, ada, send } = office
  await office.learn('d1', [fact('call', 'direction', 'incoming', 'relay')], [sam])
  const onDevice = `c2:${deviceOf(sam)}`
  await send(sam, putOf('note', 'n2', 'c2', noteOf('From the second', RECORDING)))
  await send(sam, putOf('tags', 'c2', 'c2', { tags: ['vip'] }))
  await send(ada, putOf('tags', 'd1', 'd1', { tags: ['sales'] }))
  await send(sam, putOf('quality', onDevice, 'c2', { samples: [] }))
  const sid = office.telephony.deps.calls.record('c2')?.legs.find((leg) => leg.legId === 'p')?.sid ?? ''
  const joined = await office.learn('d1', [fact(`leg:${sid}`, 'sid', sid)])
  expect([joined.callId, joined.merged]).toEqual(['d1', ['c2']])
  const kept = office.core.records.ofCall('d1')
  expect(kept.map((one) => one.recordId).toSorted()).toEqual(['d1', `d1:${deviceOf(sam)}`, 'n2'].toSorted())
  expect(office.kept('tags', 'd1')).toEqual({ tags: ['sales', 'vip'] })
  expect(office.core.records.ofCall('c2')).toEqual(kept)
  // The event of a name that is gone says so, to those who had it.
  expect(
    office
      .told(sam)
      .filter((one) => one.value === null)
      .map((one) => one.recordId),
  ).toEqual(['c2', onDevice])
  expect(await send(sam, putOf('tags', 'c2', 'c2', { tags: ['sales', 'vip', 'old id'] }, { tags: ['sales', 'vip'] }))).toBe('applied')
  expect(office.kept('tags', 'd1')).toEqual({ tags: ['old id', 'sales', 'vip'] })
})
