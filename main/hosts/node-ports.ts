import os from 'node:os'
import { WebSocket } from 'ws'
import type { OpenSocket } from '../ports.ts'

/** A WebSocket of Node: it can carry an Authorization header, which a browser's cannot. */
export const openSocket: OpenSocket = (url, headers, listeners) => {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false, maxPayload: 1024 * 1024, handshakeTimeout: 10_000 })
  let status: number | undefined
  socket.on('open', () => listeners.onOpen())
  socket.on('message', (data: Buffer) => listeners.onMessage(data.toString()))
  socket.on('unexpected-response', (request, response) => {
    status = response.statusCode
    request.destroy()
    socket.terminate() // 'close' follows, which ws leaves to us here
  })
  socket.on('error', () => undefined) // 'close' follows
  socket.on('close', (code, reason) => listeners.onClose({ code, reason: reason.toString(), ...(status === undefined ? {} : { status }) }))
  return {
    send: (text) => socket.send(text),
    close: (code) => socket.close(code),
    terminate: () => socket.terminate(),
  }
}

const addresses = () =>
  Object.values(os.networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter((one) => !one.internal)
    .map((one) => one.address)
    .toSorted()
    .join(' ')

/**
 * Notices that the network or the machine came back: another set of addresses, or a timer that was late because we slept.
 * Node has no event for either.
 */
export function watchNetwork(everyMs = 2000): (listener: () => void) => () => void {
  return (listener) => {
    let before = addresses()
    let last = Date.now()
    const timer = setInterval(() => {
      const now = addresses()
      const hasSlept = Date.now() - last > everyMs * 5
      last = Date.now()
      if (now !== before || hasSlept) listener()
      before = now
    }, everyMs)
    timer.unref()
    return () => clearInterval(timer)
  }
}
