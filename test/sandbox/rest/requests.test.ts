import twilio from 'twilio'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { callOf, LocalRequestClient, startRest, type Rest } from './kit.ts'

let rest: Rest
beforeEach(async () => {
  rest = await startRest()
})
afterEach(() => rest.close())

interface Envelope {
  code: number
  message: string
  more_info: string
  status: number
}
const envelopeOf = async (answer: Response) => (await answer.json()) as Envelope

const basic = (user: string, secret: string) => ({ headers: { authorization: `Basic ${btoa(`${user}:${secret}`)}` } })

describe('who is let in', () => {
  test('the account with its token, and every key with its secret until it is deleted', async () => {
    const { account } = rest
    const key = await rest.client.newKeys.create({ friendlyName: 'second' })
    expect((await rest.ask('/Balance.json', undefined, basic(account.accountSid, account.authToken()))).status).toBe(200)
    expect((await rest.ask('/Balance.json', undefined, basic(key.sid, key.secret))).status).toBe(200)
    const http = new LocalRequestClient(rest.url)
    const client = twilio(key.sid, key.secret, { accountSid: account.accountSid, httpClient: http })
    expect((await client.balance.fetch()).balance).toBe('20.00')
    expect(await client.keys(key.sid).remove()).toBe(true)
    expect((await rest.ask('/Balance.json', undefined, basic(key.sid, key.secret))).status).toBe(401)
  })

  test.each([
    ['no header', {}],
    ['another scheme', { headers: { authorization: 'Bearer x' } }],
    ['a wrong secret', basic(`AC${'0'.repeat(32)}`, 'x')],
    ['an empty key', basic('', '')],
  ])('%s: 401 before anything is said about the resource', async (_, init) => {
    for (const path of ['/Balance.json', '/Nothing.json']) {
      const answer = await rest.ask(path, undefined, { ...init, headers: { ...('headers' in init ? init.headers : {}) } })
      expect(answer.headers.get('www-authenticate')).toContain('Basic')
      expect(await envelopeOf(answer)).toEqual({
        code: 20003,
        message: 'Authenticate',
        more_info: 'https://www.twilio.com/docs/errors/20003',
        status: 401,
      })
    }
  })

  test("another account's resources are refused too", async () => {
    const answer = await fetch(`${rest.url}/2010-04-01/Accounts/AC${'0'.repeat(32)}/Calls.json`, {
      headers: { authorization: rest.authorization },
    })
    expect(answer.status).toBe(401)
  })
})

describe('refusals', () => {
  test('unknown resource 404, known resource with another method 405', async () => {
    const missing = `/Calls/CA${'0'.repeat(32)}.json`
    expect(await envelopeOf(await rest.ask(missing))).toMatchObject({
      code: 20404,
      message: `The requested resource /2010-04-01/Accounts/${rest.account.accountSid}${missing} was not found`,
    })
    expect(await envelopeOf(await rest.ask('/Balance.json', {}))).toMatchObject({ code: 20004, status: 405 })
  })

  test('a product that is not offered, a body that is no form', async () => {
    const foreign = await fetch(`${rest.url}/lookups/v2/PhoneNumbers/Countries`)
    expect(await envelopeOf(foreign)).toMatchObject({ code: 20404, status: 404 })
    expect(rest.account.entries()).toContainEqual(expect.objectContaining({ kind: 'error', code: 20404 }))
    const huge = await rest.ask('/Applications.json', { FriendlyName: 'x'.repeat(2_000_000) })
    expect(await envelopeOf(huge)).toMatchObject({ status: 413 })
    const odd = await rest.ask('/Applications.json', undefined, {
      method: 'POST',
      body: 'x',
      headers: { authorization: rest.authorization, 'content-type': 'application/x-tar' },
    })
    expect(await envelopeOf(odd)).toMatchObject({ status: 415 })
  })

  test('the client sees a RestException', async () => {
    const error = await rest.client
      .calls(`CA${'0'.repeat(32)}`)
      .fetch()
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(twilio.RestException)
    expect(error).toMatchObject({ status: 404, code: 20404 })
  })

  test('so many requests are refused with 429 or 503, then all is well', async () => {
    rest.faults.tooManyRequests = 2
    rest.faults.status5xx = 1
    const codes = []
    for (let n = 0; n < 4; n++) codes.push((await rest.ask('/Balance.json')).status)
    expect(codes).toEqual([429, 429, 503, 200])
  })

  test('a share of all requests is refused with 429', async () => {
    rest.switches.tooManyRequests = 1
    expect(await envelopeOf(await rest.ask('/Balance.json'))).toMatchObject({ code: 20429, status: 429 })
  })

  test('an answer that is dropped was acted upon', async () => {
    rest.faults.dropNextAnswer = 1
    await expect(rest.ask('/Applications.json', { FriendlyName: 'lost answer' })).rejects.toThrow('fetch failed')
    expect(await rest.client.applications.list({ friendlyName: 'lost answer' })).toHaveLength(1)
  })
})

