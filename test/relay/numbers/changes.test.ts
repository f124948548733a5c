import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { plainDetails, type NumberPatch } from '../../../contract/number.ts'
import type { AuditReply, NumberChange, NumberChangesReply } from '../../../contract/number-relay.ts'
import type { AccessTokenReply, CommandsReply, NumberRow } from '../../../contract/relay.ts'
import type { StoredEvent } from '../../../relay/ports.ts'
import { makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

const MAIN = '+14155550100'
const SUPPORT = '+14155550111'
const sidOf = (digit: string) => `PN${digit.repeat(32)}`
let relay: TestRelay
let ada: Enrolled
let sam: Enrolled
const heard: StoredEvent[] = []
beforeEach(async () => {
  relay = await makeRelay()
  ada = await relay.enrolled('Ada', 'manager')
  sam = await relay.enrolled('Sam', 'staff')
  await relay.core.writer.submit(() => {
    for (const [index, phoneNumber] of [MAIN, SUPPORT].entries())
      relay.core.directory.putNumber({ phoneNumber, sid: sidOf(String(index + 1)), name: `Line ${index + 1}`, isActive: true })
  })
  heard.length = 0
  relay.core.events.subscribe((events) => heard.push(...events))
})
afterEach(() => relay.close())

const idOf = (who: Enrolled) => who.session.user.userId
const send = (changes: unknown[], who = ada) => relay.post('/api/numbers/changes', { changes }, who.headers)
const results = async (...changes: NumberChange[]) => (await send(changes)).json<NumberChangesReply>().results
const change = async (one: NumberChange) => (await results(one))[0]
const patch = (of: NumberPatch, phoneNumber = MAIN) => change({ phoneNumber, action: 'number.updated', patch: of })
const trace = async (query = '') => (await relay.get(`/api/audit${query}`, ada.headers)).json<AuditReply>().entries
const number = (phoneNumber = MAIN) => relay.core.directory.number(phoneNumber)
const told = (type: string) => heard.filter((event) => event.type === type).map((event) => event.payload)
const shown = async (who: Enrolled) => (await relay.get('/api/numbers', who.headers)).json<NumberRow[]>()
const callerIds = async (who: Enrolled) =>
  (await relay.get('/api/twilio/access-token', who.headers))
    .json<AccessTokenReply>()
    .availableNumbers.map(({ phoneNumber, isDefault }) => (isDefault ? `${phoneNumber} default` : phoneNumber))

const applied = (phoneNumber = MAIN) => ({ phoneNumber, status: 'applied' })
const refused = (code: string, phoneNumber = MAIN) => ({ phoneNumber, status: 'refused', code })

describe('a patch', () => {
  test('changes what it names, tells whom it concerns all of it, and leaves a line with just that', async () => {
    const before = number()?.details
    expect(await patch({ name: ' Front desk ', notes: 'By the door', tags: ['a', 'b', 'a'], isRecorded: true })).toEqual(applied())
    const details = { ...plainDetails(), notes: 'By the door', tags: ['a', 'b'], isRecorded: true }
    const row = { phoneNumber: MAIN, sid: sidOf('1'), isActive: true, userIds: [], details }
    expect(number()).toEqual({ ...row, name: 'Front desk' })
    expect(told('number.changed')).toEqual([{ ...row, numberName: 'Front desk' }])
    const [line, ...more] = await trace()
    expect(more).toEqual([])
    expect(line).toMatchObject({ action: 'number.updated', subject: MAIN, userId: idOf(ada), userName: 'Ada' })
    expect(line?.before).toEqual({ name: 'Line 1', notes: before?.notes, tags: [], isRecorded: false })
    expect(line?.after).toEqual({ name: 'Front desk', notes: 'By the door', tags: ['a', 'b'], isRecorded: true })
  })

  test('that changes nothing is applied, tells nothing and leaves no line', async () => {
    await patch({ tags: ['a'], ringMode: 'sequential' })
    heard.length = 0
    expect(await patch({ tags: ['a'], ringMode: 'sequential', name: 'Line 1' })).toEqual(applied())
    expect([heard.length, (await trace()).length]).toEqual([0, 1])
  })

  test('each stands alone: a refused one leaves the others applied, and nothing of itself', async () => {
    const given = [
      { phoneNumber: MAIN, action: 'number.updated', patch: { notes: '1' } },
      { phoneNumber: SUPPORT, action: 'number.assigned', patch: { notes: '2', userIds: ['nobody'] } },
      { phoneNumber: '+14155559999', action: 'number.updated', patch: { notes: '3' } },
      { phoneNumber: SUPPORT, action: 'number.updated', patch: { notes: '4' } },
    ] as const
    expect(await results(...(given as unknown as NumberChange[]))).toEqual([
      applied(),
      refused('bad-request', SUPPORT),
      refused('not-found', '+14155559999'),
      applied(SUPPORT),
    ])
    expect([number()?.details.notes, number(SUPPORT)?.details.notes]).toEqual(['1', '4'])
    expect(number(SUPPORT)?.userIds).toEqual([])
    expect((await trace()).map((line) => [line.subject, line.after])).toEqual([
      [SUPPORT, { notes: '4' }],
      [MAIN, { notes: '1' }],
    ])
  })

  test('assigns in order; who is gained or lost learns that their access changed; lost defaults go with it', async () => {
    await patch({ userIds: [idOf(sam), idOf(ada)], defaultFor: [idOf(sam)] })
    expect(number()?.userIds).toEqual([idOf(sam), idOf(ada)])
    expect(new Set(told('access.changed'))).toEqual(new Set([{ userId: idOf(sam) }, { userId: idOf(ada) }]))
    expect(await shown(sam)).toEqual([number()])
    heard.length = 0
    await patch({ userIds: [idOf(ada)] })
    expect(number()?.details.defaultFor).toEqual([])
    expect(told('access.changed')).toEqual([{ userId: idOf(sam) }])
    expect(await shown(sam)).toEqual([])
    const [line] = await trace()
    expect(line?.before).toEqual({ userIds: [idOf(sam), idOf(ada)], defaultFor: [idOf(sam)] })
    expect(line?.after).toEqual({ userIds: [idOf(ada)], defaultFor: [] })
  })

  test('an inactive user is given nothing, and keeps what they have while others change', async () => {
    await patch({ userIds: [idOf(sam)] })
    await relay.core.admin({ command: 'deactivate', name: 'Sam' })
    expect(await patch({ userIds: [idOf(sam)] }, SUPPORT)).toEqual(refused('bad-request', SUPPORT))
    expect(await patch({ userIds: [idOf(sam), idOf(ada)] })).toEqual(applied())
  })

  test('a default is one of the owners; set elsewhere it moves, and both numbers say so', async () => {
    expect(await patch({ userIds: [idOf(ada)], defaultFor: [idOf(sam)] })).toEqual(refused('bad-request'))
    await patch({ userIds: [idOf(sam)], defaultFor: [idOf(sam)] })
    await patch({ userIds: [idOf(sam)] }, SUPPORT)
    expect(await callerIds(sam)).toEqual([`${MAIN} default`, SUPPORT])
    heard.length = 0
    await patch({ defaultFor: [idOf(sam)] }, SUPPORT)
    expect(await callerIds(sam)).toEqual([`${SUPPORT} default`, MAIN])
    expect(number()?.details.defaultFor).toEqual([])
    expect(new Set(told('number.changed').map((payload) => (payload as { phoneNumber: string }).phoneNumber))).toEqual(
      new Set([MAIN, SUPPORT]),
    )
    expect((await trace()).slice(0, 2)).toMatchObject([
      { subject: MAIN, before: { defaultFor: [idOf(sam)] }, after: { defaultFor: [] } },
      { subject: SUPPORT, before: { defaultFor: [] }, after: { defaultFor: [idOf(sam)] } },
    ])
  })

  test('what is off or on hold is no caller ID: the first that is left is the default', async () => {
    await patch({ userIds: [idOf(sam)], defaultFor: [idOf(sam)] })
    await patch({ userIds: [idOf(sam)] }, SUPPORT)
    await patch({ isActive: false })
    expect(await callerIds(sam)).toEqual([`${SUPPORT} default`])
    await patch({ isActive: true })
    await change({ phoneNumber: MAIN, action: 'number.held', hold: { until: '2027-01-01T00:00:00Z', message: null } })
    expect(await callerIds(sam)).toEqual([`${SUPPORT} default`])
    await change({ phoneNumber: MAIN, action: 'number.unheld', hold: null })
    expect(await callerIds(sam)).toEqual([`${MAIN} default`, SUPPORT])
  })

  test('a message that no voice can say is none', async () => {
    await patch({ inactiveMessage: ' Closed\u0007\n until \ud800 Monday ' })
    expect(number()?.details.inactiveMessage).toBe('Closed until \ufffd Monday')
    await patch({ inactiveMessage: '\u0000 \n' })
    expect(number()?.details.inactiveMessage).toBeNull()
  })
})

describe('a hold', () => {
  const hold = { until: '2027-01-01T00:00:00+01:00', message: 'We have moved.' }
  test('says until when, what callers hear, since when and by whom; the same again changes nothing; it ends', async () => {
    const from = Date.now()
    expect(await change({ phoneNumber: MAIN, action: 'number.held', hold })).toEqual(applied())
    const kept = number()?.details.hold
    expect(kept).toMatchObject({ until: '2026-12-31T23:00:00.000Z', message: 'We have moved.', byUserId: idOf(ada) })
    expect(Date.parse(kept?.at ?? '')).toBeGreaterThanOrEqual(from)
    relay.time.movedMs += 60_000
    await change({ phoneNumber: MAIN, action: 'number.held', hold })
    expect(number()?.details.hold).toEqual(kept)
    await change({ phoneNumber: MAIN, action: 'number.unheld', hold: null })
    expect(number()?.details.hold).toBeNull()
    expect((await trace()).map(({ action }) => action)).toEqual(['number.unheld', 'number.held'])
  })

  test.each<[string, Record<string, unknown>]>([
    ['until is no instant', { action: 'number.held', hold: { until: 'soon', message: null } }],
    ['no hold', { action: 'number.held' }],
    ['a hold that is none', { action: 'number.held', hold: null }],
    ['another action', { action: 'number.updated', hold }],
    ['a purchase that holds', { action: 'number.bought', sid: sidOf('9'), hold }],
    ['an end that holds', { action: 'number.unheld', hold }],
    ['a sid without an arrival', { action: 'number.updated', sid: sidOf('9') }],
    ['leaving by another name', { action: 'number.updated', hasLeft: true }],
    ['released, but still here', { action: 'number.released' }],
  ])('%s: refused', async (_name, of) => {
    expect((await send([{ phoneNumber: MAIN, ...of }])).json()).toEqual({ results: [refused('bad-request')] })
    expect(await trace()).toEqual([])
  })

  test.each([
    ['of blanks', '  '],
    ['of two lines', 'Front\ndesk'],
    ['as of a purchase in progress', 'lk:intent-1'],
    ['of 33 emoji, which are 66 characters to Twilio', '🙂'.repeat(33)],
  ])('a name %s: refused', async (_name, name) => {
    expect(await patch({ name })).toEqual(refused('name-invalid'))
    expect(await trace()).toEqual([])
  })
})

describe('coming and going', () => {
  const origin = {
    at: '2026-11-21T10:00:00Z',
    byUserId: null,
    intentId: 'i1',
    monthly: { amount: '1.15', currency: 'USD' },
    place: 'Austin, TX',
    type: 'local',
  } as const
  const bought = { phoneNumber: '+15125550123', action: 'number.bought', sid: sidOf('5'), origin } as const

  test('a bought number is known with its origin, name and users at once', async () => {
    const whole = { ...bought, patch: { name: 'Austin', userIds: [idOf(sam)] } }
    expect(await change(whole)).toEqual(applied(bought.phoneNumber))
    expect(await shown(sam)).toMatchObject([{ sid: sidOf('5'), name: 'Austin', isActive: true, details: { origin } }])
    expect(await change(whole)).toEqual(applied(bought.phoneNumber))
    const [line, ...more] = await trace()
    expect(more).toEqual([])
    expect(line).toMatchObject({
      action: 'number.bought',
      before: {},
      after: { sid: sidOf('5'), name: 'Austin', isActive: true, userIds: [idOf(sam)], origin },
    })
  })

  test('a number that was switched off and is listed anew stays off', async () => {
    await patch({ isActive: false })
    await change({ phoneNumber: MAIN, action: 'number.returned', sid: sidOf('8') })
    expect(number()).toMatchObject({ sid: sidOf('8'), isActive: false })
  })

  test('one that leaves is nobody’s and keeps its history; it takes no change but words; it comes back empty', async () => {
    await patch({ userIds: [idOf(sam)], defaultFor: [idOf(sam)], notes: 'Old' })
    await change({ phoneNumber: MAIN, action: 'number.held', hold: { until: '2027-01-01T00:00:00Z', message: null } })
    expect(await change({ phoneNumber: MAIN, action: 'number.released', hasLeft: true })).toEqual(applied())
    expect(number()).toMatchObject({ isActive: false, userIds: [], details: { hold: null, defaultFor: [], notes: 'Old' } })
    const leftAt = number()?.details.leftAt
    expect(leftAt).toMatch(/^\d{4}-/)
    relay.time.movedMs += 60_000
    expect(await change({ phoneNumber: MAIN, action: 'number.removed', hasLeft: true })).toEqual(applied())
    expect(number()?.details.leftAt).toBe(leftAt)
    expect((await trace('?limit=1'))[0]).toMatchObject({ action: 'number.released', before: { userIds: [idOf(sam)], isActive: true } })
    for (const of of [{ isActive: true }, { userIds: [idOf(sam)] }]) expect(await patch(of)).toEqual(refused('not-found'))
    expect(await change({ phoneNumber: MAIN, action: 'number.held', hold: { until: '2027-01-01T00:00:00Z', message: null } })).toEqual(
      refused('not-found'),
    )
    expect(await patch({ notes: 'Gave it back' })).toEqual(applied())
    expect(await shown(sam)).toEqual([])
    await change({ phoneNumber: MAIN, action: 'number.returned', sid: sidOf('7'), patch: { userIds: [idOf(sam)] } })
    expect(number()).toMatchObject({
      sid: sidOf('7'),
      isActive: true,
      userIds: [idOf(sam)],
      details: { leftAt: null, notes: 'Gave it back' },
    })
  })

  test.each([false, true])(
    'the same SID comes back with its owners, its hold and its switch as before it left: active %s',
    async (isActive) => {
      const hold = { until: '2027-01-01T00:00:00.000Z', message: 'Soon.' }
      await patch({ isActive, userIds: [idOf(sam)], defaultFor: [idOf(sam)] })
      await change({ phoneNumber: MAIN, action: 'number.held', hold })
      const { sid, ...before } = number() ?? {}
      expect(sid).toMatch(/^PN/)
      await change({ phoneNumber: MAIN, action: 'number.removed', hasLeft: true })
      expect(number()).toMatchObject({ isActive: false, userIds: [], details: { hold: null } })
      await change({ phoneNumber: MAIN, action: 'number.returned', sid: sid ?? '' })
      expect(number()).toEqual({ sid, ...before })
    },
  )

  test('one that was on hold and comes back may be parked again in the same breath, twice said once done', async () => {
    const hold = { until: '2027-01-01T00:00:00.000Z', message: 'We are moving.' }
    await change({ phoneNumber: MAIN, action: 'number.held', hold })
    await change({ phoneNumber: MAIN, action: 'number.removed', hasLeft: true })
    const back = { phoneNumber: MAIN, action: 'number.returned' as const, sid: sidOf('7'), patch: { userIds: [idOf(sam)] }, hold }
    for (const _ of [1, 2]) expect(await change(back)).toEqual(applied())
    expect(number()).toMatchObject({ isActive: true, userIds: [idOf(sam)], details: { leftAt: null, hold } })
    const [line, before] = await trace()
    expect([line, before]).toMatchObject([{ action: 'number.returned', after: { hold } }, { action: 'number.removed' }])
  })
})

test('staff change nothing and see no trace', async () => {
  const one = { phoneNumber: MAIN, action: 'number.updated', patch: { notes: 'x' } }
  expect((await send([one], sam)).json()).toMatchObject({ code: 'forbidden' })
  expect((await relay.get('/api/audit', sam.headers)).json()).toMatchObject({ code: 'forbidden' })
  expect((await relay.post('/api/audit', { entries: [] }, sam.headers)).json()).toMatchObject({ code: 'forbidden' })
  expect(number()?.details.notes).toBe('')
})

test.each<[string, object]>([
  ['an unknown field of a patch', { patch: { voiceUrl: 'https://evil.example' } }],
  ['an unknown action', { action: 'number.stolen' }],
  ['a hold by somebody else', { action: 'number.held', hold: { until: '2027-01-01T00:00:00Z', message: null, byUserId: 'x' } }],
  ['a number that is none', { phoneNumber: '4155550100' }],
])('%s: the body is refused whole', async (_name, of) => {
  const reply = await send([{ phoneNumber: MAIN, action: 'number.updated', ...of }])
  expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([400, 'bad-request'])
})

const entry = (subject: string) => ({
  action: 'number.restored',
  subject,
  before: { voiceUrl: 'a' },
  after: { voiceUrl: 'b', more: [1, null, { x: true }] },
})

describe('/api/audit', () => {
  test('takes what a manager did with Twilio, and adds who and when', async () => {
    expect((await relay.post('/api/audit', { entries: [entry(MAIN), entry(SUPPORT)] }, ada.headers)).statusCode).toBe(204)
    expect(await trace()).toMatchObject([
      { ...entry(SUPPORT), userId: idOf(ada), userName: 'Ada' },
      { ...entry(MAIN), userId: idOf(ada), userName: 'Ada' },
    ])
    const page = await relay.get(`/api/audit?subject=${encodeURIComponent(MAIN)}&limit=1`, ada.headers)
    expect(page.json<AuditReply>()).toMatchObject({ entries: [{ subject: MAIN }], next: null })
    const first = (await relay.get('/api/audit?limit=1', ada.headers)).json<AuditReply>()
    expect((await trace(`?before=${first.next}`)).map((line) => line.subject)).toEqual([MAIN])
  })

  test.each(['?limit=0', '?limit=1000', '?limit=x', '?before=-1', '?before=', '?subject=a&subject=b', '?who=ada'])(
    '%s is refused',
    async (query) => {
      expect((await relay.get(`/api/audit${query}`, ada.headers)).json()).toMatchObject({ code: 'bad-request' })
    },
  )

  test.each(['number.released', 'number.removed', 'number.updated', 'number.accepted', 'purchase.bought', 'user.invited', ''])(
    '%s is not a desktop’s to say, by either way',
    async (action) => {
      const forged = { ...entry(MAIN), action }
      expect((await relay.post('/api/audit', { entries: [forged] }, ada.headers)).json()).toMatchObject({ code: 'bad-request' })
      const command = { commandId: 'c1', name: 'audit.tell', entries: [forged] }
      expect((await relay.post('/api/commands', { commands: [command] }, ada.headers)).json()).toMatchObject({ code: 'bad-request' })
      expect(await trace()).toEqual([])
    },
  )

  test('what waited in an outbox is told once, by managers', async () => {
    const line = { ...entry('AC' + 'a'.repeat(32)), action: 'account.set' }
    const tell = async (entries: object[], who = ada, commandId = 'c1') => {
      const reply = await relay.post('/api/commands', { commands: [{ commandId, name: 'audit.tell', entries }] }, who.headers)
      return reply.json<CommandsReply>().results
    }
    for (let times = 0; times < 2; times++) expect(await tell([line])).toEqual([{ commandId: 'c1', status: 'applied' }])
    expect(await tell([line], sam)).toEqual([{ commandId: 'c1', status: 'refused', code: 'forbidden' }])
    const long = { ...line, before: { text: 'x'.repeat(20_000) } }
    expect(await tell([line, long], ada, 'c2')).toEqual([{ commandId: 'c2', status: 'refused', code: 'bad-request' }])
    expect(await trace()).toMatchObject([{ ...line, userId: idOf(ada), userName: 'Ada' }])
  })

  test('a line that names its author, or is too long, is refused whole', async () => {
    for (const more of [{ userId: 'u1' }, { at: 'then' }, { before: { text: 'x'.repeat(20_000) } }]) {
      const reply = await relay.post('/api/audit', { entries: [entry(MAIN), { ...entry(SUPPORT), ...more }] }, ada.headers)
      expect(reply.json()).toMatchObject({ code: 'bad-request' })
    }
    expect(await trace()).toEqual([])
  })
})
