import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { createRandom } from '../../../sandbox/twilio/account/random.ts'
import { createEngine } from '../../../sandbox/twilio/engine/engine.ts'
import type { Account, SandboxCall, SandboxRecording, SandboxTranscription, VoiceConfig } from '../../../sandbox/twilio/engine-port.ts'
import { createExchange } from '../../../sandbox/twilio/exchange/exchange.ts'
import { createSpeech } from '../../../sandbox/twilio/exchange/speech.ts'
import { createLegAudio } from '../../../sandbox/twilio/media/leg-audio.ts'
import { createPacer, type Pacer } from '../../../sandbox/twilio/media/pacer.ts'
import { silence, tone } from '../../../sandbox/twilio/media/sources.ts'
import type { ClientCall, ClientGateway, Clock, Leg, LegEnd, LegEvent } from '../../../sandbox/twilio/ports.ts'
import { switchesOf, type Switches } from '../../../sandbox/twilio/switches.ts'

export const ACCOUNT = `AC${'a'.repeat(32)}`
export const APP = `AP${'b'.repeat(32)}`
export const TOKEN = 'secret token'
export const OURS = '+14155550100'
export const CALLER = '+14155552671'

/** Waits until an expectation holds; generous, because other tests share the machine. */
export const eventually = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 15_000, interval: 10 })

/**
 * Turns of the event loop that a timer which is due lets pass. A limit of 5 s is 250 ms at this speed, less than the machine may stall: what
 * has arrived meanwhile must be read before anybody says that it did not.
 */
const TURNS = 30

/** Real timers, `speed` times faster. */
export function fastClock(speed = 20): Clock {
  const start = Date.now()
  return {
    now: () => Math.round(start + (Date.now() - start) * speed),
    later: (ms, work) => {
      let turns = 0
      let next: NodeJS.Immediate | undefined
      const turn = () => {
        if (turns++ < TURNS) next = setImmediate(turn)
        else work()
      }
      const timer = setTimeout(turn, ms / speed)
      return () => {
        clearTimeout(timer)
        clearImmediate(next)
      }
    },
  }
}

export interface Seen {
  url: string
  method: string
  path: string
  params: Record<string, string>
  pairs: [string, string][]
  headers: IncomingMessage['headers']
  at: number
}
type Reply = string | { status?: number; type?: string; body?: string; location?: string; delayMs?: number }

/** Our server as Twilio sees it: answers per path, and remembers what it was asked. */
export async function listen(routes: Record<string, Reply | ((seen: Seen) => Reply)> = {}) {
  const seen: Seen[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url!, 'http://127.0.0.1')
      const pairs = [...new URLSearchParams(Buffer.concat(chunks).toString() || url.search)]
      const entry: Seen = {
        url: request.url!,
        method: request.method!,
        path: url.pathname,
        params: Object.fromEntries(pairs),
        pairs,
        headers: request.headers,
        at: Date.now(),
      }
      seen.push(entry)
      const route = routes[url.pathname]
      const reply = typeof route === 'function' ? route(entry) : route
      const given = typeof reply === 'string' ? { body: reply } : (reply ?? { status: 204, body: '' })
      setTimeout(() => {
        response.writeHead(given.status ?? 200, {
          'content-type': given.type ?? 'text/xml',
          ...(given.location ? { location: given.location } : {}),
        })
        response.end(given.body ?? '')
      }, given.delayMs ?? 0)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { base, seen, routes, at: (path: string) => seen.filter((one) => one.path === path) }
}

export interface MemoryLeg extends Leg {
  emit(event: LegEvent): void
  state: { isRinging: boolean; isAnswered: boolean; ended: LegEnd | undefined; digits: string }
  /** Says a tone from now on, or silence without one. */
  say(hz?: number): void
}

/** A leg driven by the test; its audio is real. */
export function memoryLeg(sid: string, pacer: Pacer, kind: 'client' | 'line' = 'client'): MemoryLeg {
  const listeners = new Set<(event: LegEvent) => void>()
  const audio = createLegAudio({ send: () => undefined }, pacer)
  let source = silence(1e9)
  const untick = pacer.add(() => {
    const frame = source.next()
    if (frame) audio.said(frame)
  })
  const state: MemoryLeg['state'] = { isRinging: false, isAnswered: false, ended: undefined, digits: '' }
  return {
    kind,
    sid,
    audio,
    state,
    say: (hz) => void (source = hz === undefined ? silence(1e9) : tone(hz)),
    emit: (event) => {
      for (const listener of listeners) listener(event)
    },
    on: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    ring: async () => void (state.isRinging = true),
    answer: async () => void (state.isAnswered = true),
    end: (why) => {
      state.ended ??= why
      untick()
      audio.close()
    },
    sendDigits: (digits) => void (state.digits += digits),
  }
}

