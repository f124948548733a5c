import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { pino } from 'pino'
import { createSandbox, type SandboxOptions } from '../../../sandbox/app.ts'

/** A whole sandbox, and a server that answers its webhooks with TwiML by path. */
export async function startWorld(twiml: Record<string, string> = {}, options: Partial<SandboxOptions> = {}) {
  const hooks: { path: string; form: URLSearchParams }[] = []
  const relay = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const path = (request.url ?? '').split('?')[0] ?? ''
      hooks.push({ path, form: new URLSearchParams(Buffer.concat(parts).toString()) })
      response.setHeader('content-type', 'text/xml').end(`<Response>${twiml[path] ?? ''}</Response>`)
    })
  }).listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const sandbox = await createSandbox({ port: 0, profile: 'kind', seed: 5, log: pino({ level: 'silent' }), ...options })
  const relayUrl = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`
  for (const number of sandbox.account.state.numbers)
    Object.assign(number, { voiceUrl: `${relayUrl}/voice`, statusCallback: `${relayUrl}/status` })
  return {
    sandbox,
    hooks,
    relayUrl,
    /** A control request: POST when there is a body. */
    control: async (path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${sandbox.url}/control${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    },
    close: async () => {
      await sandbox.close()
      relay.close()
      relay.closeAllConnections()
    },
  }
}
export type World = Awaited<ReturnType<typeof startWorld>>
