import fc from 'fast-check'
import twilio from 'twilio'
import { afterEach, describe, expect, test } from 'vitest'
import { isRepeated, one, parseForm } from '../../../relay/webhooks/form.ts'
import { isSigned, webhookKey } from '../../../relay/webhooks/webhook.ts'
import { callerForm, createBench, encode, pathIn, sidOf, TOKEN, type Bench } from '../calls/bench.ts'

let bench: Bench
afterEach(() => bench.close())

const call = sidOf('CA', 1)
const child = sidOf('CA', 2)
const count = (table: string) => (bench.db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n
const counts = () => ({ calls: count('calls'), facts: count('call_facts'), seen: count('seen_webhooks'), events: count('events') })
const key = (url: string, body: string) => webhookKey(url, parseForm(body))
async function start(options: Parameters<typeof createBench>[0] = {}) {
  bench = await createBench(options)
  const ada = bench.user('Ada')
  bench.directory.putNumber({ phoneNumber: '+15005550006', sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber('+15005550006', [ada.userId])
  return ada
}
const progress = (CallStatus: string, sequence: number, more: Record<string, string> = {}) => ({
  ...callerForm(child),
  ParentCallSid: call,
  CallStatus,
  CallbackSource: 'call-progress-events',
  SequenceNumber: String(sequence),
  Timestamp: 'Sat, 21 Nov 2026 10:00:01 +0000',
  ...more,
})

describe('forged', () => {
  test('403, nothing written, one line', async () => {
    await start()
    const reply = await bench.post('/api/twilio/twiml', callerForm(call), 'not the token')
    expect(reply.status).toBe(403)
    expect(counts()).toEqual({ calls: 0, facts: 0, seen: 0, events: 0 })
    expect(bench.lines).toMatchObject([{ level: 'warn', message: 'forged webhook' }])
    expect(bench.deps.intake.counters).toMatchObject({ forged: 1, taken: 0 })
  })

  test('unsigned, altered, of another path, of another host', async () => {
    await start()
    const form = callerForm(call)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const unsigned = await bench.app.inject({ method: 'POST', url: '/api/twilio/twiml', headers, payload: encode(form) })
    expect(unsigned.statusCode).toBe(403)
    const signed = async (url: string, body = encode(form)) => {
      const signature = twilio.getExpectedTwilioSignature(TOKEN, url, form)
      const reply = await bench.app.inject({
        method: 'POST',
        url: '/api/twilio/twiml',
        headers: { ...headers, 'x-twilio-signature': signature, 'x-forwarded-host': 'evil.example', host: 'evil.example' },
        payload: body,
      })
      return reply.statusCode
    }
    expect(await signed('https://relay.example/api/twilio/twiml')).toBe(200)
    expect(await signed('https://evil.example/api/twilio/twiml')).toBe(403)
    expect(await signed('https://relay.example/api/twilio/dial-action')).toBe(403)
    expect(await signed('https://relay.example/api/twilio/twiml', encode({ ...form, From: '+15005559999' }))).toBe(403)
  })

  test('during rotation the other token signs too', async () => {
    await start()
    expect((await bench.post('/api/twilio/twiml', callerForm(call), 'the other token')).status).toBe(200)
  })

  test.each([
    ['JSON', 'application/json', '{}', 415],
    ['too large', 'application/x-www-form-urlencoded', `a=${'x'.repeat(70_000)}`, 413],
    ['too many fields', 'application/x-www-form-urlencoded', 'a=1&'.repeat(301), 413],
    ['nothing', 'application/x-www-form-urlencoded', '', 403],
  ])('%s is refused and writes nothing', async (_name, type, payload, status) => {
    await start()
    const reply = await bench.app.inject({ method: 'POST', url: '/api/twilio/twiml', headers: { 'content-type': type }, payload })
    expect(reply.statusCode).toBe(status)
    expect(counts()).toEqual({ calls: 0, facts: 0, seen: 0, events: 0 })
  })
})

const formOf = (values: Record<string, string | string[]>) => new Map(Object.entries(values).map(([name, value]) => [name, [value].flat()]))

describe('a signature', () => {
  const fields = fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 2, maxLength: 4 })))
  const urls = fc.constantFrom('https://relay.example/api?c=1', 'https://relay.example:8443/a?x=%27', "http://127.0.0.1:80/a?x='&y=1")

  test('of Twilio is taken, over the URL as it came or with its usual port; of another token, URL or field it is not', () => {
    fc.assert(
      fc.property(fields, urls, (values, url) => {
        const form = formOf(values)
        const sign = (at: string, token = TOKEN, of: object = values) => twilio.getExpectedTwilioSignature(token, at, of as typeof values)
        for (const at of [url, url.replace('example/', 'example:443/').replace(':80/', '/')])
          expect(isSigned(form, url, sign(at), ['another', TOKEN])).toBe(true)
        expect(isSigned(form, url, sign(url, 'another'), [TOKEN])).toBe(false)
        expect(isSigned(form, url, sign(`${url}1`), [TOKEN])).toBe(false)
        expect(isSigned(form, url, sign(url, TOKEN, { ...values, more: '1x' }), [TOKEN])).toBe(false)
        for (const not of ['', 'x', undefined]) expect(isSigned(form, url, not, [TOKEN])).toBe(false)
      }),
      { numRuns: 50 },
    )
  })
})

