import { isSid } from '../contract/sid.ts'

/** What the relay runs by: its environment, checked once at start. Durations in ms unless the name says seconds. */
export interface Config {
  twilio: {
    accountSid: string
    authToken: string
    /** The other one while tokens are rotated (RULES R12). */
    authTokenSecondary: string | undefined
    apiKey: string
    apiSecret: string
    twimlAppSid: string
    /** Only to reach a sandbox; null: Twilio. */
    apiBase: string | null
    timeoutMs: number
  }
  /** Public base URL: an origin. */
  serverUrl: string
  host: string
  port: number
  /** The SQLite file. */
  database: string
  /** How long a commit waits, with everything else, for a file that another process has locked. */
  busyMs: number
  logLevel: LogLevel
  secret: string
  workspace: string
  /** Proxies in front of the relay whose X-Forwarded-For counts for rate limits. */
  trustedProxies: number
  session: { ttlMs: number; refreshTtlMs: number; retryMs: number; inviteTtlMs: number }
  socket: { helloMs: number; pingMs: number; deadMs: number; maxBufferedBytes: number }
  limits: { perMinute: number; enrollPerMinute: number; webhooksPerMinute: number }
  numbersEveryMs: number
  /** How long a device may go on with a purchase after its last word (RULES R29). */
  leaseSeconds: number
  /** Events older than this are dropped; 0 keeps all. */
  retentionMs: number
  recordings: {
    /** How long a recording stays in the trash before it is deleted at Twilio. */
    trashMs: number
    /** Between looks at what is due. */
    sweepMs: number
  }
  calls: {
    voiceTokenSeconds: number
    ringSeconds: number
    outgoingRingSeconds: number
    recordAll: boolean
    /** Messages are transcribed. */
    transcribe: boolean
    reconcileMs: number
    /** Between questions for older calls: at most two a second. */
    backfillPaceMs: number
  }
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
type LogLevel = (typeof LOG_LEVELS)[number]

/** A setting that is missing or malformed; `message` is a sentence that names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

type Env = Readonly<Record<string, string | undefined>>
/** Carriers give up at 60 s (RULES R16), and Twilio rings 5 s longer than it is told. */
const LONGEST_RING_SECONDS = 50
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** The relay's configuration. @throws ConfigError naming all settings that are missing, or the first that is malformed. */
export function configOf(env: Env): Config {
  requireAll(env)
  return {
    twilio: twilioOf(env),
    serverUrl: serverUrlOf(env),
    host: required(env, 'RELAY_HOST'),
    port: integer(env, 'RELAY_PORT', undefined, 0, 65_535),
    ...storageOf(env),
    logLevel: logLevelOf(env),
    workspace: env['RELAY_WORKSPACE']?.trim() || 'Workspace',
    trustedProxies: integer(env, 'RELAY_TRUSTED_PROXIES', 0, 0, 10),
    session: {
      ttlMs: integer(env, 'RELAY_SESSION_MS', HOUR / 4, 1000, DAY),
      refreshTtlMs: integer(env, 'RELAY_REFRESH_MS', 90 * DAY, 1000),
      retryMs: integer(env, 'RELAY_REFRESH_RETRY_MS', DAY, 0, DAY),
      inviteTtlMs: integer(env, 'RELAY_INVITE_MS', 7 * DAY, 1000),
    },
    socket: {
      helloMs: integer(env, 'RELAY_HELLO_MS', 5000, 50, 60_000),
      pingMs: integer(env, 'RELAY_PING_MS', 7500, 50, 60_000),
      deadMs: integer(env, 'RELAY_DEAD_MS', 60_000, 100),
      maxBufferedBytes: integer(env, 'RELAY_SOCKET_BUFFER_BYTES', 1_048_576, 1024),
    },
    limits: {
      perMinute: integer(env, 'RELAY_REQUESTS_PER_MINUTE', 6000, 1),
      enrollPerMinute: integer(env, 'RELAY_ENROLL_PER_MINUTE', 60, 1),
      webhooksPerMinute: integer(env, 'RELAY_WEBHOOKS_PER_MINUTE', 600_000, 1),
    },
    numbersEveryMs: integer(env, 'RELAY_NUMBERS_MS', HOUR, 1000),
    leaseSeconds: integer(env, 'RELAY_LEASE_SECONDS', 300, 1, 86_400),
    retentionMs: integer(env, 'RELAY_RETENTION_MS', 0, 0),
    recordings: {
      // In ms where days are too long to wait for.
      trashMs: integer(env, 'RELAY_TRASH_MS', integer(env, 'RELAY_TRASH_DAYS', 30, 1, 3650) * DAY, 0),
      sweepMs: integer(env, 'RELAY_SWEEP_MS', HOUR, 100, DAY),
    },
    calls: callsOf(env),
  }
}

function twilioOf(env: Env): Config['twilio'] {
  return {
    accountSid: sid(env, 'TWILIO_ACCOUNT_SID', 'AC'),
    authToken: required(env, 'TWILIO_AUTH_TOKEN'),
    authTokenSecondary: env['TWILIO_AUTH_TOKEN_SECONDARY'] || undefined,
    apiKey: sid(env, 'TWILIO_API_KEY', 'SK'),
    apiSecret: required(env, 'TWILIO_API_SECRET'),
    twimlAppSid: sid(env, 'TWILIO_TWIML_APP_SID', 'AP'),
    apiBase: apiBaseOf(env),
    timeoutMs: integer(env, 'RELAY_TWILIO_TIMEOUT_MS', 10_000, 100),
  }
}

function callsOf(env: Env): Config['calls'] {
  return {
    voiceTokenSeconds: integer(env, 'RELAY_VOICE_TOKEN_SECONDS', 3600, 5, 3600),
    ringSeconds: integer(env, 'RELAY_RING_SECONDS', 25, 5, LONGEST_RING_SECONDS),
    outgoingRingSeconds: integer(env, 'RELAY_OUTGOING_RING_SECONDS', 45, 5, 600),
    recordAll: flag(env, 'RELAY_RECORD_ALL'),
    transcribe: flag(env, 'RELAY_TRANSCRIBE', '1'),
    reconcileMs: integer(env, 'RELAY_RECONCILE_MS', 600_000, 100),
    backfillPaceMs: integer(env, 'RELAY_BACKFILL_PACE_MS', 500, 0, 60_000),
  }
}

function storageOf(env: Env): Pick<Config, 'database' | 'busyMs' | 'secret'> {
  const database = required(env, 'RELAY_DATABASE')
  if (/^postgres(ql)?:\/\//.test(database))
    throw new ConfigError('RELAY_DATABASE names a PostgreSQL server, which this relay does not speak yet: name a file.')
  if (/^[a-z]+:\/\//i.test(database)) throw new ConfigError('RELAY_DATABASE is not the path of a file.')
  const secret = required(env, 'RELAY_SECRET')
  if (secret.length < 32) throw new ConfigError('RELAY_SECRET is too short: at least 32 random characters are needed.')
  return { database, busyMs: integer(env, 'RELAY_DATABASE_BUSY_MS', 250, 0, 1000), secret }
}

function serverUrlOf(env: Env): string {
  const url = urlOf(env, 'SERVER_URL')
  if (url.pathname !== '/' || url.search || url.hash)
    throw new ConfigError('SERVER_URL must be an address without path, query or fragment.')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw new ConfigError('SERVER_URL must be https, or http on a loopback address.')
  return url.origin
}

function apiBaseOf(env: Env): string | null {
  if (!env['TWILIO_API_BASE']) return null
  const url = urlOf(env, 'TWILIO_API_BASE')
  if (url.protocol !== 'http:' || !isLoopback(url.hostname) || url.pathname !== '/' || url.search || url.hash)
    throw new ConfigError('TWILIO_API_BASE must be an http URL of a loopback address without a path: it is only for a sandbox.')
  return url.origin
}

const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

const NEEDED = [
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_API_KEY',
  'TWILIO_API_SECRET',
  'TWILIO_TWIML_APP_SID',
  'SERVER_URL',
  'RELAY_HOST',
  'RELAY_PORT',
  'RELAY_DATABASE',
  'RELAY_SECRET',
] as const

/** Whoever sets a relay up learns in one go what it needs. */
function requireAll(env: Env): void {
  const missing = NEEDED.filter((name) => !env[name]?.trim())
  if (missing.length > 1) throw new ConfigError(`${missing.slice(0, -1).join(', ')} and ${missing.at(-1)} are missing.`)
}

function required(env: Env, name: string): string {
  const value = env[name]?.trim()
  if (!value) throw new ConfigError(`${name} is missing.`)
  return value
}

function sid(env: Env, name: string, prefix: 'AC' | 'SK' | 'AP'): string {
  const value = required(env, name)
  if (!isSid(value, prefix)) throw new ConfigError(`${name} is malformed: it is ${prefix} and 32 hexadecimal digits.`)
  return value
}

function urlOf(env: Env, name: string): URL {
  const url = URL.parse(required(env, name))
  if (!url || url.username || url.password) throw new ConfigError(`${name} is malformed: it is a URL without user and password.`)
  return url
}

function integer(env: Env, name: string, fallback: number | undefined, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const text = fallback === undefined ? required(env, name) : env[name] || String(fallback)
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most))
    throw new ConfigError(`${name} is malformed: it is a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}.`)
  return value
}

function logLevelOf(env: Env): LogLevel {
  const level = LOG_LEVELS.find((one) => one === (env['RELAY_LOG_LEVEL'] || 'info'))
  if (!level) throw new ConfigError(`RELAY_LOG_LEVEL is malformed: it is one of ${LOG_LEVELS.join(', ')}.`)
  return level
}

function flag(env: Env, name: string, fallback: '0' | '1' = '0'): boolean {
  const text = env[name] || fallback
  if (text !== '0' && text !== '1') throw new ConfigError(`${name} is malformed: it is 0 or 1.`)
  return text === '1'
}
