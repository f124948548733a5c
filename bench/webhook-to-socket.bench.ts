// Twilio's `completed` callback in, the event at a desktop's socket out: how many per second, and how long each takes.
// Ours verifies the signature, joins the facts into the call, appends to the log and flushes it to disk; the peer does none of that.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import twilio from 'twilio'
import { v7 } from 'uuid'
import { startService } from '../test/e2e/kit/child.ts'
import { MAIN_LINE, startStack } from '../test/e2e/kit/stack.ts'
import { bench, quantile, type Effort, type Side } from './harness.ts'
import { fsyncP99 } from './kit/fsync.ts'
import { bytesOf, createPoster, enroll, listenToEvents } from './kit/relay-client.ts'

const IN_FLIGHT = 64
/** Latency is measured at this share of our greatest rate: a queue that is full measures its own length. */
const LATENCY_SHARE = 0.5

interface Target {
  url: string
  accountSid: string
  authToken: string
  token: string
  close(): Promise<void>
}

interface Callback {
  callId: string
  bytes: Buffer
}

/** Distinct calls, each with the captured fields of a completed child leg (facts: Twilio's `<Number>` callback), signed. */
function callbacks({ url, accountSid, authToken }: Target, count: number): Callback[] {
  return Array.from({ length: count }, () => {
    const callId = v7()
    const fields = {
      Called: MAIN_LINE,
      ToState: 'CA',
      CallerCountry: 'US',
      Direction: 'inbound',
      Timestamp: new Date().toUTCString(),
      CallbackSource: 'call-progress-events',
      CallerState: 'NY',
      ToZip: '94105',
      SequenceNumber: '3',
      To: MAIN_LINE,
      CallSid: `CA${randomUUID().replaceAll('-', '')}`,
      ToCountry: 'US',
      CallerZip: '10001',
      CalledZip: '94105',
      ApiVersion: '2010-04-01',
      CallStatus: 'completed',
      CalledCity: 'SAN FRANCISCO',
      Duration: '1',
      From: '+12125550173',
      CallDuration: '49',
      AccountSid: accountSid,
      CalledCountry: 'US',
      CallerCity: 'NEW YORK',
      ToCity: 'SAN FRANCISCO',
      FromCountry: 'US',
      Caller: '+12125550173',
      FromCity: 'NEW YORK',
      CalledState: 'CA',
      FromZip: '10001',
      FromState: 'NY',
    }
    const where = `/api/twilio/status-callback?c=${callId}&l=${v7()}&s=in`
    const signature = twilio.getExpectedTwilioSignature(authToken, url + where, fields)
    return { callId, bytes: bytesOf(url, { path: where, body: new URLSearchParams(fields).toString(), signature }) }
  })
}

/** A target with its connections, which live as long as it does: one desktop's socket, and those of Twilio's requests. */
interface Line {
  target: Target
  poster: Awaited<ReturnType<typeof createPoster>>
  /** Who hears of the events of a round. */
  hear: (listener: (callId: string) => void) => void
  close(): Promise<void>
}

const nobody = (_callId: string): void => undefined

async function openLine(made: Promise<Target>): Promise<Line> {
  const target = await made
  let heard = nobody
  const socket = await listenToEvents(target.url, target.token, (callId) => heard(callId))
  const poster = await createPoster(target.url, IN_FLIGHT)
  return {
    target,
    poster,
    hear: (listener) => void (heard = listener),
    async close() {
      socket.close()
      poster.close()
      await target.close()
    },
  }
}

