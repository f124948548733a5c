import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { retryAfterMs } from '../../base/retry-after.ts'
import { Failure, FailureError, failureCodes, type FailureCode } from '../../contract/failure.ts'
import type { Ports } from '../ports.ts'
import type { RelayClock } from './relay-clock.ts'

export interface RelayRequest {
  method: 'GET' | 'POST' | 'PUT'
  path: string
  body?: object
  token?: string
}

/** Sends one request to a relay and resolves with its answer, checked. */
export type RelayHttp = <T extends TSchema>(relayUrl: string, request: RelayRequest, schema: T) => Promise<Static<T>>

const isCode = (code: string): code is FailureCode => Object.hasOwn(failureCodes, code)

/**
 * The relay's own word where it gave one; else what the status means. Without that word it may be a proxy's: nothing final follows.
 * `waitMs`: what its `Retry-After` asks, kept in the failure's details.
 */
export function refusal(status: number, body: unknown, waitMs?: number): FailureError {
  const details = waitMs === undefined ? { status } : { status, waitMs }
  if (Value.Check(Failure, body) && isCode(body.code)) return new FailureError(body.code, body.message, { ...body.details, ...details })
  if (status === 429) return new FailureError('rate-limited', 'the relay asks for patience', details)
  if (status === 401 || status >= 500) return new FailureError('relay-unreachable', `the relay answered ${status}`, { status })
  return new FailureError('relay-refused', `the relay answered ${status}`, { status })
}

/**
 * @throws FailureError `relay-unreachable` (no answer in time, 5xx, or a 401 that is not the relay's), the relay's own code, or `relay-refused` when the answer is
 * not what a relay of ours says
 */
export function createRelayHttp(ports: Pick<Ports, 'fetch'>, clock: RelayClock, timeoutMs: number): RelayHttp {
  return async (relayUrl, { method, path, body, token }, schema) => {
    const answer = await ports
      .fetch(new URL(path, relayUrl), {
        method,
        redirect: 'error', // a session's token goes to the relay and nowhere else
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      .then(async (response) => ({ response, text: await response.text() }))
      .catch((error: unknown) => {
        throw new FailureError('relay-unreachable', error instanceof Error ? `${error.name}: ${error.message}` : String(error))
      })
    const { response, text } = answer
    // Whole seconds only: enough for a signed refresh; `welcome` says it in milliseconds.
    if (Math.abs(Date.parse(response.headers.get('date') ?? '') - clock.now().getTime()) > 2000) clock.note(response.headers.get('date'))
    const value = parse(text)
    if (!response.ok) throw refusal(response.status, value, retryAfterMs(response.headers.get('retry-after'), Date.now()))
    if (!Value.Check(schema, value)) throw new FailureError('relay-refused', `${path}: the answer is not what a relay says`)
    return value
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
