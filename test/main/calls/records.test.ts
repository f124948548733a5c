import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CallFact } from '../../../contract/call.ts'
import { plainDetails } from '../../../contract/number.ts'
import type { UserRecord } from '../../../contract/record.ts'
import type { Command } from '../../../contract/relay.ts'
import type { LocalRecord } from '../../../main/store/record-table.ts'
import { openStore, type Store } from '../../../main/store/store.ts'
import { Desktop } from '../kit/desktop.ts'
import { startFakeRelay, type FakeRelay } from '../kit/fake-relay.ts'
import { fact, incomingFacts } from '../kit/facts.ts'
import { at, local, note, RE, record, tags } from '../kit/records.ts'

let relay: FakeRelay
let desktop: Desktop
beforeEach(async () => {
  relay = await startFakeRelay()
  desktop = await new Desktop().start()
  await desktop.ask('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })
  await desktop.online()
})
afterEach(async () => {
  await desktop.end()
  await relay.stop()
})
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, 20_000)
const sid = RE('1')
const missedCall = [...incomingFacts(), fact('call', 'endedAt', '2026-11-21T10:00:30.000Z'), fact('call', 'rangOut', true, 'webhook')]
const voicemail = [
  fact(`rec:${sid}`, 'source', 'RecordVerb', 'webhook'),
  fact(`rec:${sid}`, 'status', 'completed', 'webhook'),
  fact(`rec:${sid}`, 'durationSeconds', 9, 'webhook'),
]
/** The relay tells of a call, and it is here. */
async function call(callId: string, facts: CallFact[] = missedCall) {
  relay.push({ type: 'call.facts', payload: { callId, facts } })
  await eventually(() => desktop.ask('calls.get', { callId }))
}
const told = (payload: UserRecord) => relay.push({ type: 'record.changed', payload })
const view = (callId = 'c1') => desktop.ask('calls.get', { callId })
const waiting = async () => (await desktop.ask('app.status', {})).outbox
const sent = () =>
  relay.state.applied.filter((command): command is Extract<Command, { name: 'record.put' }> => command.name === 'record.put')
const events = (name: string) => desktop.events.filter(({ event }) => event === name).map(({ payload }) => payload)

describe('notes', () => {
  test('are shown at once, sent with what was there before, and marked until the relay has answered', async () => {
    await call('c1')
    relay.state.refuse.set('/api/commands', 'internal')
    const notes = await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'call again' })
    expect(notes).toMatchObject([{ noteId: 'n1', text: 'call again', byUserId: 'ada', isPending: true }])
    expect(await view()).toMatchObject({ noteCount: 1 })
    relay.state.refuse.clear()
    await eventually(async () => expect((await view()).notes).toMatchObject([{ isPending: false }]))
    await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'done' })
    expect(await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: null })).toEqual([])
    await eventually(() => expect(sent()).toHaveLength(3))
    expect(sent().map(({ base, value }) => [base, value])).toMatchObject([
      [null, { text: 'call again' }],
      [{ text: 'call again' }, { text: 'done' }],
      [{ text: 'done' }, null],
    ])
    expect(events('records.changed')).toContainEqual({ callIds: ['c1'], kinds: ['note'] })
    expect(events('calls.changed')).toContainEqual({ callIds: ['c1'] })
  })

  test('may mark a moment of a recording, keep it when edited, and need a text and a call', async () => {
    await call('c1', [...missedCall, ...voicemail])
    await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'here', recordingSid: sid, atSeconds: 4.5 })
    const edited = await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'there' })
    expect(edited).toMatchObject([{ text: 'there', recordingSid: sid, atSeconds: 4.5 }])
    const fails = (args: object) => desktop.fails('calls.note', { callId: 'c1', noteId: 'n2', text: 'x', ...args })
    expect((await fails({ text: ' ' })).code).toBe('bad-request')
    expect((await fails({ callId: 'nobody' })).code).toBe('not-found')
    expect((await fails({ recordingSid: RE('9') })).code).toBe('not-found')
  })

  test('typed over a text that a colleague has changed by now: both stay; it is not removed unseen', async () => {
    await call('c1')
    await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'first' })
    await eventually(async () => expect(await waiting()).toBe(0))
    told(note('n1', 'c1', 'theirs', 'ada'))
    await eventually(async () => expect((await view()).notes).toMatchObject([{ text: 'theirs' }]))
    const fails = await desktop.fails('calls.note', { callId: 'c1', noteId: 'n1', text: null, seen: 'first' })
    expect(fails.code).toBe('conflict')
    const both = await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'mine', seen: 'first' })
    expect(both.map(({ text }) => text).toSorted()).toEqual(['mine', 'theirs'])
    await eventually(() => expect(sent().at(-1)).toMatchObject({ base: null, value: { text: 'mine' } }))
    expect(sent().at(-1)?.recordId).not.toBe('n1')
    const same = await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'newer', seen: 'theirs' })
    expect(same.map(({ text }) => text).toSorted()).toEqual(['mine', 'newer'])
  })

  test('overtaken at the relay: theirs is shown, and ours as the relay kept it', async () => {
    await call('c1')
    told(note('n1', 'c1', 'first', 'ada'))
    await eventually(async () => expect((await view()).notes).toMatchObject([{ text: 'first' }]))
    relay.state.refuse.set('/api/commands', 'internal')
    await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'mine', seen: 'first' })
    told(note('n1', 'c1', 'theirs', 'ada'))
    told(note('as-kept', 'c1', 'mine', 'ada'))
    relay.state.refuse.clear()
    await eventually(async () => expect((await view()).notes.map(({ text }) => text).toSorted()).toEqual(['mine', 'theirs']))
  })

  test('refused is taken back, and the page is told', async () => {
    await call('c1')
    relay.state.refusedCallIds.add('c1')
    await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'mine' })
    await eventually(async () => expect((await view()).notes).toEqual([]))
    await eventually(() =>
      expect(events('records.refused')).toMatchObject([{ kind: 'note', recordId: 'n1', callId: 'c1', failure: { code: 'not-found' } }]),
    )
  })

  test('the relay cannot read is taken back too', async () => {
    await call('c1')
    relay.state.refuse.set('/api/commands', 'bad-request')
    await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'mine' })
    await eventually(async () => expect((await view()).notes).toEqual([]))
    await eventually(() => expect(events('records.refused')).toMatchObject([{ failure: { code: 'bad-request' } }]))
  })

  test('made while the relay is away survive a restart and arrive', async () => {
    await call('c1')
    await relay.stop()
    await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'offline' })
    await desktop.ask('calls.tag', { callIds: ['c1'], add: ['vip'], remove: [] })
    await desktop.restart()
    expect(await view()).toMatchObject({ tags: ['vip'], notes: [{ text: 'offline', isPending: true }] })
    await relay.start()
    await eventually(async () => expect(await waiting()).toBe(0))
    expect(sent().map(({ kind }) => kind)).toEqual(['note', 'tags'])
    expect((await view()).notes).toMatchObject([{ isPending: false }])
  })
})

