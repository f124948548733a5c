import { setTimeout as sleep } from 'node:timers/promises'
import twilio from 'twilio'
import { backoffMs } from '../../base/backoff.ts'
import { retryAfterMs } from '../../base/retry-after.ts'

type Requests = twilio.RequestClient['request']
type Options<T> = Parameters<typeof twilio.RequestClient.prototype.request<T>>[0]
type Answer<T> = ReturnType<typeof twilio.RequestClient.prototype.request<T>>

/** How patient it is with 429, in ms. */
interface Patience {
  /** Tries after the first: they come in bursts. */
  retries: number
  /** First ceiling of the jittered wait before a try. */
  firstMs: number
  /** No wait is shorter. */
  leastMs?: number
  /** No wait is longer, whatever `Retry-After` asks. */
  capMs: number
}
const patience: Patience = { retries: 6, firstMs: 100, capMs: 15_000 }

/**
 * Twilio's HTTP client. With a base everything goes to a sandbox: `https://pricing.twilio.com/…` → `<base>/pricing/…`; nothing can leak to the internet.
 * 429 is tried again, POSTs too ("was never processed", facts, 20429), after what `Retry-After` asks: the library's own autoRetry ignores it.
 */
class PatientRequestClient extends twilio.RequestClient {
  readonly #base: string | null
  readonly #patience: Patience
  constructor(base: string | null, timeout: number, of: Patience) {
    super({ timeout, autoRetry: false })
    this.#base = base
    this.#patience = of
  }

  override request: Requests = (options) =>
    this.#persist({ ...options, uri: this.#base === null ? options.uri : rewritten(this.#base, options.uri) })

  async #persist<T>(options: Options<T>): Answer<T> {
    const { retries, firstMs, capMs, leastMs = 0 } = this.#patience
    for (let tried = 0; ; tried++) {
      const answer = await super.request({ ...options, headers: { ...options.headers } })
      if (answer.statusCode !== 429 || tried >= retries) return answer
      const { 'retry-after': asked } = (answer as { headers?: Record<string, unknown> }).headers ?? {}
      await sleep(
        Math.max(leastMs, Math.min(capMs, (retryAfterMs(asked, Date.now()) ?? 0) + backoffMs(tried, Math.random(), firstMs, capMs))),
      )
    }
  }
}

function rewritten(base: string, uri: string): string {
  const url = new URL(uri)
  const domain = /^([a-z-]+)(?:\.[a-z0-9-]+)*\.twilio\.com$/.exec(url.hostname)?.[1]
  if (!domain) throw new Error(`refused ${url.hostname}: it is not Twilio's`)
  return base + (domain === 'api' ? '' : `/${domain}`) + url.pathname + url.search
}

export interface TwilioAccess {
  accountSid: string
  apiKey: string
  apiSecret: string
  /** A sandbox, or null for Twilio. */
  apiBase: string | null
  timeoutMs: number
}

/** Twilio's REST client, by API key; the environment's edge and region are not read. */
export function createTwilioClient({ accountSid, apiKey, apiSecret, apiBase, timeoutMs }: TwilioAccess, of = patience): twilio.Twilio {
  return twilio(apiKey, apiSecret, { accountSid, httpClient: new PatientRequestClient(apiBase, timeoutMs, of), env: {} })
}