describe('pages', () => {
  beforeEach(() => {
    for (let n = 0; n < 125; n++)
      rest.account.calls.put(callOf(rest.account, { from: '+14155550777', createdAt: Date.UTC(2026, 0, 1) + n * 1000 }))
  })

  test('the client follows them to the end: 125 rows are 3 requests, none twice', async () => {
    const rows = await rest.client.calls.list({ from: '+14155550777' })
    expect(new Set(rows.map(({ sid }) => sid)).size).toBe(125)
    expect(rest.http.seen).toHaveLength(3)
    expect(rest.http.seen[1]?.url).toMatch(/From=%2B14155550777&PageSize=50&Page=1&PageToken=/)
    expect(rows.map(({ dateCreated }) => dateCreated.getTime())).toEqual(
      rows.map(({ dateCreated }) => dateCreated.getTime()).toSorted((a, b) => b - a),
    )
  })

  test('the envelope counts, and ends with null', async () => {
    const first = (await (await rest.ask('/Calls.json?From=%2B14155550777&PageSize=100')).json()) as Record<string, string>
    expect(first).toMatchObject({ page: 0, page_size: 100, start: 0, end: 99, previous_page_uri: null })
    const second = (await (
      await fetch(rest.url + first['next_page_uri'], { headers: { authorization: rest.authorization } })
    ).json()) as Record<string, unknown>
    expect(second).toMatchObject({ page: 1, page_size: 100, start: 100, end: 124, next_page_uri: null })
    const back = (await (
      await fetch(rest.url + String(second['previous_page_uri']), { headers: { authorization: rest.authorization } })
    ).json()) as { calls: unknown[] }
    expect(back.calls).toEqual(first['calls'])
  })

  test('rows that arrive while somebody pages shift nothing', async () => {
    const page = await rest.client.calls.page({ from: '+14155550777', pageSize: 60 })
    for (let n = 0; n < 7; n++) rest.account.calls.put(callOf(rest.account, { from: '+14155550777', createdAt: Date.now() }))
    rest.account.calls.remove(page.instances.at(-1)?.sid ?? '')
    const next = await page.nextPage()
    const last = await next?.nextPage()
    const seen = [...page.instances, ...(next?.instances ?? []), ...(last?.instances ?? [])].map(({ sid }) => sid)
    expect(seen).toHaveLength(125)
    expect(new Set(seen).size).toBe(125)
  })

  test('1000 is the largest page, an unknown token begins again, and both strange sizes and tokens are reported', async () => {
    expect(((await (await rest.ask('/Calls.json?PageSize=5000')).json()) as { page_size: number }).page_size).toBe(1000)
    const odd = (await (await rest.ask('/Calls.json?PageSize=none&PageToken=x')).json()) as { page_size: number; calls: unknown[] }
    expect(odd.page_size).toBe(50)
    expect(odd.calls).toHaveLength(50)
    expect(
      rest
        .warnings()
        .map(({ what }) => what)
        .join('\n'),
    ).toMatch(/PageSize=none[\s\S]*PageToken x/)
  })
})

