import twilio from 'twilio'

type Requests = twilio.RequestClient['request']

/** Sends everything to a sandbox: `https://pricing.twilio.com/…` → `<base>/pricing/…`. Nothing can leak to the internet. */
class SandboxRequestClient extends twilio.RequestClient {
  readonly #base: string
  constructor(base: string, options: ConstructorParameters<typeof twilio.RequestClient>[0]) {
    super(options)
    this.#base = base
  }
  override request: Requests = (options) => super.request({ ...options, uri: rewritten(this.#base, options.uri) })
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

/** Twilio's REST client, by API key. 429 is retried, six times because it comes in bursts (Twilio never processed it); the environment's edge and region are not read. */
export function createTwilioClient({ accountSid, apiKey, apiSecret, apiBase, timeoutMs }: TwilioAccess): twilio.Twilio {
  const options = { timeout: timeoutMs, autoRetry: true, maxRetries: 6 }
  const httpClient = apiBase ? new SandboxRequestClient(apiBase, options) : new twilio.RequestClient(options)
  return twilio(apiKey, apiSecret, { accountSid, httpClient, env: {} })
}