/** What the stores hold when the process is gone; then it starts again. */
async function restartAfter(work: (store: Store) => Promise<unknown>) {
  await desktop.app.close()
  const store = await openStore(desktop.folder)
  await work(store)
  await store.close()
  await desktop.start()
}

describe('killed between showing and queueing', () => {
  test('what was shown is queued at the next start, once', async () => {
    await call('c1')
    await restartAfter((store) => store.replica.putRecords([local('x1', note('n1', 'c1', 'mine')), local('x2', tags('c1', 'vip'))]))
    await eventually(() => expect(relay.state.applied.map(({ commandId }) => commandId)).toEqual(['x1', 'x2']))
    await eventually(async () => expect(await view()).toMatchObject({ tags: ['vip'], notes: [{ text: 'mine', isPending: false }] }))
    await desktop.restart()
    await desktop.online()
    expect(relay.state.commandBatches.flat()).toEqual(['x1', 'x2'])
  })

  test('what was queued arrives, shown or not', async () => {
    await call('c1')
    await restartAfter((store) => store.outbox.add([local('x1', note('n1', 'c1', 'mine')).command], at))
    await eventually(() => expect(relay.state.applied.map(({ commandId }) => commandId)).toEqual(['x1']))
    told(note('n1', 'c1', 'mine', 'ada'))
    await eventually(async () => expect((await view()).notes).toMatchObject([{ text: 'mine', isPending: false }]))
  })

  test('what the relay had answered already is answered alike', async () => {
    await call('c1')
    await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'mine' })
    await eventually(async () => expect(await waiting()).toBe(0))
    const [command] = sent()
    const again = { ...local(command?.commandId ?? '', note('n1', 'c1', 'mine')), command: command as LocalRecord['command'] }
    await restartAfter((store) => store.replica.putRecords([again]))
    await eventually(async () => expect((await view()).notes).toMatchObject([{ text: 'mine', isPending: false }]))
    expect(relay.state.applied).toHaveLength(1)
  })
})

