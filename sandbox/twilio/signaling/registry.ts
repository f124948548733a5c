import type { Clock } from '../ports.ts'
import type { DeviceSocket } from './talk.ts'

/** Twilio rings the ten Devices that registered last. */
const MAX_DEVICES = 10

/** Which Devices can be called. */
export interface Registry {
  add(socket: DeviceSocket): void
  /** `isGoodbye`: it said so; else it may count as registered for `ghostMs` more. */
  remove(socket: DeviceSocket, isGoodbye: boolean, ghostMs: number): void
  has(socket: DeviceSocket): boolean
  /** Those to ring, and how many vanished ones still count. */
  of(identity: string): { sockets: DeviceSocket[]; ghosts: number }
  /** Forgets the vanished ones' timers. */
  close(): void
}

/** An empty registry. */
export function createRegistry(clock: Clock): Registry {
  const sockets = new Map<DeviceSocket, string>()
  const ghosts: { identity: string; forget: () => void }[] = []
  const lay = (index: number) => {
    const [ghost] = index < 0 ? [] : ghosts.splice(index, 1)
    ghost?.forget()
  }
  return {
    add(socket) {
      if (sockets.get(socket) === socket.identity) return
      sockets.set(socket, socket.identity)
      // A Device that comes back is no ghost any more.
      lay(ghosts.findIndex(({ identity }) => identity === socket.identity))
    },
    remove(socket, isGoodbye, ghostMs) {
      const identity = sockets.get(socket)
      if (identity === undefined) return
      sockets.delete(socket)
      if (isGoodbye || ghostMs <= 0) return
      const ghost = { identity, forget: clock.later(ghostMs, () => lay(ghosts.indexOf(ghost))) }
      ghosts.push(ghost)
    },
    has: (socket) => sockets.has(socket),
    of: (identity) => ({
      sockets: [...sockets].flatMap(([socket, name]) => (name === identity ? [socket] : [])).slice(-MAX_DEVICES),
      ghosts: ghosts.filter((ghost) => ghost.identity === identity).length,
    }),
    close() {
      for (const { forget } of ghosts.splice(0)) forget()
    },
  }
}
