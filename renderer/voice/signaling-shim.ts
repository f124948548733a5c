const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** The URL when it names a WebSocket on this machine, else undefined: signaling is never sent elsewhere but to Twilio. */
export function loopbackSignaling(url: string | null): string | undefined {
  if (!url || !URL.canParse(url)) return undefined
  const { protocol, hostname } = new URL(url)
  return protocol === 'ws:' && LOOPBACK.has(hostname) ? url : undefined
}

const isTwilioSignaling = (url: string | URL) => /^wss:\/\/[a-z0-9.-]+\.twilio\.com\/signal$/.test(String(url))

/**
 * Sends the SDK's signaling to a sandbox on this machine. The SDK copies `WebSocket` when its module is evaluated, hence this comes first.
 * A subclass, so that OPEN and CONNECTING stay; every Twilio edge is mapped, since a live call reconnects to a named one.
 */
export function installSignalingShim(scope: { WebSocket: typeof WebSocket }, signalingUrl: string): void {
  scope.WebSocket = class extends scope.WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(isTwilioSignaling(url) ? signalingUrl : url, protocols)
    }
  }
}