test('a copy in which a change still waits shows, once put back, what became of it since', async () => {
  await call('c1')
  relay.state.refuse.set('/api/commands', 'internal')
  await desktop.ask('calls.note', { callId: 'c1', noteId: 'n1', text: 'mine' })
  await desktop.ask('backup.make', {})
  const copy = await eventually(async () => {
    const [first] = (await desktop.ask('backup.get', {})).backups
    if (!first) throw new Error('no copy yet')
    return first
  })
  relay.state.refuse.clear()
  await eventually(async () => expect((await view()).notes).toMatchObject([{ text: 'mine', isPending: false }]))
  told(note('n1', 'c1', 'theirs'))
  await eventually(async () => expect((await view()).notes).toMatchObject([{ text: 'theirs' }]))
  relay.state.rows = { ...relay.state.rows, calls: [{ callId: 'c1', facts: missedCall }], records: [note('n1', 'c1', 'theirs')] }
  await desktop.ask('backup.restore', { backupId: copy.backupId })
  await eventually(async () => expect((await view()).notes).toMatchObject([{ text: 'theirs', isPending: false }]))
  expect(relay.state.applied).toHaveLength(1)
})

describe('tags', () => {
  test('are changed on many calls at once, with what each had as base', async () => {
    await call('c1')
    await call('c2')
    told(tags('c2', 'old', 'vip'))
    await eventually(async () => expect((await view('c2')).tags).toEqual(['old', 'vip']))
    await desktop.ask('calls.tag', { callIds: ['c1', 'c2', 'c1'], add: ['vip', 'new'], remove: ['old'] })
    expect([(await view('c1')).tags, (await view('c2')).tags]).toEqual([
      ['new', 'vip'],
      ['new', 'vip'],
    ])
    expect(await desktop.ask('calls.tags', {})).toEqual([
      { tag: 'new', count: 2 },
      { tag: 'vip', count: 2 },
    ])
    await eventually(() => expect(sent()).toHaveLength(2))
    expect(sent().map(({ base }) => base)).toEqual([null, { tags: ['old', 'vip'] }])
    await desktop.ask('calls.tag', { callIds: ['c1'], add: ['vip'], remove: ['none'] }) // nothing new: nothing is sent
    await eventually(async () => expect(await waiting()).toBe(0))
    expect(sent()).toHaveLength(2)
  })

  test('are refused as a whole when one call is unknown or would have too many', async () => {
    await call('c1')
    expect((await desktop.fails('calls.tag', { callIds: ['c1', 'nobody'], add: ['vip'], remove: [] })).code).toBe('not-found')
    const many = Array.from({ length: 20 }, (_, index) => `t${index}`)
    await desktop.ask('calls.tag', { callIds: ['c1'], add: many, remove: [] })
    expect(await desktop.fails('calls.tag', { callIds: ['c1'], add: ['one more'], remove: [] })).toMatchObject({
      code: 'bad-request',
      details: { most: 20 },
    })
    expect((await view()).tags).toHaveLength(20)
  })
})

test('missed calls are closed by hand and opened again, together', async () => {
  await call('c1')
  await call('c2')
  const list = () => desktop.ask('missed.list', { limit: 10 })
  expect(await list()).toMatchObject({ entries: [{ call: { callId: 'c2' }, others: ['c1'] }], openCount: 1, next: null })
  await desktop.ask('missed.resolve', { callIds: ['c1', 'c2'], isResolved: true })
  expect(await list()).toMatchObject({ entries: [], openCount: 0 })
  expect((await desktop.ask('missed.list', { limit: 10, includeClosed: true })).entries).toMatchObject([
    { call: { missed: { state: 'closed', how: 'by-hand', byUserId: 'ada' } } },
    { call: { callId: 'c1' } },
  ])
  await desktop.ask('missed.resolve', { callIds: ['c1', 'c2'], isResolved: false })
  expect(await list()).toMatchObject({ openCount: 1 })
  await eventually(() =>
    expect(sent().map(({ value }) => value)).toEqual([{ how: 'by-hand', byCallId: null }, { how: 'by-hand', byCallId: null }, null, null]),
  )
  expect((await desktop.fails('missed.resolve', { callIds: ['nobody'], isResolved: true })).code).toBe('not-found')
})

const inbox = async (args: object = {}) => {
  const { voicemails, unread } = await desktop.ask('voicemail.list', { limit: 10, ...args })
  return { shown: voicemails.map(({ isRead, heardBy }) => [isRead, heardBy.map(({ userId }) => userId)]), unread }
}