/** One flood of callbacks, IN_FLIGHT at a time; how many per second were answered and their events had arrived. */
async function flood({ target, poster, hear }: Line, count: number): Promise<number> {
  const all = callbacks(target, count)
  const missing = new Set(all.map(({ callId }) => callId))
  const { promise: arrived, resolve } = Promise.withResolvers<void>()
  hear((callId) => missing.delete(callId) && !missing.size && resolve())
  const began = performance.now()
  let next = 0
  const worker = async () => {
    for (let one = all[next++]; one; one = all[next++]) await poster.post(one.bytes)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
  await Promise.race([arrived, sleep(10_000).then(() => Promise.reject(new Error(`${missing.size} events never arrived`)))])
  return count / ((performance.now() - began) / 1000)
}

/** Callbacks at a fixed rate, whatever the answers do; ms from sending (or waiting for a connection) to the event at the socket. */
async function drip({ target, poster, hear }: Line, count: number, perSecond: number): Promise<number[]> {
  const all = callbacks(target, count)
  const sentAt = new Map<string, number>()
  const latencies: number[] = []
  hear((callId) => {
    const sent = sentAt.get(callId)
    if (sent !== undefined && sentAt.delete(callId)) latencies.push(performance.now() - sent)
  })
  const began = performance.now()
  const answers: Promise<void>[] = []
  for (let at = 0; at < all.length;) {
    for (const due = ((performance.now() - began) / 1000) * perSecond; at < due && at < all.length; at++) {
      const one = all[at]!
      sentAt.set(one.callId, performance.now())
      answers.push(poster.post(one.bytes))
    }
    await sleep(1)
  }
  await Promise.all(answers)
  for (const until = Date.now() + 10_000; sentAt.size && Date.now() < until;) await sleep(10)
  if (sentAt.size) throw new Error(`${sentAt.size} events never arrived`)
  return latencies
}

async function ours(): Promise<Target> {
  const stack = await startStack({ profile: 'kind' })
  const { token } = await enroll(stack.relayUrl, await stack.invite('Bench', 'manager'))
  const { accountSid, authToken } = stack.sandbox
  return { url: stack.relayUrl, accountSid, authToken, token, close: () => stack.close() }
}

async function peer(): Promise<Target> {
  const service = await startService<{ url: string }>('bench/peers/bare-relay.ts', [])
  const { url } = service.ready
  return { url, accountSid: `AC${'0'.repeat(32)}`, authToken: 'x', token: 'x', close: () => service.stop() }
}

const throughput =
  (target: () => Promise<Target>, { isQuick }: Effort) =>
  async (): Promise<Side> => {
    const line = await openLine(target())
    const seconds = isQuick ? 1 : 6 // times five rounds: thirty seconds a side
    let expected = 3000
    return {
      async round() {
        expected = await flood(line, Math.round(expected * seconds))
        return { samples: [expected] }
      },
      close: () => line.close(),
    }
  }

const latency =
  (target: () => Promise<Target>, { isQuick }: Effort, rate: { perSecond: number }) =>
  async (): Promise<Side> => {
    const line = await openLine(target())
    // Of floods that warm up: a cold relay's rate would be too kind.
    const reached = [await flood(line, 3000), await flood(line, 3000), await flood(line, 3000)]
    if (target === ours) rate.perSecond = Math.max(...reached) * LATENCY_SHARE
    // Durable before answered costs one flush of the disk; the peer has none to compare with, so it is taken off.
    const flushMs = target === ours ? fsyncP99() : 0
    return {
      async round() {
        const samples = await drip(line, Math.round(rate.perSecond * (isQuick ? 1 : 6)), rate.perSecond)
        return { samples, value: Math.max(0.01, quantile(samples, 0.99) - flushMs) }
      },
      close: () => line.close(),
    }
  }

const rate = { perSecond: 0 }
await bench('webhook-to-socket', (effort) => [
  {
    name: 'webhook throughput',
    what: `completed callbacks verified, persisted (fsync) and forwarded, ${IN_FLIGHT} in flight`,
    unit: '/s',
    isLowerBetter: false,
    floor: 0.6,
    aim: 0.75,
    ours: throughput(ours, effort),
    peer: throughput(peer, effort),
  },
  {
    name: 'webhook latency',
    what: 'callback sent → event at the socket, at half of our greatest rate; result: p99, ours less the p99 of one fsync',
    unit: 'ms',
    isLowerBetter: true,
    floor: 2,
    aim: 2,
    ours: latency(ours, effort, rate),
    peer: latency(peer, effort, rate),
  },
])
process.exit()
