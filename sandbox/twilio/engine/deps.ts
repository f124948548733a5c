import type { Speech } from '../exchange/speech.ts'
import type { Log } from '../exchange/log.ts'
import type { Account } from '../engine-port.ts'
import type { ClientGateway, Clock, Exchange } from '../ports.ts'
import type { Switches } from '../switches.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import type { LiveCall } from './live-call.ts'

/** What every part of the engine works with. */
export interface EngineDeps {
  account: Account
  gateway: ClientGateway
  exchange: Exchange
  switches: () => Switches
  clock: Clock
  random: () => number
  log: Log
  speech: Speech
  webhooks: Webhooks
  /** Fetches what Play plays. */
  fetch: typeof fetch
  /** Where Twilio's own sounds (media.twiliocdn.com, …) are found instead. */
  soundsBase: string | undefined
  lives: Map<string, LiveCall>
}

/** Resolves after `ms`, or as soon as the signal aborts; true when the time passed. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const aborted = () => {
      cancel()
      resolve(false)
    }
    const cancel = clock.later(ms, () => {
      signal.removeEventListener('abort', aborted)
      resolve(true)
    })
    signal.addEventListener('abort', aborted, { once: true })
  })
}

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })))

/** A number of ms drawn evenly from a switch's range. */
export const drawn = (random: () => number, [from, to]: [number, number]): number => from + random() * (to - from)

/** RFC 2822, as webhooks and v2010 write dates. */
export const rfc2822 = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000')
