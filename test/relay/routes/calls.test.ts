import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CallFact } from '../../../contract/call.ts'
import { FailureError } from '../../../contract/failure.ts'
import { createCallCommands } from '../../../relay/calls/commands.ts'
import type { RequestSession } from '../../../relay/plugins/session.ts'
import { callerForm, clientForm, createBench, pathIn, sidOf, type Bench } from '../calls/bench.ts'

let bench: Bench
let ada: ReturnType<Bench['user']>
let kim: ReturnType<Bench['user']>
let boss: ReturnType<Bench['user']>
beforeEach(async () => {
  bench = await createBench()
  ada = bench.user('Ada')
  kim = bench.user('Kim')
  boss = bench.user('Boss', 'manager')
  bench.directory.putNumber({ phoneNumber: '+15005550006', sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber('+15005550006', [ada.userId])
})
afterEach(() => bench.close())

const call = sidOf('CA', 1)
const child = sidOf('CA', 2)
const fact = (subject: string, field: string, value: CallFact['value'], changes: Partial<CallFact> = {}): CallFact => ({
  subject,
  field,
  value,
  source: 'sdk',
  at: '2026-11-21T10:00:00.000Z',
  ...changes,
})
async function observe(callId: string, session: RequestSession, facts: CallFact[]) {
  const reply = await bench.app.inject({
    method: 'POST',
    url: `/api/calls/${callId}/observations`,
    headers: { authorization: `Bearer ${JSON.stringify(session)}` },
    payload: { facts },
  })
  return reply.statusCode
}
const outgoing = () => bench.post('/api/twilio/twiml', clientForm(ada.identity, call, { LkCall: 'call-1' }))
async function incoming() {
  const { body } = await bench.post('/api/twilio/twiml', callerForm(call))
  return { body, callId: bench.deps.calls.callOf(call) ?? '' }
}

describe('what a desktop saw', () => {
  test('a call that never reached Twilio is kept, as its own', async () => {
    const facts = [fact('call', 'direction', 'outgoing'), fact('call', 'to', '+15005550102'), fact('call', 'failure', 'microphone-denied')]
    expect(await observe('call-9', ada.session, [...facts, fact('call', 'userId', kim.userId)])).toBe(204)
    expect(bench.deps.calls.record('call-9')).toMatchObject({
      outcome: 'not-reached',
      reason: 'microphone-denied',
      userId: ada.userId,
      deviceId: ada.deviceId,
    })
    const before = bench.events.length
    expect(await observe('call-9', ada.session, facts)).toBe(204)
    expect(bench.events.length).toBe(before)
  })

  test('it joins what Twilio says, before and after', async () => {
    await observe('call-1', ada.session, [fact('call', 'direction', 'outgoing'), fact('call', 'to', '+15005550102')])
    expect((await outgoing()).body).toContain('<Number')
    await observe('call-1', ada.session, [fact(`leg:${call}`, 'clicked', 'hangup'), fact(`leg:${call}`, 'status', 'completed')])
    const record = bench.deps.calls.record('call-1')
    expect(record?.legs.find((leg) => leg.sid === call)).toMatchObject({ legId: 'device', status: 'ringing' })
    expect(bench.deps.calls.facts('call-1')).toContainEqual(expect.objectContaining({ field: 'clicked', value: 'hangup', source: 'sdk' }))
  })

  test("nobody writes into another device's call, leg or price", async () => {
    await outgoing()
    const before = bench.deps.calls.facts('call-1')
    expect(await observe('call-1', kim.session, [fact('call', 'endedBy', 'us')])).toBe(403)
    const forbidden = [fact(`leg:${call}`, 'price', '-9'), fact('call', 'mergedInto', 'x'), fact('leg:party', 'status', 'completed')]
    const asWebhook = fact('call', 'endedBy', 'us', { source: 'webhook' })
    await observe('call-1', ada.session, [...forbidden.slice(0, 2), asWebhook])
    expect(bench.deps.calls.facts('call-1')).toEqual(before)
    expect(await observe('never-seen', kim.session, [fact('call', 'direction', 'incoming')])).toBe(404)
    expect(await observe('kims', kim.session, [fact('call', 'direction', 'outgoing'), fact(`leg:${call}`, 'clicked', 'hangup')])).toBe(204)
    expect(bench.deps.calls.callOf(call)).toBe('call-1')
    expect(bench.deps.calls.facts('call-1')).toEqual(before)
  })

  test.each<[string, () => CallFact[]]>([
    ['by its caller’s SID', () => [fact(`leg:${call}`, 'clicked', 'hangup')]],
    ['by a leg that says it has that SID', () => [fact('leg:mine', 'sid', call)]],
    ['by that SID as the name of a leg with another', () => [fact(`leg:${call}`, 'sid', sidOf('CA', 999))]],
    ['by a leg of no device, known from a recording alone', () => [fact(`leg:${child}`, 'clicked', 'hangup')]],
  ])("another's call cannot be made part of one's own, %s", async (_name, facts) => {
    const { callId } = await incoming()
    await bench.deps.writer.submit(() =>
      bench.deps.events.record(callId, [fact(`rec:${sidOf('RE', 1)}`, 'legSid', child, { source: 'webhook' })]),
    )
    const before = bench.deps.calls.facts(callId)
    expect(await observe('kims', kim.session, [fact('call', 'direction', 'outgoing'), ...facts()])).toBe(204)
    expect(bench.deps.calls.resolve(callId)).toBe(callId)
    expect(bench.deps.calls.facts(callId)).toEqual(before)
    expect(bench.deps.calls.mayView(callId, kim.session)).toBe(false)
  })

  test('calls merged into each other, by hand, are one that can still be asked for and written to', async () => {
    await outgoing()
    const [insert, merge] = [
      bench.db.prepare("INSERT INTO calls (call_id, started_at) VALUES (?, '2026')"),
      bench.db.prepare('UPDATE calls SET merged_into = ? WHERE call_id = ?'),
    ]
    const merged = { b: 'c', c: 'a', a: 'b', z: 'b', y: 'call-1' }
    for (const from of Object.keys(merged)) insert.run(from)
    for (const [from, into] of Object.entries(merged)) merge.run(into, from)
    expect(['a', 'b', 'c', 'z', 'y', 'x'].map((id) => bench.deps.calls.resolve(id))).toEqual(['a', 'a', 'a', 'a', 'call-1', 'x'])
    await bench.deps.writer.submit(() => bench.deps.calls.join('z', [fact('call', 'direction', 'outgoing')]))
    expect(bench.deps.calls.record('c')).toMatchObject({ callId: 'a', direction: 'outgoing' })
  })

  test('a call found under two ids becomes one, and both are told', async () => {
    // The relay learnt of the call by REST while the desktop was offline.
    await bench.deps.writer.submit(() =>
      bench.deps.events.record('found', [
        ...['from', 'to'].map((field) => fact(`leg:${call}`, field, `client:${ada.identity}`, { source: 'rest' })),
        fact(`leg:${call}`, 'status', 'completed', { source: 'rest-final' }),
      ]),
    )
    expect(bench.deps.calls.callOf(call)).toBe('found')
    const facts = [fact('call', 'direction', 'outgoing'), fact(`leg:${call}`, 'clicked', 'hangup')]
    expect(await observe('call-1', ada.session, facts)).toBe(204)
    expect(bench.deps.calls.callOf(call)).toBe('call-1')
    expect(bench.deps.calls.record('found')?.callId).toBe('call-1')
    expect(bench.events.filter((event) => event.type === 'call.facts').map((event) => event.payload.callId)).toContain('found')
    expect(bench.deps.calls.page(boss.session, { limit: 10 }).calls.map((one) => one.callId)).toEqual(['call-1'])
  })
})

describe('decline for everybody', () => {
  test('ends the ringing after the commit, and the call says who', async () => {
    const { callId, body } = await incoming()
    await bench.post(pathIn(body, 'statusCallback'), {
      ...callerForm(child),
      ParentCallSid: call,
      CallStatus: 'ringing',
      SequenceNumber: '1',
    })
    const stopped: string[] = []
    const ringing = { stop: (id: string) => Promise.resolve(void stopped.push(id)) }
    const commands = createCallCommands({ ...bench.deps, ringing })
    const command = { commandId: 'c1', name: 'call.decline-everywhere', callId } as const
    await expect(bench.deps.writer.submit(() => commands[command.name](command, kim.session))).rejects.toBeInstanceOf(FailureError)
    const after = await bench.deps.writer.submit(() => commands[command.name](command, ada.session))
    expect(stopped).toEqual([])
    after?.()
    expect(stopped).toEqual([callId])
    const dial = { DialCallStatus: 'completed', DialBridged: 'false', DialCallSid: child }
    expect((await bench.post(pathIn(body, 'action'), { ...callerForm(call), ...dial })).body).toContain('<Record')
    await bench.post('/api/twilio/status-callback', { ...callerForm(call), CallStatus: 'completed', CallDuration: '3' })
    expect(bench.deps.calls.record(callId)).toMatchObject({ outcome: 'missed', reason: 'declined' })
  })
})

describe('history', () => {
  test('is for who was concerned, and for managers', async () => {
    const { callId } = await incoming()
    const path = `/api/calls/${callId}`
    expect(await bench.get(path, ada.session)).toMatchObject({ status: 200, body: { callId, direction: 'incoming' } })
    expect(await bench.get(path, boss.session)).toMatchObject({ status: 200 })
    for (const url of [path, `/api/twilio/call-logs/${call}`, `/api/twilio/recordings/${call}`])
      expect(await bench.get(url, kim.session), url).toMatchObject({ status: 404, body: { code: 'not-found' } })
    expect(await bench.get(`/api/twilio/call-logs/${call}`, ada.session)).toMatchObject({ status: 200, body: { callId } })
    expect((await bench.app.inject({ url: path })).statusCode).toBe(401)
  })

  test('pages newest first, filtered by status', async () => {
    for (let n = 1; n <= 7; n++) {
      bench.now = new Date(Date.UTC(2026, 10, 21, 10, n))

      await bench.post('/api/twilio/twiml', callerForm(sidOf('CA', n)))
    }
    await bench.post('/api/twilio/status-callback', { ...callerForm(sidOf('CA', 3)), CallStatus: 'completed', CallDuration: '3' })
    const page = async (query: string) =>
      (await bench.get(`/api/twilio/call-logs?${query}`, ada.session)).body as { calls: { startedAt: string }[]; next: string }
    const first = await page('limit=5')
    const second = await page(`limit=5&after=${encodeURIComponent(first.next)}`)
    const times = [...first.calls, ...second.calls].map((one) => one.startedAt)
    expect(times).toEqual(times.toSorted().toReversed())
    expect([first.calls.length, second.calls.length, second.next]).toEqual([5, 2, null])
    expect((await page('status=completed')).calls).toHaveLength(1)
    expect((await bench.get('/api/twilio/call-logs?limit=5', kim.session)).body).toEqual({ calls: [], next: null })
    expect(await bench.get('/api/twilio/call-logs?after=nonsense', ada.session)).toMatchObject({ status: 400 })
    expect(await bench.get('/api/twilio/call-logs?status=ended', ada.session)).toMatchObject({ status: 400 })
  })

  test('the snapshot holds what a viewer may see, page by page', async () => {
    for (let n = 1; n <= 5; n++) await bench.post('/api/twilio/twiml', callerForm(sidOf('CA', n)))
    const { calls } = bench.deps
    const first = calls.snapshotPage(ada.session, undefined, 3)
    const second = calls.snapshotPage(ada.session, first.next ?? '', 3)
    expect([...first.rows, ...second.rows].map((row) => row.callId).length).toBe(5)
    expect(second.next).toBeNull()
    expect(calls.snapshotPage(kim.session, undefined, 3)).toEqual({ rows: [], next: null })
  })
})