const found = async (query: string) => {
  const { calls } = (await (await rest.ask(`/Calls.json?${query}`)).json()) as { calls: { sid: string }[] }
  return calls
    .map(({ sid }) => sid[2])
    .toSorted((a = '', b = '') => a.localeCompare(b))
    .join('')
}

describe('filters of calls', () => {
  const noon = Date.UTC(2026, 5, 15, 12)
  const day = 86_400_000
  beforeEach(() => {
    const { account } = rest
    account.calls.clear()
    for (const [index, startedAt] of [noon - day, noon, noon + day].entries())
      account.calls.put(callOf(account, { sid: `CA${String(index).repeat(32)}`, startedAt, endedAt: startedAt + 60_000 }))
    account.calls.put(
      callOf(account, {
        sid: `CA${'9'.repeat(32)}`,
        startedAt: null,
        endedAt: null,
        status: 'queued',
        to: 'client:ada',
        parentCallSid: `CA${'1'.repeat(32)}`,
      }),
    )
  })
  test.each([
    ['', '0129'],
    ['Status=queued', '9'],
    ['To=client%3Aada', '9'],
    ['From=%2B14155550142&Status=completed', '012'],
    [`ParentCallSid=CA${'1'.repeat(32)}`, '9'],
    ['StartTime=2026-06-15', '1'],
    ['StartTime>=2026-06-15', '12'],
    ['StartTime%3E=2026-06-15T12:00:01Z', '2'],
    ['StartTime%3C=2026-06-15', '0'],
    ['StartTime<=2026-06-15T12:00:00Z', '01'],
    ['StartTime>=2026-06-14T12:00:00Z&StartTime<=2026-06-15T12:00:00Z', '01'],
    ['EndTime>=2026-06-15T12:01:00Z', '12'],
    ['EndTime=2026-06-16', '2'],
  ])('%s', async (query, sids) => {
    expect(await found(query)).toBe(sids)
    expect(rest.warnings()).toEqual([])
  })

  test("the client's date filters arrive by their signed names", async () => {
    const rows = await rest.client.calls.list({ startTimeAfter: new Date(noon), startTimeBefore: new Date(noon + 1000) })
    expect(rows.map(({ sid }) => sid)).toEqual([`CA${'1'.repeat(32)}`])
    const wire = rest.account.entries().find(({ kind }) => kind === 'request')?.what
    expect(wire).toMatch(/StartTime%3E=.*StartTime%3C=|StartTime%3C=.*StartTime%3E=/)
  })

  test('a name that is no filter, case included, filters nothing and is reported', async () => {
    expect(await found('status=queued')).toBe('0129')
    expect(rest.warnings()).toHaveLength(1)
  })
})

describe('lists lag behind', () => {
  test('a call appears, changes and disappears late; fetch shows it at once', async () => {
    rest.switches.listLagMs = [5000, 5000]
    const call = callOf(rest.account, { status: 'ringing', from: '+14155550888' })
    const listed = async () => (await rest.client.calls.list({ from: '+14155550888' })).map(({ status }) => status)
    rest.account.calls.put(call)
    expect((await rest.client.calls(call.sid).fetch()).status).toBe('ringing')
    expect(await listed()).toEqual([])
    rest.clock.advance(3000)
    rest.account.calls.put({ ...call, status: 'completed' })
    rest.clock.advance(2500)
    expect(await listed()).toEqual(['ringing'])
    rest.clock.advance(3000)
    expect(await listed()).toEqual(['completed'])
    rest.account.calls.remove(call.sid)
    expect(await listed()).toEqual(['completed'])
    rest.clock.advance(5001)
    expect(await listed()).toEqual([])
  })

  test('a change never shows before an earlier one, however their lags fall', async () => {
    const call = callOf(rest.account, { status: 'ringing', from: '+14155550888' })
    rest.switches.listLagMs = [8000, 8000]
    rest.account.calls.put(call)
    rest.switches.listLagMs = [0, 0]
    rest.account.calls.put({ ...call, status: 'completed' })
    rest.clock.advance(9000)
    expect((await rest.client.calls.list({ from: '+14155550888' })).map(({ status }) => status)).toEqual(['completed'])
  })
})
