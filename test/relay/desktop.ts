import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { ClientFrame, ServerFrame } from '../../contract/frames.ts'

export type EventFrame = Extract<ServerFrame, { type: 'event' }>

/** A desktop's end of `GET /api/events`, over a real socket. */
export function openDesktop(url: string, headers: Record<string, string>) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/events`, { headers })
  const frames: ServerFrame[] = []
  const answers = { pongs: true }
  const closed = once(socket, 'close').then(([code]) => code as number)
  const send = (frame: ClientFrame) => socket.send(JSON.stringify(frame))
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as ServerFrame
    if (frame.type === 'ping' && answers.pongs) send({ type: 'pong', id: frame.id })
    frames.push(frame)
  })
  socket.on('error', () => undefined)
  async function until<T>(find: () => T | undefined | false): Promise<T> {
    for (let tries = 0; tries < 2000; tries++) {
      const found = find()
      if (found !== undefined && found !== false) return found
      await sleep(10)
    }
    throw new Error(`not seen in 20 s; got ${JSON.stringify(frames.slice(-5))}`)
  }
  const frame = <T extends ServerFrame['type']>(type: T) =>
    until(() => frames.find((one): one is Extract<ServerFrame, { type: T }> => one.type === type))
  return {
    socket,
    frames,
    answers,
    closed,
    send,
    until,
    frame,
    opened: () => once(socket, 'open'),
    events: () => frames.filter((one): one is EventFrame => one.type === 'event'),
    async hello(cursor = 0, epoch: string | null = null) {
      await once(socket, 'open')
      send({ type: 'hello', cursor, epoch, schema: 1 })
    },
  }
}
export type Desktop = ReturnType<typeof openDesktop>
