import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { callOf, startRest, type Rest } from './kit.ts'

let rest: Rest
beforeEach(async () => {
  rest = await startRest()
})
afterEach(() => rest.close())

const live = (status: 'queued' | 'ringing' | 'in-progress' | 'completed') => {
  const call = callOf(rest.account, { status })
  rest.account.calls.put(call)
  return call.sid
}

const good = { To: '+14155550142', From: '+14155550100', Url: 'http://127.0.0.1:1/voice' }
/** Orders a call with these form fields. */
const create = (form: Record<string, string> | [string, string][]) => rest.ask('/Calls.json', form)

describe('POST /Calls.json refuses', () => {
  test.each<[number, string, Record<string, string>]>([
    [21201, 'no To', { To: '' }],
    [21213, 'no From', { From: '' }],
    [21205, 'no document', { Url: '' }],
    [21205, 'a URL that is none', { Url: 'voice' }],
    [21205, 'a host with an underscore', { Url: 'http://my_host/voice' }],
    [21205, 'a callback that is no URL', { StatusCallback: 'ftp://x' }],
    [21211, 'a malformed To', { To: '12' }],
    [21212, 'a malformed From', { From: '0100' }],
    [21210, 'a From that is not ours', { From: '+14155550199' }],
    [21210, 'a client as caller ID towards a number', { From: 'client:ada' }],
    [21218, 'an unknown application', { Url: '', ApplicationSid: `AP${'0'.repeat(32)}` }],
    [21208, 'digits that are none', { SendDigits: '12x' }],
    [21208, 'more than 32 digits', { SendDigits: '1'.repeat(33) }],
    [21403, 'a method that is none', { Method: 'PUT' }],
    [20001, 'a timeout in words', { Timeout: 'long' }],
    [20001, 'TwiML over 4000 characters', { Url: '', Twiml: 'x'.repeat(4001) }],
    [21212, 'magic From ...0001', { From: '+15005550001' }],
    [21210, 'any other magic From', { From: '+15005550009' }],
    [21217, 'magic To ...0001', { To: '+15005550001' }],
    [21214, 'magic To ...0002', { To: '+15005550002' }],
    [21215, 'magic To ...0003', { To: '+15005550003' }],
    [21216, 'magic To ...0004', { To: '+15005550004' }],
  ])('%d: %s', async (code, _, over) => {
    const answer = await create({ ...good, ...over })
    expect(await answer.json()).toMatchObject({ code, status: 400, more_info: `https://www.twilio.com/docs/errors/${code}` })
    expect(rest.orders).toEqual([])
  })
})

describe('POST /Calls.json accepts', () => {
  test.each([
    ['an owned number', {}],
    ['a verified caller ID', { From: '+14155550190' }],
    ['magic From ...0006', { From: '+15005550006' }],
    ['a client called by a client', { To: 'client:sam', From: 'client:ada' }],
    ['a client called by a number of ours', { To: 'client:sam' }],
  ])('%s', async (_, over) => {
    expect((await create({ ...good, ...over })).status).toBe(201)
  })

  test('everything the client can say reaches the engine', async () => {
    const call = await rest.client.calls.create({
      to: '+14155550142',
      from: '+14155550100',
      url: 'http://127.0.0.1:1/voice',
      method: 'GET',
      fallbackUrl: 'http://127.0.0.1:1/f',
      statusCallback: 'http://127.0.0.1:1/s',
      statusCallbackEvent: ['initiated', 'answered'],
      sendDigits: 'ww12#',
      timeout: 999,
      record: true,
      recordingChannels: 'dual',
      recordingStatusCallback: 'http://127.0.0.1:1/r',
      timeLimit: 60,
    })
    expect(call).toMatchObject({ status: 'queued', direction: 'outbound-api', price: null, duration: null, queueTime: '0' })
    expect(rest.orders).toEqual([
      {
        to: '+14155550142',
        from: '+14155550100',
        url: 'http://127.0.0.1:1/voice',
        method: 'GET',
        fallbackUrl: 'http://127.0.0.1:1/f',
        fallbackMethod: 'POST',
        statusCallback: 'http://127.0.0.1:1/s',
        statusCallbackMethod: 'POST',
        statusCallbackEvents: ['initiated', 'answered'],
        sendDigits: 'ww12#',

        timeoutSeconds: 600,
        timeLimitSeconds: 60,
        record: true,
        recordingChannels: 2,
        recordingStatusCallback: 'http://127.0.0.1:1/r',
      },
    ])
    expect(rest.warnings()).toEqual([])
  })

  test('Url over Twiml, the application over both', async () => {
    await create({ ...good, Twiml: '<Response/>' })
    await create({ ...good, ApplicationSid: rest.account.state.firstApplicationSid })
    expect(rest.orders[0]).toMatchObject({ url: good.Url })
    expect(rest.orders[0]).not.toHaveProperty('twiml')
    expect(rest.orders[1]).toMatchObject({ applicationSid: rest.account.state.firstApplicationSid })
    expect(rest.orders[1]).not.toHaveProperty('url')
  })

  test.each([
    ['joined by spaces', [['StatusCallbackEvent', 'initiated answered']]],
    [
      'with a name of its own',
      [
        ['StatusCallbackEvent', 'initiated'],
        ['StatusCallbackEvent', 'picked-up'],
      ],
    ],
  ])('events %s with 201, and will send no callback (21626)', async (_, events) => {
    const form = [...Object.entries(good), ['StatusCallback', 'http://127.0.0.1:1/s'], ...events] as [string, string][]
    expect((await create(form)).status).toBe(201)
    expect(rest.orders[0]?.statusCallbackEvents).toEqual([])
    expect(rest.warnings()).toMatchObject([{ code: 21626 }])
  })

  test('parameters it does not know, which are reported', async () => {
    expect((await create({ ...good, Colour: 'red' })).status).toBe(201)
    expect(rest.warnings().map(({ what }) => what)).toEqual([expect.stringContaining('unknown parameter Colour')])
  })

  test('an application beside callbacks of its own, which is reported', async () => {
    await create({ ...good, Url: '', ApplicationSid: rest.account.state.firstApplicationSid, FallbackUrl: 'http://127.0.0.1:1/f' })
    expect(rest.warnings().map(({ what }) => what)).toEqual([expect.stringContaining('FallbackUrl is ignored beside ApplicationSid')])
  })
})

