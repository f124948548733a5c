import fastify from 'fastify'
import type { AddressInfo } from 'node:net'
import twilio from 'twilio'
import { createClock } from '../../../sandbox/control/clock.ts'
import { createAccount } from '../../../sandbox/twilio/account/account.ts'
import type { CallOrder, Engine, SandboxCall, SandboxRecording, SandboxTranscription } from '../../../sandbox/twilio/engine-port.ts'
import { noFaults } from '../../../sandbox/twilio/rest/faults.ts'
import { createListed } from '../../../sandbox/twilio/rest/listed.ts'
import { serveRest } from '../../../sandbox/twilio/rest/plugin.ts'
import { switchesOf } from '../../../sandbox/twilio/switches.ts'

type Requests = twilio.RequestClient['request']
type Account = ReturnType<typeof createAccount>

/** Twilio's client, whose requests land at another base; no other host can be reached through it. */
export class LocalRequestClient extends twilio.RequestClient {
  readonly base: string
  readonly seen: { method: string; url: string }[] = []
  constructor(base: string) {
    super({ timeout: 30_000 })
    this.base = base
  }
  override request: Requests = (options) => {
    const url = new URL(options.uri)
    const product = /^([a-z]+)\.twilio\.com$/.exec(url.hostname)?.[1]
    if (!product) throw new Error(`refused ${url.hostname}`)
    const path = (product === 'api' ? '' : `/${product}`) + url.pathname + url.search
    this.seen.push({ method: options.method, url: path })
    return super.request({ ...options, uri: this.base + path })
  }
}

/** A finished incoming call, to be changed by `over`. */
export function callOf(account: Account, over: Partial<SandboxCall> = {}): SandboxCall {
  const at = Date.UTC(2026, 0, 21, 10, 0, 0)
  return {
    sid: `CA${Math.random().toString(16).slice(2).padEnd(32, '0').slice(0, 32)}`,
    parentCallSid: null,
    accountSid: account.accountSid,
    to: '+14155550100',
    from: '+14155550142',
    phoneNumberSid: null,
    direction: 'inbound',
    status: 'completed',
    forwardedFrom: null,
    createdAt: at,
    updatedAt: at,
    startedAt: at,
    answeredAt: at + 2000,
    endedAt: at + 65_400,
    priceAt: at,
    price: '-0.01700',
    queueTimeMs: 0,
    ...over,
  }
}

export function recordingOf(account: Account, over: Partial<SandboxRecording> = {}): SandboxRecording {
  const at = Date.UTC(2026, 0, 21, 10, 0, 0)
  return {
    sid: `RE${Math.random().toString(16).slice(2).padEnd(32, '0').slice(0, 32)}`,
    accountSid: account.accountSid,
    callSid: `CA${'a'.repeat(32)}`,
    status: 'completed',
    source: 'DialVerb',
    channels: 1,
    track: 'both',
    startedAt: at,
    createdAt: at,
    updatedAt: at,
    durationSeconds: 4,
    errorCode: null,
    priceAt: at,
    price: '-0.00250',
    file: null,
    ...over,
  }
}

export function transcriptionOf(account: Account, over: Partial<SandboxTranscription> = {}): SandboxTranscription {
  const at = Date.UTC(2026, 0, 21, 10, 1, 0)
  return {
    sid: `TR${Math.random().toString(16).slice(2).padEnd(32, '0').slice(0, 32)}`,
    accountSid: account.accountSid,
    recordingSid: `RE${'a'.repeat(32)}`,
    status: 'completed',
    text: 'Hello, please call me back.',
    durationSeconds: 4,
    createdAt: at,
    updatedAt: at,
    priceAt: at,
    price: '-0.05000',
    ...over,
  }
}

/** An engine without media: calls are records that are told how to change. */
function createMemoryEngine(account: Account) {
  const orders: CallOrder[] = []
  const redirects: unknown[] = []
  const engine: Engine = {
    create: (order) => {
      orders.push(order)
      const now = Date.now()
      const call = callOf(account, {
        to: order.to,
        from: order.from,
        direction: 'outbound-api',
        status: 'queued',
        createdAt: now,
        updatedAt: now,
        startedAt: null,
        answeredAt: null,
        endedAt: null,
        priceAt: null,
        price: null,
      })
      account.calls.put(call)
      return call
    },
    hangUp: (sid, status) => {
      const call = account.calls.get(sid)
      if (call) account.calls.put({ ...call, status, endedAt: Date.now() })
      return call !== undefined
    },
    redirect: (sid, to) => redirects.push({ sid, ...to }) > 0,
    incoming: () => callOf(account),
    live: () => undefined,
    active: () => [],
  }
  return { engine, orders, redirects }
}

/** REST on a port of its own, over a fresh account and a memory engine. */
export async function startRest() {
  const clock = createClock()
  const account = createAccount({ seed: 7, clock })
  const switches = switchesOf('kind', account.random)
  const faults = noFaults()
  const listed = createListed(account, { clock, switches, random: account.random })
  const { engine, orders, redirects } = createMemoryEngine(account)
  const server = fastify({ forceCloseConnections: true })
  serveRest(server, { account, engine, switches, clock, listed, faults })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  const http = new LocalRequestClient(url)
  const authorization = `Basic ${Buffer.from(`${account.accountSid}:${account.authToken()}`).toString('base64')}`
  return {
    account,
    switches,
    faults,
    listed,
    clock,
    orders,
    redirects,
    url,
    http,
    authorization,
    client: twilio(account.accountSid, account.authToken(), { httpClient: http }),
    /** A raw request below the account; form fields make it a POST. */
    ask: (path: string, form?: [string, string][] | Record<string, string>, init: RequestInit = {}) =>
      fetch(`${url}/2010-04-01/Accounts/${account.accountSid}${path}`, {
        headers: { authorization },
        ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
        ...init,
      }),
    warnings: () => account.entries().filter(({ kind }) => kind === 'warning'),
    close: async () => {
      await server.close()
      listed.close()
      clock.close()
      account.close()
    },
  }
}
export type Rest = Awaited<ReturnType<typeof startRest>>
