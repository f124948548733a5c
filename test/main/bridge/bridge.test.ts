import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bridgeRequests, type BridgeName } from '../../../contract/desktop.ts'
import { FailureError } from '../../../contract/failure.ts'
import { createBridge, type Handlers } from '../../../main/bridge/bridge.ts'
import { Desktop } from '../kit/desktop.ts'
import { fact } from '../kit/facts.ts'
import { testPorts } from '../kit/memory-ports.ts'

const bridgeWith = (handlers: Partial<Handlers>, checkValues = false) => {
  const { log, lines } = testPorts()
  return { bridge: createBridge({ handlers: handlers as Handlers, log, checkValues }), lines }
}

describe('the registry', () => {
  test.each([
    ['calls.page', { limit: 'x' }, '/limit must be integer'],
    ['calls.page', {}, '/ must have required properties limit'],
    ['calls.page', { limit: 1, extra: true }, '/ must not have additional properties: extra'],
    ['calls.observe', { callId: 'c', facts: [{ ...fact('call', 'to', 'x'), subject: 'leg' }] }, '/facts/0/subject'],
    ['app.status', null, '/ must be object'],
    ['app.status', [], '/ must be object'],
  ])('%s with %j: a bad request that says where', async (name, args, message) => {
    const { bridge } = bridgeWith({})
    const outcome = await bridge.request(name, args)
    expect(outcome).toMatchObject({ ok: false, failure: { code: 'bad-request', retry: 'never' } })
    expect(JSON.stringify(outcome)).toContain(message)
  })

  test('a failure that a handler throws crosses with its details', async () => {
    const { bridge, lines } = bridgeWith({
      'calls.get': () => {
        throw new FailureError('not-found', 'no such call', { callId: 'c1' })
      },
    })
    expect(await bridge.request('calls.get', { callId: 'c1' })).toEqual({
      ok: false,
      failure: { code: 'not-found', retry: 'never', message: 'no such call', details: { callId: 'c1' } },
    })
    expect(lines).toEqual([])
  })

  test('anything else is internal: one line in the log, nothing of it to the page', async () => {
    const { bridge, lines } = bridgeWith({ 'calls.get': () => Promise.reject(new Error('password 1234')) })
    const outcome = await bridge.request('calls.get', { callId: 'c1' })
    expect(outcome).toEqual({ ok: false, failure: { code: 'internal', retry: 'later' } })
    expect(lines).toHaveLength(1)
    expect(lines[0]?.level).toBe('error')
  })

  test('values that are not what the contract says are caught where they are checked', async () => {
    const { bridge, lines } = bridgeWith({ 'users.list': () => [{ userId: 'not an id', name: 'x' }] }, true)
    expect(await bridge.request('users.list', {})).toMatchObject({ ok: false, failure: { code: 'internal' } })
    expect(JSON.stringify(lines)).toContain('/0/userId')
  })
})

const phoneNumber = '+14155550100'
const one = { phoneNumbers: [phoneNumber] }
const item = { intentId: 'i1', phoneNumber, country: 'US', type: 'local', place: null, monthly: null, name: null }
const query = {
  countries: ['US'],
  types: ['local'],
  areaCodes: [],
  pattern: null,
  position: 'anywhere',
  locality: null,
  region: null,
  postalCode: null,
  nearNumber: null,
  capabilities: ['voice'],
  address: 'any',
  limit: 10,
}
/** Arguments that are in order: nobody is signed in, which is what must be said. */
const numberArgs = {
  'account.set': { accountSid: `AC${'1'.repeat(32)}`, authToken: 'x' },
  'account.setTransferNumber': { transferNumber: null },
  'numbers.search': { searchId: 's1', query },
  'numbers.cancelSearch': { searchId: 's1' },
  'numbers.quote': { items: [item] },
  'numbers.purchase': { items: [item], assignTo: [] },
  'numbers.request': { item, note: null },
  'numbers.refuse': { intentId: 'i1' },
  'numbers.list': { limit: 10 },
  'numbers.get': { phoneNumber },
  'numbers.update': { changes: [{ phoneNumber, patch: { notes: 'x' } }] },
  'numbers.assign': { ...one, userIds: [] },
  'numbers.applySync': { planId: 'p1' },
  'numbers.undoSync': { undoId: 'u1' },
  'numbers.restore': { phoneNumber, seen: [] },
  'numbers.acceptDrift': { phoneNumber },
  'numbers.connect': one,
  'numbers.dependencies': one,
  'numbers.hold': { ...one, days: 7, message: null },
  'numbers.unhold': one,
  'numbers.release': { items: [{ phoneNumber, lastFour: '0100' }] },
  'audit.list': { limit: 10 },
} as const satisfies { [N in BridgeName]?: unknown }