describe('POST /Calls/CA….json', () => {
  test.each([
    ['queued', 'canceled', 'canceled'],
    ['ringing', 'canceled', 'canceled'],
    ['ringing', 'completed', 'completed'],
    ['in-progress', 'completed', 'completed'],
    ['in-progress', 'canceled', 'in-progress'],
    ['completed', 'completed', 'completed'],
  ] as const)('a %s call told %s is %s', async (before, status, after) => {
    expect((await rest.client.calls(live(before)).update({ status })).status).toBe(after)
  })

  test('redirects a call in progress', async () => {
    const sid = live('in-progress')
    await rest.client.calls(sid).update({ url: 'http://127.0.0.1:1/next', method: 'GET' })
    await rest.client.calls(sid).update({ twiml: '<Response><Hangup/></Response>' })
    expect(rest.redirects).toEqual([
      { sid, url: 'http://127.0.0.1:1/next', method: 'GET' },
      { sid, twiml: '<Response><Hangup/></Response>' },
    ])
  })

  test.each(['queued', 'ringing', 'completed'] as const)('refuses to redirect a %s call: 21220', async (status) => {
    const answer = rest.client.calls(live(status)).update({ url: 'http://127.0.0.1:1/next' })
    await expect(answer).rejects.toMatchObject({ code: 21220, status: 400, message: 'Call is not in-progress. Cannot redirect.' })
    expect(rest.redirects).toEqual([])
  })

  test.each([{ Status: 'busy' }, { Url: 'http://a/b', Twiml: '<Response/>' }, { Url: 'nowhere' }])('refuses %o', async (form) => {
    expect((await rest.ask(`/Calls/${live('in-progress')}.json`, form as Record<string, string>)).status).toBe(400)
  })

  test('a call is deleted when it is over, not before', async () => {
    const sid = live('in-progress')
    await expect(rest.client.calls(sid).remove()).rejects.toMatchObject({ status: 409 })
    const over = live('completed')
    expect(await rest.client.calls(over).remove()).toBe(true)
    await expect(rest.client.calls(over).fetch()).rejects.toMatchObject({ status: 404 })
  })
})

describe('how a call is shown', () => {
  test('strings for price and duration, RFC 2822 dates, no price before it is rated', async () => {
    const { account, clock } = rest
    const call = callOf(account, { priceAt: clock.now() + 60_000, updatedAt: Date.UTC(2026, 0, 5, 9, 3, 7) })
    account.calls.put(call)
    const show = async () => (await (await rest.ask(`/Calls/${call.sid}.json`)).json()) as Record<string, unknown>
    expect(await show()).toMatchObject({ duration: '63', price: null, date_updated: 'Mon, 05 Jan 2026 09:03:07 +0000' })
    clock.advance(60_001)
    expect(await show()).toMatchObject({ price: '-0.01700', price_unit: 'USD', from_formatted: '(415) 555-0142', queue_time: '0' })
  })

  test('an unanswered call lasted 0 seconds', async () => {
    const call = callOf(rest.account, { status: 'no-answer', answeredAt: null })
    rest.account.calls.put(call)
    expect((await rest.client.calls(call.sid).fetch()).duration).toBe('0')
  })
})
