import type { Clock, Presence } from '../ports.ts'

export interface Claim {
  registered: boolean
  microphone: string
}

/** What the sockets say of one device's reachability. */
export interface PresenceSource {
  deviceId: string
  /** ms since 1970 of the last pong (or hello). */
  pongAt(): number
  claim(): Claim | undefined
}

/** Evidence of reachability from live sockets (RULES R27). A device may have several; its claim is the newest socket's. */
export function createPresence(clock: Clock): Presence & { add(source: PresenceSource): () => void } {
  const byDevice = new Map<string, Set<PresenceSource>>()
  const of = (deviceId: string) => [...(byDevice.get(deviceId) ?? [])]
  return {
    add(source) {
      const sources = byDevice.get(source.deviceId) ?? new Set()
      byDevice.set(source.deviceId, sources.add(source))
      return () => {
        sources.delete(source)
        if (sources.size === 0 && byDevice.get(source.deviceId) === sources) byDevice.delete(source.deviceId)
      }
    },
    isConnected: (deviceId) => byDevice.has(deviceId),
    pongAgeMs: (deviceId) => clock.now().getTime() - Math.max(-Infinity, ...of(deviceId).map((source) => source.pongAt())),
    claim: (deviceId) =>
      of(deviceId)
        .findLast((source) => source.claim() !== undefined)
        ?.claim(),
  }
}