describe('recordings and voicemail', () => {
  beforeEach(() => call('c1', [...missedCall, ...voicemail]))
  test('a voicemail heard is read; unread again it stays heard, and is heard once', async () => {
    expect(await inbox()).toEqual({ shown: [[false, []]], unread: 1 })
    await desktop.ask('voicemail.mark', { sid, mark: 'heard' })
    expect(await inbox()).toEqual({ shown: [[true, ['ada']]], unread: 0 })
    await desktop.ask('voicemail.mark', { sid, mark: 'unread' })
    await desktop.ask('voicemail.mark', { sid, mark: 'heard' })
    expect(await inbox({ unreadOnly: true })).toEqual({ shown: [], unread: 0 })
    await eventually(() =>
      expect(sent().map(({ kind, value }) => [kind, value])).toMatchObject([
        ['heard', {}],
        ['voicemail', { isRead: true }],
        ['voicemail', { isRead: false }],
        ['voicemail', { isRead: true }],
      ]),
    )
  })

  test('go to the trash and come back, and a manager holds them', async () => {
    await desktop.ask('voicemail.trash', { sid })
    expect(await inbox()).toEqual({ shown: [], unread: 0 })
    expect(await inbox({ trash: true })).toMatchObject({ shown: [[false, []]] })
    expect(await desktop.ask('recordings.get', { sid })).toMatchObject({ state: 'trashed', trash: { byUserId: 'ada' } })
    await desktop.ask('recordings.restore', { sid })
    await desktop.ask('recordings.hold', { sid, note: 'court' })
    expect(await desktop.ask('recordings.get', { sid })).toMatchObject({ state: 'ready', trash: null, hold: { note: 'court' } })
    await desktop.ask('recordings.hold', { sid, note: null })
    await eventually(() =>
      expect(relay.state.applied.map(({ commandId: _id, ...command }) => command)).toEqual([
        { name: 'recording.trash', sid, isTrashed: true },
        { name: 'recording.trash', sid, isTrashed: false },
        { name: 'recording.hold', sid, note: 'court' },
        { name: 'recording.hold', sid, note: null },
      ]),
    )
    told(record('recording', sid, 'c1', { trash: null, hold: null, deletedAt: at }))
    await eventually(async () => expect((await desktop.ask('recordings.get', { sid })).state).toBe('deleted'))
    expect((await desktop.fails('recordings.restore', { sid })).code).toBe('not-found')
    expect((await desktop.fails('recordings.trash', { sid: RE('9') })).code).toBe('not-found')
  })

  test('a recording of a call is listed with it, and where listening stopped is remembered here', async () => {
    await desktop.ask('recordings.position', { sid, seconds: 3.5 })
    const { recordings } = await desktop.ask('recordings.page', { limit: 10, callId: 'c1' })
    expect(recordings).toMatchObject([{ sid, isVoicemail: true, positionSeconds: 3.5, isCached: false, party: { number: '+14155552671' } }])
    expect((await desktop.ask('recordings.page', { limit: 10 })).recordings).toEqual([])
    expect((await desktop.ask('recordings.page', { limit: 10, filter: { hasNote: true }, text: 'x' })).recordings).toEqual([])
    expect((await desktop.fails('recordings.page', { limit: 10, filter: { from: 'soon' } })).code).toBe('bad-request')
    expect((await desktop.ask('recordings.audit', { limit: 10 })).counts).toEqual({ wanted: 0, complete: 0, pending: 0, trouble: 0 })
  })
})

test('what a device saw of a call is sent as its own', async () => {
  await call('c1')
  const trace = { entries: [{ at, name: 'incoming', detail: null }] }
  const quality = { samples: [[1, 4.2, 3, 0, 80] as [number, number, number, number, number]] }
  await desktop.ask('calls.witness', { callId: 'c1', trace, quality })
  await desktop.ask('calls.witness', { callId: 'c1', trace: null, quality: null })
  await eventually(() =>
    expect(sent().map(({ kind, recordId, value }) => [kind, recordId, value])).toEqual([
      ['trace', 'c1:laptop', trace],
      ['quality', 'c1:laptop', quality],
    ]),
  )
})

test('numbers are listed with their greeting and how long recordings are kept', async () => {
  const phoneNumber = '+14155550100'
  relay.push({
    type: 'number.changed',
    payload: { phoneNumber, numberName: 'Main', isActive: true, userIds: [], sid: null, details: plainDetails() },
  })
  const greeting = { kind: 'spoken', text: 'Hi', mediaId: null, durationSeconds: null, name: null }
  told({ ...record('greeting', phoneNumber, null, greeting), phoneNumber })
  await eventually(async () => expect(await desktop.ask('greetings.list', {})).toEqual([{ phoneNumber, greeting, retentionDays: null }]))
  await desktop.ask('recordings.retention', { phoneNumber, days: 30 })
  expect(await desktop.ask('greetings.list', {})).toEqual([{ phoneNumber, greeting, retentionDays: 30 }])
  expect((await desktop.fails('recordings.retention', { phoneNumber: '+14155550199', days: 30 })).code).toBe('not-found')
  await desktop.ask('recordings.retention', { phoneNumber, days: null })
  expect(await desktop.ask('greetings.list', {})).toMatchObject([{ retentionDays: null }])
})
