import { randomUUID } from 'node:crypto'
import type { Account } from '../engine-port.ts'
import type { Clock } from '../ports.ts'
import type { Switches } from '../switches.ts'
import { attempt, type AttemptResult } from './http-attempt.ts'
import { parseOverrides, type ConnectionOverrides } from './overrides.ts'
import { createCallbackQueue } from './callback-queue.ts'
import { signWebhook, type Pairs } from './sign.ts'

export interface WebhookRequest {
  url: string
  method: 'GET' | 'POST'
  params: Pairs
  callSid: string
}

/** An answer with a 2xx status, or what went wrong with Twilio's code. `url` is the one that was asked last (redirects followed). */
export type WebhookResult =
  | { ok: true; status: number; contentType: string; body: Buffer; url: string }
  | { ok: false; code: number; message: string; url: string; status?: number }

export interface JournalEntry {
  at: string
  url: string
  params: Record<string, string>
  /** 0: no answer. */
  status: number
  ms: number
  attempt: number
  callSid: string
}

/** What tests and the handset page do to webhooks. Counts go down to 0 as they are used up. */
export interface WebhookFaults {
  /** So many of the next requests get lost on the way: nobody hears of them, callbacks are not repeated. */
  dropNext?: number
  /** Every request is that late, in ms. */
  delayMs?: number
  /** Every answer counts as this status, whatever the receiver said. */
  status?: number
  /** So many of the next callbacks arrive twice. */
  duplicate?: number
  /** So many of the next callbacks are held back up to a second, so that later ones of the same leg overtake them. */
  reorder?: number
}

export interface Webhooks {
  /** Asks for TwiML and waits: at most 15 s with all retries and redirects. */
  ask(request: WebhookRequest): Promise<WebhookResult>
  /** Tells of something, later, without waiting for anybody. */
  tell(request: WebhookRequest): void
  faults: WebhookFaults
  /** The newest requests, oldest first. */
  journal(): JournalEntry[]
  /** Sends nothing more. */
  close(): void
}

export interface WebhookDeps {
  account: Pick<Account, 'accountSid' | 'authToken' | 'ledger'>
  switches: () => Switches
  clock: Clock
  random: () => number
}

const HARD_LIMIT_MS = 15_000
const MOST_REDIRECTS = 10
const JOURNAL_LENGTH = 500

/** The side of Twilio that calls our server. */
export function createWebhooks({ account, switches, clock, random }: WebhookDeps): Webhooks {
  const journal: JournalEntry[] = []
  const faults: WebhookFaults = {}
  let isClosed = false
  const note = (entry: JournalEntry) => {
    journal.push(entry)
    if (journal.length > JOURNAL_LENGTH) journal.shift()
  }
  const wire: Wire = { account, switches, clock, faults, note }
  const tell = async (request: WebhookRequest) => {
    if (takeLoss(faults)) return
    const result = await deliver(wire, request)
    if (!result.ok) warn(account, request.callSid, result)
  }
  const queue = createCallbackQueue({ switches, clock, random, faults, send: tell })
  return {
    faults,
    journal: () => [...journal],
    ask(request) {
      // The sandbox is shutting down: no answer will come, and nothing shall be reported of it.
      if (isClosed) return new Promise(() => undefined)
      if (!takeLoss(faults)) return deliver(wire, request)
      return Promise.resolve({ ok: false, code: 11_200, message: 'lost by a fault', url: request.url })
    },
    tell: (request) => queue.add(request.callSid, request),
    close() {
      isClosed = true
      queue.close()
    },
  }
}

function takeLoss(faults: WebhookFaults): boolean {
  if (!faults.dropNext) return false
  faults.dropNext -= 1
  return true
}

/** A callback that its receiver refused is only a warning (15003); one that did not arrive has the code of the reason. */
function warn(account: WebhookDeps['account'], callSid: string, failure: Extract<WebhookResult, { ok: false }>): void {
  const { code, message, url, status } = failure
  account.ledger({ kind: 'warning', what: `callback: ${message}`, callSid, code: status ? 15_003 : code, details: { url } })
}

