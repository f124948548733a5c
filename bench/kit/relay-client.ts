import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import { WebSocket } from 'ws'

/** Enrolls a device with an invite code, as a desktop does. @returns its session. */
export async function enroll(relayUrl: string, code: string): Promise<{ token: string; device: { identity: string } }> {
  const { publicKey } = generateKeyPairSync('ed25519')
  const body = { code, deviceName: 'bench', publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64url') }
  const answer = await fetch(new URL('/api/auth/enroll', relayUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`enroll: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as { token: string; device: { identity: string } }
}

/** The events socket, past `welcome`. `onEvent` gets the call of each `call.facts`. */
export async function listenToEvents(relayUrl: string, token: string, onEvent: (callId: string) => void): Promise<{ close(): void }> {
  const socket = new WebSocket(`${relayUrl.replace('http', 'ws')}/api/events`, { headers: { authorization: `Bearer ${token}` } })
  await once(socket, 'open')
  const welcome = once(socket, 'message')
  socket.send(JSON.stringify({ type: 'hello', cursor: 0, epoch: null, schema: 1 }))
  await welcome
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as { type: string; id?: number; name?: string; payload?: { callId: string } }
    if (frame.type === 'ping') socket.send(JSON.stringify({ type: 'pong', id: frame.id }))
    if (frame.type === 'event' && frame.name === 'call.facts' && frame.payload) onEvent(frame.payload.callId)
  })
  return { close: () => socket.terminate() }
}

export interface Callback {
  path: string
  body: string
  signature: string
}

/** A callback as bytes on the wire, made before the clock runs: Twilio's work is not what is measured. */
export function bytesOf(url: string, { path, body, signature }: Callback): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    'Content-Type: application/x-www-form-urlencoded',
    'User-Agent: TwilioProxy/1.1',
    `X-Twilio-Signature: ${signature}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/**
 * Posts callbacks over kept-alive connections, one at a time each. Sockets, not Node's HTTP client: that one costs more per request than the
 * peer does, and both sides would measure it.
 */
export async function createPoster(url: string, connections: number) {
  const { hostname, port } = new URL(url)
  const all = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = net.connect({ host: hostname, port: Number(port), noDelay: true })
      await once(socket, 'connect')
      return socket
    }),
  )
  const idle = [...all]
  const waiting: (() => void)[] = []
  return {
    /** Resolves when it was answered. @throws Error unless it was taken (204, which has no body). */
    async post(bytes: Buffer): Promise<void> {
      while (idle.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
      const socket = idle.pop()!
      const answered = new Promise<Buffer>((resolve, reject) => {
        socket.once('data', resolve)
        socket.once('close', reject)
      })
      socket.write(bytes)
      const answer = await answered
      socket.removeAllListeners('close')
      idle.push(socket)
      waiting.shift()?.()
      if (!answer.toString('latin1', 0, 16).startsWith('HTTP/1.1 204')) throw new Error(`callback answered ${answer.toString()}`)
    },
    close: () => all.forEach((socket) => socket.destroy()),
  }
}
