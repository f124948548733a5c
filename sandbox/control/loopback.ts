import type { IncomingMessage } from 'node:http'

const names = new Set(['127.0.0.1', 'localhost', '[::1]', '::1', '::ffff:127.0.0.1'])

/** The host of an Origin or Host header without its port. */
const hostOf = (text: string): string => text.replace(/^https?:\/\//, '').replace(/:\d+$/, '')

/** Whether an Origin is a page of this machine; pages elsewhere must not steer the sandbox. */
export const isLoopbackOrigin = (origin: string): boolean => names.has(hostOf(origin))

/** Whether a request comes from this machine, was addressed to it by a loopback name (no DNS rebinding), and not from a foreign page. */
export function isLoopback({ socket, headers }: IncomingMessage): boolean {
  if (!names.has(socket.remoteAddress ?? '') || !names.has(hostOf(headers.host ?? ''))) return false
  return headers.origin === undefined || isLoopbackOrigin(headers.origin)
}
