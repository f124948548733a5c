import type { Account, Engine } from '../engine-port.ts'
import type { Log } from '../exchange/log.ts'
import { createSpeech, type Speech } from '../exchange/speech.ts'
import type { ClientGateway, Clock, Exchange } from '../ports.ts'
import type { Switches } from '../switches.ts'
import { createWebhooks, type Webhooks } from '../webhooks/webhooks.ts'
import type { EngineDeps } from './deps.ts'
import { callFromClient, callIn } from './inbound.ts'
import type { LiveCall } from './live-call.ts'
import { createOutbound } from './outbound.ts'
import { runCall } from './runner.ts'
import type { Source } from './source.ts'

export interface EngineOptions {
  account: Account
  gateway: ClientGateway
  exchange: Exchange
  switches: () => Switches
  clock: Clock
  random: () => number
  log: Log
  /** Fetches what Play plays. */
  fetch?: typeof fetch
  /** Where sounds on Twilio's hosts are found instead. */
  soundsBase?: string
  speech?: Speech
}

/** Starts the calls' side of the sandbox: it listens to the gateway from now on. `close` ends every call and sends no more webhooks. */
export function createEngine(options: EngineOptions): Engine & { close(): Promise<void>; webhooks: Webhooks } {
  const webhooks = createWebhooks(options)
  const lives = new Map<string, LiveCall>()
  const deps: EngineDeps = {
    ...options,
    fetch: options.fetch ?? fetch,
    soundsBase: options.soundsBase,
    speech: options.speech ?? createSpeech(),
    webhooks,
    lives,
  }
  options.gateway.onCall((call) => callFromClient(deps, call))
  return {
    webhooks,
    create: createOutbound(deps),
    hangUp: (sid, status) => hangUp(lives.get(sid), status),
    redirect: (sid, to) => redirect(deps, lives.get(sid), to),
    incoming: (call) => callIn(deps, call),
    live(sid) {
      const live = lives.get(sid)
      return live?.leg ? { call: live.call, leg: live.leg } : undefined
    },
    active: () => [...lives.values()].map((live) => live.call),
    async close() {
      webhooks.close()
      for (const live of lives.values()) live.finish(live.isAnswered ? 'completed' : 'canceled')
    },
  }
}

/** `canceled` is for calls that are not answered yet; `completed` for every live one, unanswered ones being canceled by it. */
function hangUp(live: LiveCall | undefined, status: 'completed' | 'canceled'): boolean {
  if (!live || (status === 'canceled' && live.isAnswered)) return false
  live.finish(live.isAnswered ? 'completed' : 'canceled', live.isAnswered ? 'hangup' : 'canceled')
  return true
}

function redirect(deps: EngineDeps, live: LiveCall | undefined, to: Parameters<Engine['redirect']>[1]): boolean {
  if (!live?.isAnswered) return false
  const fallback = to.fallbackUrl ? { url: to.fallbackUrl, method: 'POST' as const } : undefined
  const source: Source | undefined = to.url
    ? { kind: 'url', url: to.url, method: to.method ?? 'POST', fallback }
    : to.twiml
      ? { kind: 'twiml', twiml: to.twiml, fallback }
      : undefined
  if (!source) return false
  if (live.redirect) live.redirect(source)
  else {
    // A child of a Dial begins a document of its own; its parent's Dial is over.
    live.detach?.()
    void runCall(deps, live, source)
  }
  return true
}
