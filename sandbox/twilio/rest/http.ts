import type { Engine } from '../engine-port.ts'
import type { Clock } from '../ports.ts'
import type { SandboxAccount } from '../account/account.ts'
import type { Switches } from '../switches.ts'
import type { RestFaults } from './faults.ts'
import type { Listed } from './listed.ts'

/** What one operation may use. */
export interface RestContext {
  account: SandboxAccount
  engine: Engine
  switches: Switches
  clock: Clock
  listed: Listed
  faults: RestFaults
  method: string
  /** Decoded path parameters, by the names of the template. */
  path: Record<string, string>
  /** The request's path with its query, as it came: list answers repeat it. */
  url: string
  query: URLSearchParams
  body: URLSearchParams
  header(name: string): string | undefined
  /** Something to be reported that Twilio would accept all the same. */
  warn: (what: string, code?: number) => void
}

export type RestAnswer =
  | { status: 200 | 201; body: object }
  | { status: 204 }
  /** Recording media, or a redirect to it. */
  | { status: 200 | 206 | 302 | 416; headers: Record<string, string>; bytes?: Uint8Array }

/** One operation of the API. `path` is Twilio's, below /2010-04-01, with {Names}; of other products from their name on (`/pricing/v1/…`). */
export interface Operation {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  run(context: RestContext): RestAnswer | Promise<RestAnswer>
}

/** An answer in Twilio's error envelope. */
export class RestError extends Error {
  readonly code: number
  readonly status: number
  constructor(code: number, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** The envelope of every refused request (facts: the 408 schema of UpdateCallRecording, captures). */
export const envelope = (error: RestError): object => ({
  code: error.code,
  message: error.message,
  more_info: `https://www.twilio.com/docs/errors/${error.code}`,
  status: error.status,
})

export const notFound = (url: string): RestError =>
  new RestError(20404, `The requested resource ${url.split('?')[0] ?? url} was not found`, 404)

/** RFC 2822 as v2010 writes it: `Tue, 31 Aug 2010 20:36:28 +0000`. */
export function rfc2822(at: number): string
export function rfc2822(at: number | null): string | null
export function rfc2822(at: number | null): string | null {
  return at === null ? null : new Date(at).toUTCString().replace('GMT', '+0000')
}

/** ISO 8601 as the newer products write it: `2026-01-01T00:00:00Z`. */
export const iso8601 = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')
