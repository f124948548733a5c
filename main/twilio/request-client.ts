import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit, { type LimitFunction } from 'p-limit'
import twilio from 'twilio'
import { backoffMs } from '../../base/backoff.ts'
import { retryAfterMs } from '../../base/retry-after.ts'

/** How long and how often Twilio is asked; ms. */
export interface TwilioWaits {
  timeoutMs: number
  /** Requests at once: Twilio limits them per account and does not say to how many. */
  concurrency: number
  /** Tries after a 429: they come in bursts. */
  retries: number
  /** Tries of a GET after a broken connection or a 5xx, both together: who is offline should hear it soon. */
  brokenRetries: number
  /** First ceiling and cap of the jittered wait before a try; also what a `Retry-After` is capped to. */
  retryFirstMs: number
  retryCapMs: number
}

export const twilioWaits: TwilioWaits = {
  timeoutMs: 15_000,
  concurrency: 4,
  retries: 9,
  brokenRetries: 3,
  retryFirstMs: 250,
  retryCapMs: 15_000,
}

type Requests = twilio.RequestClient['request']
type Options<T> = Parameters<typeof twilio.RequestClient.prototype.request<T>>[0]
type Answer<T> = ReturnType<typeof twilio.RequestClient.prototype.request<T>>

/** The connection broke before or while the answer came. A timeout is not among them: who waited that long is told. */
const BROKEN = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'EAI_AGAIN', 'ENOTFOUND', 'ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT'])
const isBroken = (error: unknown): boolean => {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return (typeof code === 'string' && BROKEN.has(code)) || (typeof message === 'string' && message.includes('socket hang up'))
}

/** Twilio, or something before it, could not just now (20500, 20503): says nothing of the next request. 501 would stay what it is. */
const isPassing = (status: number) => status === 500 || (status >= 502 && status <= 504)

/** `https://pricing.twilio.com/…` → `<base>/pricing/…`. @throws Error for a host that is not Twilio's: nothing may leak elsewhere */
function rewritten(base: string, uri: string): string {
  const url = new URL(uri)
  const domain = /^([a-z-]+)(?:\.[a-z0-9-]+)*\.twilio\.com$/.exec(url.hostname)?.[1]
  if (!domain) throw new Error(`refused ${url.hostname}: it is not Twilio's`)
  return base + (domain === 'api' ? '' : `/${domain}`) + url.pathname + url.search
}

/**
 * Twilio's HTTP client, with patience: bounded concurrency, 429 tried again after what `Retry-After` asks (the library's own autoRetry ignores it), GETs
 * tried again when the connection broke or the answer was a passing 5xx: one page of ten must not fail a listing. A POST or DELETE is never sent twice but after a 429, which "was never processed" (facts, 20429).
 */
export class PatientRequestClient extends twilio.RequestClient {
  readonly #waits: TwilioWaits
  readonly #apiBase: string | undefined
  readonly #limit: LimitFunction
  readonly #signals = new AsyncLocalStorage<AbortSignal | undefined>()

  /** `apiBase`: of a sandbox; Twilio itself without. */
  constructor(waits: TwilioWaits, apiBase: string | undefined) {
    super({ timeout: waits.timeoutMs, autoRetry: false })
    this.#waits = waits
    this.#apiBase = apiBase
    this.#limit = pLimit(waits.concurrency)
    this.axios.interceptors.request.use((config) => {
      const signal = this.#signals.getStore()
      return signal ? Object.assign(config, { signal }) : config // the library has no option for it
    })
  }

  /** Requests that `work` makes end when the signal says so, in flight or not. */
  abortable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    return this.#signals.run(signal, work)
  }

  override request: Requests = (options) => {
    const signal = this.#signals.getStore()
    const uri = this.#apiBase ? rewritten(this.#apiBase, options.uri) : options.uri
    return this.#limit(() => this.#signals.run(signal, () => this.#persist({ ...options, uri }, signal)))
  }

  async #persist<T>(options: Options<T>, signal: AbortSignal | undefined): Answer<T> {
    const isRead = options.method.toLowerCase() === 'get'
    let broken = 0
    for (let tried = 0; ; tried++) {
      signal?.throwIfAborted()
      try {
        const answer = await super.request({ ...options, headers: { ...options.headers } })
        const isAgain =
          answer.statusCode === 429
            ? tried < this.#waits.retries
            : isRead && isPassing(answer.statusCode) && ++broken <= this.#waits.brokenRetries
        if (!isAgain) return answer
        const { 'retry-after': retryAfter } = (answer as { headers?: Record<string, unknown> }).headers ?? {}
        await this.#wait(tried, signal, retryAfterMs(retryAfter, Date.now()))
      } catch (error) {
        if (!isRead || !isBroken(error) || ++broken > this.#waits.brokenRetries) throw error
        await this.#wait(tried, signal)
      }
    }
  }

  /** The place among the requests at once is kept meanwhile: who is told to slow down has fewer of them. */
  async #wait(tried: number, signal: AbortSignal | undefined, askedMs = 0): Promise<void> {
    const { retryFirstMs, retryCapMs } = this.#waits
    const ms = Math.min(retryCapMs, askedMs + backoffMs(tried, Math.random(), retryFirstMs, retryCapMs))
    await sleep(ms, undefined, signal ? { signal } : {})
  }
}