interface Wire extends Omit<WebhookDeps, 'random'> {
  faults: WebhookFaults
  note(entry: JournalEntry): void
}

/** Attempts, retries and redirects of one webhook, within its total limit. */
async function deliver(wire: Wire, request: WebhookRequest): Promise<WebhookResult> {
  const { url, overrides } = parseOverrides(request.url)
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return { ok: false, code: 11_100, message: 'invalid URL', url }
  if (wire.faults.delayMs) await sleep(wire.clock, wire.faults.delayMs)
  const until = wire.clock.now() + Math.min(overrides.totalMs, HARD_LIMIT_MS)
  const token = randomUUID()
  let target = { ...request, url }
  let result: WebhookResult = { ok: false, code: 11_200, message: 'no time left', url }
  for (let tries = 0, redirects = 0; tries <= overrides.retries; tries++) {
    const left = until - wire.clock.now()
    if (left <= 0) break
    const outcome = await tryOnce(wire, target, { overrides, left, token, tries })
    const location = outcome.ok && outcome.status >= 300 && outcome.status < 400 ? outcome.headers['location'] : undefined
    if (location) {
      if (++redirects > MOST_REDIRECTS) return { ok: false, code: 11_215, message: 'too many redirects', url: target.url }
      // A redirect is followed with GET; the POST fields are lost.
      target = { ...target, url: parseOverrides(new URL(location, target.url).href).url, method: 'GET', params: [] }
      tries--
      continue
    }
    result = resultOf(outcome, target.url)
    if (result.ok || !overrides.retryOn.has(kindOf(outcome))) return result
  }
  return result
}

async function tryOnce(
  wire: Wire,
  { url, method, params, callSid }: WebhookRequest,
  { overrides, left, token, tries }: { overrides: ConnectionOverrides; left: number; token: string; tries: number },
): Promise<AttemptResult> {
  const startedAt = wire.clock.now()
  const full = method === 'GET' && params.length ? withQuery(url, params) : url
  const outcome = await attempt(
    {
      url: full,
      method,
      headers: headersOf(wire, full, method === 'GET' ? [] : params, token, tries),
      body: form(params),
      connectMs: Math.min(overrides.connectMs, left),
      readMs: Math.min(overrides.readMs, left),
    },
    wire.clock,
  )
  const seen: AttemptResult = outcome.ok && wire.faults.status ? { ...outcome, status: wire.faults.status } : outcome
  wire.note({
    at: new Date(startedAt).toISOString(),
    url: full,
    params: Object.fromEntries(params),
    status: seen.ok ? seen.status : 0,
    ms: wire.clock.now() - startedAt,
    attempt: tries,
    callSid,
  })
  return seen
}

function headersOf({ account, switches }: Wire, url: string, params: Pairs, token: string, tries: number): Record<string, string> {
  const mode = switches().idempotencyToken
  return {
    'x-twilio-signature': signWebhook(account.authToken(), url, params),
    ...(mode === 'always' || (mode === 'retries' && tries > 0) ? { 'i-twilio-idempotency-token': token } : {}),
    'user-agent': 'TwilioProxy/1.1',
    accept: '*/*',
    'cache-control': 'max-age=259200',
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
  }
}

function resultOf(outcome: AttemptResult, url: string): WebhookResult {
  if (!outcome.ok) return { ok: false, code: outcome.code, message: outcome.message, url }
  const { status, headers, body } = outcome
  if (status < 200 || status > 299) return { ok: false, code: 11_200, message: `status ${status}`, url, status }
  return { ok: true, status, contentType: headers['content-type'] ?? '', body, url }
}

function kindOf(outcome: AttemptResult) {
  if (!outcome.ok) return outcome.kind
  return outcome.status >= 500 ? '5xx' : '4xx'
}

const form = (params: Pairs): string => new URLSearchParams(params.map(([name, value]): [string, string] => [name, value])).toString()

const withQuery = (url: string, params: Pairs): string => url + (url.includes('?') ? '&' : '?') + form(params)

const sleep = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => void clock.later(ms, resolve))