const sid = `RE${'1'.repeat(32)}`
const page = { limit: 10 }
/** Likewise; nobody has told of a recording. */
const historyArgs = {
  'calls.search': { ...page, text: 'boiler' },
  'calls.count': { filter: {}, most: 10 },
  'calls.witness': { callId: 'c1', trace: null, quality: null },
  'calls.timeline': { callId: 'c1' },
  'calls.note': { callId: 'c1', noteId: 'n1', text: 'x' },
  'calls.tag': { callIds: ['c1'], add: ['lead'], remove: [] },
  'calls.export': { exportId: 'x1', format: 'csv', filter: {} },
  'calls.cancelExport': { exportId: 'x1' },
  'missed.list': page,
  'missed.resolve': { callIds: ['c1'], isResolved: true },
  'recordings.page': page,
  'recordings.get': { sid },
  'recordings.open': { sid },
  'recordings.download': { sid },
  'recordings.position': { sid, seconds: 1 },
  'recordings.trash': { sid },
  'recordings.restore': { sid },
  'recordings.hold': { sid, note: 'court' },
  'recordings.retention': { phoneNumber, days: 30 },
  'recordings.audit': page,
  'voicemail.list': page,
  'voicemail.mark': { sid, mark: 'heard' },
  'voicemail.trash': { sid },
  'greetings.set': { phoneNumber, greeting: null },
  'greetings.open': { phoneNumber },
  'history.backfill': { action: 'get' },
  'backup.restore': { backupId: 'b1' },
} as const satisfies { [N in BridgeName]?: unknown }

describe('every request of the contract', () => {
  let desktop: Desktop
  beforeAll(async () => (desktop = await new Desktop({ locale: 'de-AT' }).start()))
  afterAll(() => desktop.end())
  const args: { [N in BridgeName]?: unknown } = {
    'device.report': { registered: false, microphone: 'prompt' },
    'session.enroll': { relayUrl: 'ftp://x', code: 'x' },
    'voice.token': { renew: false },
    'calls.observe': { callId: 'c1', facts: [fact('call', 'direction', 'outgoing', 'sdk')] },
    'calls.declineEverywhere': { callId: 'c1' },
    'calls.page': { limit: 10 },
    'calls.get': { callId: 'c1' },
    'preferences.set': { theme: 'dark', callFrom: '+14155550100' },
    ...numberArgs,
    ...historyArgs,
  }

  test('is answered with the contract’s shape or a failure of its catalogue, never `internal`', async () => {
    const codes = new Set<string>()
    for (const name of Object.keys(bridgeRequests) as BridgeName[]) {
      const outcome = await desktop.app.request(name, args[name] ?? {})
      if (!outcome.ok) codes.add(outcome.failure.code)
    }
    expect([...codes].toSorted()).toEqual(['not-found', 'not-signed-in', 'relay-url-invalid', 'sandbox-not-running'])
    expect(desktop.ports.lines.filter((line) => line.level === 'error')).toEqual([])
  })

  test('preferences begin with the locale’s country and are kept', async () => {
    expect(await desktop.ask('preferences.get', {})).toEqual({ country: 'AT', callFrom: '+14155550100', theme: 'dark' })
    await desktop.ask('preferences.set', { country: 'FR', callFrom: null })
    await desktop.restart()
    expect(await desktop.ask('preferences.get', {})).toEqual({ country: 'FR', callFrom: null, theme: 'dark' })
    expect((await desktop.fails('preferences.set', { theme: 'pink' })).message).toMatch(/^\/theme/)
  })

  test('the Device’s claim has the instant since when it holds', async () => {
    await desktop.ask('device.report', { registered: true, microphone: 'granted' })
    const { registeredSince } = await desktop.ask('app.status', {})
    expect(registeredSince).not.toBeNull()
    await desktop.ask('device.report', { registered: true, microphone: 'denied' })
    expect(await desktop.ask('app.status', {})).toMatchObject({ registeredSince, microphone: 'denied' })
    await desktop.ask('device.report', { registered: false, microphone: 'denied' })
    expect((await desktop.ask('app.status', {})).registeredSince).toBeNull()
  })
})
