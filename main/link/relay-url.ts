import { FailureError } from '../../contract/failure.ts'
import type { VoiceEdge } from '../../contract/relay.ts'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
export const isLoopback = (url: URL): boolean => LOOPBACK.has(url.hostname)

/** A relay's address as a person wrote it, as an origin. https, or http on this machine. @throws FailureError `relay-url-invalid` */
export function relayOrigin(text: string): string {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text.trim()) ? text.trim() : `https://${text.trim()}`)
  if (!url || !url.hostname) throw new FailureError('relay-url-invalid', 'not an address')
  if (url.username || url.password) throw new FailureError('relay-url-invalid', 'an address with a password in it')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url)))
    throw new FailureError('relay-url-invalid', 'https is needed, except on this machine')
  return url.origin
}

/**
 * Where the Voice SDK is sent. A relay may name addresses on this machine (a sandbox) and none elsewhere, or it could route calls past
 * Twilio. @throws FailureError `relay-refused`
 */
export function checkedEdge(edge: VoiceEdge): VoiceEdge {
  for (const [text, protocols] of [
    [edge.signalingUrl, ['ws:']],
    [edge.soundsUrl, ['http:']],
  ] as const) {
    if (text === null) continue
    const url = URL.parse(text)
    if (!url || !isLoopback(url) || !protocols.includes(url.protocol as never))
      throw new FailureError('relay-refused', 'the relay names a voice address that is not on this machine')
  }
  return edge
}
