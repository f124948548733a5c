import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Clock } from '../ports.ts'
import type { FailureKind } from './overrides.ts'

export interface Attempt {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body: string
  connectMs: number
  readMs: number
}

/** What became of one attempt: an answer, or why there is none with Twilio's code. */
export type AttemptResult =
  | { ok: true; status: number; headers: Record<string, string | undefined>; body: Buffer }
  | { ok: false; kind: FailureKind; code: number; message: string }

/** More than Twilio reads of any answer; the size rule itself (64 KB, 11750) is the TwiML parser's. */
const MOST_BYTES = 1 << 20

/** One HTTP request over a connection of its own, with separate limits for connecting and for the answer (ms of `clock`). Never rejects. */
export function attempt({ url, method, headers, body, connectMs, readMs }: Attempt, clock: Clock): Promise<AttemptResult> {
  return new Promise((resolve) => {
    let cancelTimer: (() => void) | undefined
    const settle = (result: AttemptResult) => {
      cancelTimer?.()
      resolve(result)
      request.destroy()
    }
    const send = url.startsWith('https:') ? httpsRequest : httpRequest
    const request = send(url, { method, headers: { ...headers, connection: 'close' }, agent: false })
    const limit = (ms: number, kind: FailureKind, code: number, message: string) => {
      cancelTimer?.()
      cancelTimer = clock.later(ms, () => settle({ ok: false, kind, code, message }))
    }
    limit(connectMs, 'ct', 11_205, 'no connection in time')
    const connected = () => limit(readMs, 'rt', 11_200, 'no answer in time')
    request.on('socket', (socket) => {
      if (socket.connecting) socket.once('connect', connected)
      else connected()
    })
    request.on('error', (error: NodeJS.ErrnoException) => settle(failureOf(error)))
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= MOST_BYTES) chunks.push(chunk)
      })
      response.on('error', (error) => settle(failureOf(error)))
      response.on('end', () => {
        const plain = Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
        settle({ ok: true, status: response.statusCode ?? 0, headers: Object.fromEntries(plain), body: Buffer.concat(chunks) })
      })
    })
    request.end(method === 'POST' ? body : undefined)
  })
}

function failureOf(error: NodeJS.ErrnoException): AttemptResult {
  const message = error.code ?? error.message
  if (message === 'ENOTFOUND' || message === 'EAI_AGAIN') return { ok: false, kind: 'ct', code: 11_210, message }
  if (/^(CERT|ERR_TLS|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED)/.test(message)) return { ok: false, kind: 'ct', code: 11_237, message }
  if (message.startsWith('HPE_')) return { ok: false, kind: 'rt', code: 11_206, message }
  return { ok: false, kind: message === 'ECONNRESET' ? 'rt' : 'ct', code: message === 'ECONNRESET' ? 11_200 : 11_205, message }
}