describe('repeated', () => {
  test('a voice request gets the same bytes, and nothing is doubled', async () => {
    await start()
    const first = await bench.post('/api/twilio/twiml', callerForm(call))
    const before = counts()
    const second = await bench.post('/api/twilio/twiml', callerForm(call))
    expect(second).toEqual(first)
    expect(counts()).toEqual(before)
    bench.now = new Date(bench.now.getTime() + 86_400_000)
    expect(await bench.post('/api/twilio/twiml', callerForm(call))).toEqual(first)
    expect(counts()).toEqual(before)
  })

  test('sixteen at once are one', async () => {
    await start()
    const replies = await Promise.all(Array.from({ length: 16 }, () => bench.post('/api/twilio/twiml', callerForm(call))))
    expect(new Set(replies.map((reply) => reply.body)).size).toBe(1)
    expect(counts()).toMatchObject({ calls: 1, seen: 1 })
    expect(bench.deps.intake.counters).toMatchObject({ taken: 1, repeated: 15 })
  })

  test('a callback is known by its number too, whatever else changed', async () => {
    await start()
    const twiml = await bench.post('/api/twilio/twiml', callerForm(call))
    const path = pathIn(twiml.body, 'statusCallback')
    await bench.post(path, progress('ringing', 1))
    const before = counts()
    expect(await bench.post(path, progress('ringing', 1, { StirStatus: 'A' }))).toMatchObject({ status: 204 })
    expect(counts()).toEqual(before)
    await bench.post(path, progress('in-progress', 2))
    expect(counts().seen).toBe(before.seen + 1)
  })

  test("a client's parameters cannot spend a callback's number", async () => {
    await start()
    const numbered = { CallbackSource: 'call-progress-events', SequenceNumber: '3' }
    const twiml = await bench.post('/api/twilio/twiml', callerForm(call, numbered))
    expect(await bench.post('/api/twilio/status-callback', { ...callerForm(call), ...numbered, CallStatus: 'completed' })).toMatchObject({
      status: 204,
    })
    expect(bench.deps.calls.record(bench.deps.calls.callOf(call) ?? '')?.legs.find((leg) => leg.sid === call)?.status).toBe('completed')
    expect(twiml.status).toBe(200)
  })

  test('facts that are known already are no event', async () => {
    await start()
    const path = pathIn((await bench.post('/api/twilio/twiml', callerForm(call))).body, 'statusCallback')
    await bench.post(path, progress('completed', 3, { CallDuration: '4' }))
    const before = counts()
    await bench.post(path, progress('ringing', 1))
    const { events, facts } = counts()
    expect(facts).toBe(before.facts + 1) // ringAt
    expect(events).toBe(before.events + 1)
    expect(bench.events.at(-1)).toMatchObject({ payload: { facts: [{ field: 'ringAt' }] } })
  })
})

describe('when the disk does not keep up', () => {
  const never = { submit: () => new Promise<never>(() => undefined), close: () => Promise.resolve() }
  const failing = { submit: () => Promise.reject(new Error('disk full')), close: () => Promise.resolve() }

  test.each([
    ['late', never],
    ['broken', failing],
  ])('%s: a caller is put through all the same, and it is counted', async (_name, writer) => {
    await start({ answerBudgetMs: 30, writer: () => writer })
    const { status, body } = await bench.post('/api/twilio/twiml', callerForm(call))
    expect(status).toBe(200)
    expect(body).toContain('<Client')
    expect(counts()).toEqual({ calls: 0, facts: 0, seen: 0, events: 0 })
    expect(bench.deps.intake.counters.emergencies).toBe(1)
    expect(bench.refusals).toBe(1)
  })

  test('a callback is asked to come again', async () => {
    await start({ answerBudgetMs: 30, writer: () => failing })
    expect((await bench.post('/api/twilio/status-callback', progress('completed', 3))).status).toBe(503)
    expect(bench.deps.intake.counters.refused).toBe(1)
  })
})

describe('a form', () => {
  test('is flat: repeated names are kept, brackets mean nothing', async () => {
    bench = await createBench()
    const form = parseForm('a=1&a=2&b%5Bc%5D=3&__proto__=4&d=x+y%2B')
    expect([...form]).toEqual([
      ['a', ['1', '2']],
      ['b[c]', ['3']],
      ['__proto__', ['4']],
      ['d', ['x y+']],
    ])
    expect([one(form, 'a'), one(form, 'z'), isRepeated(form, 'a'), isRepeated(form, 'd')]).toEqual(['1', '', true, false])
  })
  test('is what URLSearchParams makes of it, whatever is sent', () => {
    const piece = fc.string({
      unit: fc.constantFrom('a', 'b', '=', '&', '+', '%', '%41', '%2B', '%e4', '%C3%A4', 'ü', '%zz', '%F0%9F', ' '),
    })
    fc.assert(
      fc.property(piece, (body) => {
        // Alone it would take a leading ? for a mark.
        const expected = Map.groupBy(new URLSearchParams(`&${body}`), ([name]) => name)
        expect([...parseForm(body)]).toEqual([...expected].map(([name, pairs]) => [name, pairs.map(([, value]) => value)]))
      }),
    )
  })
  test('its key depends on path, query and fields, not on their order', async () => {
    bench = await createBench()
    expect(key('/a?c=1', 'x=1&y=2')).toBe(key('/a?c=1', 'y=2&x=1'))
    for (const other of [key('/a?c=2', 'x=1&y=2'), key('/a?c=1', 'x=1&y=3'), key('/a?c=1', 'x=1&y=2&z=')])
      expect(other).not.toBe(key('/a?c=1', 'x=1&y=2'))
  })
})
