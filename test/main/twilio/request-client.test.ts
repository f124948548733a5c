import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTwilioAccount } from '../../../main/twilio/account.ts'
import { twilioApiBase } from '../../../main/twilio/api-base.ts'
import { failureOf, fastWaits, forSale, requestsOf, startAccount, type TestAccount } from './kit.ts'

let at: TestAccount
beforeEach(async () => {
  at = await startAccount()
})
afterEach(() => at.rest.close())
const order = () => ({
  phoneNumber: forSale(at.rest, 'US', 'Local'),
  friendlyName: 'lk:1',
  settings: { voiceUrl: 'https://r.example.com/v' },
})
const posts = () => requestsOf(at.rest).filter((what) => what.startsWith('POST'))

describe('429', () => {
  test('is waited out, by GET, POST and DELETE alike', async () => {
    at.rest.faults.tooManyRequests = 4
    expect((await at.twilio.account()).status).toBe('active')
    at.rest.faults.tooManyRequests = 4
    const { sid } = await at.twilio.buy(order())
    at.rest.faults.tooManyRequests = 4
    await at.twilio.release(sid)
    expect(at.rest.account.charges()).toHaveLength(1)
    expect(requestsOf(at.rest).filter((what) => what.startsWith('DELETE'))).toHaveLength(5)
  })

  test('that never ends is said to be so', async () => {
    at.rest.faults.tooManyRequests = 1000
    expect(await failureOf(at.twilio.balance())).toMatchObject({ code: 'twilio-busy', details: { status: 429, twilioCode: 20429 } })
    expect(requestsOf(at.rest)).toHaveLength(10)
  })

  test('Retry-After is read as seconds or a date, and is honoured up to a cap', async () => {
    at.rest.switches.retryAfterSeconds = 1
    at.rest.faults.tooManyRequests = 1
    await at.twilio.balance() // capped to 30 ms
    at.rest.faults.tooManyRequests = 1
    const begun = performance.now()
    await createTwilioAccount(at.credentials, { apiBase: at.rest.url, waits: { ...fastWaits, retryCapMs: 10_000 } }).balance()
    expect(performance.now() - begun).toBeGreaterThan(950) // never earlier than asked: a timer may be late, not early
  })
})

describe('a broken connection', () => {
  test('is tried again for a GET', async () => {
    at.rest.faults.dropNextAnswer = 2
    expect((await at.twilio.numbers()).length).toBeGreaterThan(0)
    expect(requestsOf(at.rest)).toHaveLength(3)
  })

  test('that goes on breaking is said soon', async () => {
    at.rest.faults.dropNextAnswer = 1000
    expect(await failureOf(at.twilio.balance())).toMatchObject({ code: 'twilio-unreachable', details: { reason: 'ECONNRESET' } })
    expect(requestsOf(at.rest)).toHaveLength(4)
  })

  test('of a purchase is never: it was made, and who asked has to look', async () => {
    at.rest.faults.dropNextPurchase = 1
    const wanted = order()
    expect(await failureOf(at.twilio.buy(wanted))).toMatchObject({ code: 'twilio-unreachable', details: { reason: 'ECONNRESET' } })
    expect(posts()).toHaveLength(1)
    expect(at.rest.account.charges()).toHaveLength(1)
    expect(await at.twilio.ownedNumber(wanted.phoneNumber)).toMatchObject({ settings: { friendlyName: 'lk:1' } })
  })

  test('of a change and of a release is not tried again either', async () => {
    const { sid } = await at.twilio.buy(order())
    at.rest.faults.dropNextAnswer = 1
    expect(await failureOf(at.twilio.update(sid, { friendlyName: 'A' }))).toMatchObject({ code: 'twilio-unreachable' })
    at.rest.faults.dropNextAnswer = 1
    expect(await failureOf(at.twilio.release(sid))).toMatchObject({ code: 'twilio-unreachable' })
    expect(posts()).toHaveLength(2)
    await at.twilio.release(sid) // it was carried out: gone is done
  })

  test('a slow answer is given up', async () => {
    const hasty = createTwilioAccount(at.credentials, { apiBase: at.rest.url, waits: { ...fastWaits, timeoutMs: 100 } })
    at.rest.faults.delayMs = 30_000
    expect(await failureOf(hasty.balance())).toMatchObject({ code: 'twilio-unreachable', details: { reason: 'ECONNABORTED' } })
    expect(requestsOf(at.rest)).toHaveLength(1)
  })

  test('nobody there', async () => {
    const nowhere = at.over(at.credentials, 'http://127.0.0.1:9')
    expect(await failureOf(nowhere.balance())).toMatchObject({ code: 'twilio-unreachable', details: { reason: 'ECONNREFUSED' } })
  })
})