export interface WorldOptions {
  routes?: Record<string, Reply | ((seen: Seen) => Reply)>
  switches?: Partial<Switches>
  speed?: number
  number?: Partial<VoiceConfig>
  app?: Partial<VoiceConfig>
}

/** An engine with the demo exchange, memory Devices and a server of ours. `/voice` is asked for incoming calls, `/app` for outgoing ones. */
export async function createWorld({ routes = {}, switches: patch = {}, speed = 20, number = {}, app = {} }: WorldOptions = {}) {
  const server = await listen(routes)
  const clock = fastClock(speed)
  const pacer = createPacer()
  const mediaFolder = mkdtempSync(join(tmpdir(), 'engine-'))
  const calls = new Map<string, SandboxCall>()
  const recordings = new Map<string, SandboxRecording>()
  const transcriptions = new Map<string, SandboxTranscription>()
  const ledger: Parameters<Account['ledger']>[0][] = []
  const config = (over: Partial<VoiceConfig>, path: string): VoiceConfig => ({
    voiceUrl: server.base + path,
    voiceMethod: 'POST',
    voiceFallbackUrl: '',
    voiceFallbackMethod: 'POST',
    statusCallback: `${server.base}/status`,
    statusCallbackMethod: 'POST',
    voiceApplicationSid: '',
    ...over,
  })
  const account: Account = {
    accountSid: ACCOUNT,
    authToken: () => TOKEN,
    ownsNumber: (e164) => e164 === OURS,
    numberConfig: (e164) =>
      e164 === OURS ? { sid: `PN${'c'.repeat(32)}`, ...config(absolute(number, server.base), '/voice') } : undefined,
    applicationConfig: (sid) => (sid === APP ? config(absolute(app, server.base), '/app') : undefined),
    keySecret: () => undefined,
    calls: { put: (call) => void calls.set(call.sid, call), get: (sid) => calls.get(sid), all: () => calls.values() },
    recordings: { put: (one) => void recordings.set(one.sid, one), get: (sid) => recordings.get(sid), all: () => recordings.values() },
    transcriptions: {
      put: (one) => void transcriptions.set(one.sid, one),
      get: (sid) => transcriptions.get(sid),
      all: () => transcriptions.values(),
    },
    mediaFolder,
    ledger: (entry) => void ledger.push(entry),
  }
  const switches: Switches = { ...switchesOf('kind', () => 0), ...patch }
  const random = createRandom(7)
  const log = { warn: (details: object, text: string) => console.warn(text, details) }
  const speech = createSpeech({ espeak: '/nonexistent' })
  const exchange = createExchange({ pacer, clock, log, speech })
  const invites: { identity: string; leg: MemoryLeg; params: Record<string, string>; from: string; to: string }[] = []
  let onCall: ((call: ClientCall) => void) | undefined
  const gateway: ClientGateway = {
    onCall: (listener) => void (onCall = listener),
    invite: (identity, { sid, params, from, to }) => {
      const leg = memoryLeg(sid, pacer)
      invites.push({ identity, leg, params, from, to })
      return leg
    },
    registered: () => 1,
    dropSignaling: () => undefined,
  }
  const engine = createEngine({ account, gateway, exchange, switches: () => switches, clock, random, log, speech })
  onTestFinished(async () => {
    await engine.close()
    pacer.close()
    rmSync(mediaFolder, { recursive: true, force: true })
  })
  return {
    server,
    clock,
    pacer,
    account,
    calls,
    recordings,
    transcriptions,
    ledger,
    switches,
    engine,
    exchange,
    invites,
    mediaFolder,
    /** A Device calls the app. */
    connect(params: Record<string, string> = {}, sid = `CA${'1'.repeat(32)}`) {
      const leg = memoryLeg(sid, pacer)
      onCall?.({ leg, identity: 'u1_d1', applicationSid: APP, params, grantParams: {} })
      return leg
    },
    child: (of: string) => [...calls.values()].find((call) => call.parentCallSid === of),
    warnings: () => ledger.filter((entry) => entry.kind === 'warning' || entry.kind === 'error'),
  }
}

/** Paths in a configuration become URLs of the server. */
const absolute = (config: Partial<VoiceConfig>, base: string): Partial<VoiceConfig> =>
  Object.fromEntries(Object.entries(config).map(([name, value]) => [name, value.startsWith('/') ? base + value : value]))

export const twiml = (inner: string): string => `<?xml version="1.0" encoding="UTF-8"?><Response>${inner}</Response>`
