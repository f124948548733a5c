import { Value } from 'typebox/value'
import { Failure, FailureError } from '../../contract/failure.ts'
import type { Ports } from '../ports.ts'
import { refusal } from './relay-http.ts'
import type { SessionService } from './session.ts'

export interface StreamRequest {
  method?: 'GET' | 'PUT' | 'DELETE'
  path: string
  headers?: Record<string, string>
  body?: Uint8Array<ArrayBuffer> | string
  signal: AbortSignal
}

/** Sends a request with the session and resolves when the answer has begun; its body is the caller's to read or to cancel. */
export type RelayStream = (request: StreamRequest) => Promise<Response>

/** A request's time limit is for the answer's beginning: the body may take as long as it moves. Aborts with `signal`, too. */
export function untilBegun(ms: number, signal: AbortSignal): { signal: AbortSignal; begun: () => void } {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new DOMException('no answer in time', 'TimeoutError')), ms)
  return { signal: AbortSignal.any([signal, late.signal]), begun: () => clearTimeout(timer) }
}

/**
 * What `session.request` is for JSON, for bodies of any size and kind.
 * @throws FailureError `not-signed-in`, `relay-unreachable` (no answer, or aborted), the relay's own code, or `relay-refused`
 */
export function createRelayStream(
  fetch: Ports['fetch'],
  session: Pick<SessionService, 'record' | 'token' | 'refresh'>,
  beginMs: number,
): RelayStream {
  async function send({ method = 'GET', path, headers, body, signal }: StreamRequest, token: string): Promise<Response> {
    const relayUrl = session.record()?.relayUrl
    if (relayUrl === undefined) throw new FailureError('not-signed-in')
    const limit = untilBegun(beginMs, signal)
    try {
      return await fetch(new URL(path, relayUrl), {
        method,
        redirect: 'error', // a session's token goes to the relay and nowhere else
        signal: limit.signal,
        headers: { ...headers, authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body }),
      })
    } catch (error) {
      throw new FailureError('relay-unreachable', error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    } finally {
      limit.begun()
    }
  }

  return async (request) => {
    const token = await session.token()
    let response = await send(request, token)
    if (response.status === 401) {
      await response.body?.cancel()
      response = await send(request, await session.refresh())
    }
    if (response.ok) return response
    const text = await response.text().catch(() => '')
    throw refusal(response.status, parse(text))
  }
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return Value.Check(Failure, value) ? value : undefined
  } catch {
    return undefined
  }
}