describe('503', () => {
  test('is tried again for a GET, a few times', async () => {
    at.rest.faults.status5xx = 3
    expect((await at.twilio.account()).status).toBe('active')
    expect(requestsOf(at.rest)).toHaveLength(4)
  })

  test('that goes on is said soon, broken connections counted with it', async () => {
    at.rest.faults.dropNextAnswer = 1
    at.rest.faults.status5xx = 1000
    expect(await failureOf(at.twilio.balance())).toMatchObject({ code: 'twilio-failed', details: { status: 503, twilioCode: 20503 } })
    expect(requestsOf(at.rest)).toHaveLength(4)
  })

  test('of a purchase, a change and a release is not tried again: Twilio has answered', async () => {
    at.rest.faults.status5xx = 1
    expect(await failureOf(at.twilio.buy(order()))).toMatchObject({ code: 'twilio-failed', details: { status: 503 } })
    expect(posts()).toHaveLength(1)
    expect(at.rest.account.charges()).toHaveLength(0)
    const { sid } = await at.twilio.buy(order())
    at.rest.faults.status5xx = 1
    expect(await failureOf(at.twilio.update(sid, { friendlyName: 'A' }))).toMatchObject({ code: 'twilio-failed' })
    at.rest.faults.status5xx = 1
    expect(await failureOf(at.twilio.release(sid))).toMatchObject({ code: 'twilio-failed' })
    expect(posts()).toHaveLength(3)
    expect(requestsOf(at.rest).filter((what) => what.startsWith('DELETE'))).toHaveLength(1)
    expect(await at.twilio.number(sid)).toMatchObject({ settings: { friendlyName: 'lk:1' } })
  })
})

/** A server that answers what it is told to, and counts who asks at once. */
async function startServer(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen = { now: 0, most: 0, total: 0 }
  const server = createServer((request, response) => {
    seen.most = Math.max(seen.most, ++seen.now)
    seen.total++
    response.on('close', () => void seen.now--)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close }
}

describe('the client', () => {
  test('asks no more at once than it may', async () => {
    const body = JSON.stringify({ balance: '1.00', currency: 'USD', account_sid: at.credentials.accountSid })
    const server = await startServer((_request, response) => setTimeout(() => response.end(body), 20))
    const twilio = createTwilioAccount(at.credentials, { apiBase: server.url, waits: { ...fastWaits, concurrency: 3 } })
    await Promise.all(Array.from({ length: 12 }, () => twilio.balance()))
    expect(server.seen).toMatchObject({ total: 12, most: 3 })
    await server.close()
  })

  test('takes an answer that is not Twilio’s for a failure', async () => {
    const server = await startServer((_request, response) => response.end('<html>Please sign in to this network</html>'))
    const twilio = createTwilioAccount(at.credentials, { apiBase: server.url, waits: fastWaits })
    const works = [twilio.balance(), twilio.numbers(), twilio.countries()]
    for (const failed of await Promise.all(works.map((work) => failureOf(work))))
      expect(failed).toMatchObject({ name: 'FailureError', code: 'twilio-failed' })
    await server.close()
  })

  test('is sent nowhere but to Twilio or a sandbox on this computer', () => {
    expect(twilioApiBase(undefined)).toBeUndefined()
    expect(twilioApiBase('')).toBeUndefined()
    expect(twilioApiBase('https://api.twilio.com')).toBeUndefined()
    expect(twilioApiBase('http://127.0.0.1:4010/')).toBe('http://127.0.0.1:4010')
    expect(twilioApiBase('http://localhost:4010')).toBe('http://localhost:4010')
    for (const bad of ['http://192.168.0.2:4010', 'https://twilio.com.evil.example', 'http://api.twilio.com', 'file:///etc', 'nonsense'])
      expect(() => twilioApiBase(bad), bad).toThrow('TWILIO_API_BASE')
  })
})
