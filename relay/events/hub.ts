import type { WebSocket } from 'ws'
import { closeCodes } from '../../contract/frames.ts'
import type { Presence, StoredEvent } from '../ports.ts'
import { createLink, frameOf, type Link, type LinkDeps, type LinkOptions, type LinkSession } from './link.ts'
import { createPresence } from './presence.ts'

export interface Hub {
  presence: Presence
  size(): number
  /** Takes over an upgraded socket of this session. */
  connect(socket: WebSocket, session: LinkSession): void
  close(): void
}

/**
 * All sockets of `GET /api/events`. Events reach those of their audience after the commit; what an event takes away closes sockets in
 * the same turn: a revoked device (4004), a user whose access changed (4003).
 */
export function createHub(deps: LinkDeps, options: LinkOptions): Hub {
  const registry = createRegistry()
  const presence = createPresence(deps.clock)
  const publish = (event: StoredEvent) => {
    const frame = frameOf(event)
    for (const link of registry.audienceOf(event)) link.push(frame)
    const end = endedBy(event)
    if (!end) return
    const ended = [...registry.ofUser(end.userId)].filter((link) => end.deviceId === undefined || end.deviceId === link.deviceId)
    for (const link of ended) link.close(end.code, end.why)
  }
  const unsubscribe = deps.log.subscribe((events) => events.forEach(publish))
  const tickMs = Math.max(10, Math.min(250, options.pingMs / 10, options.helloMs / 10))
  const timer = setInterval(() => {
    for (const link of registry.all()) link.tick()
  }, tickMs)
  return {
    presence,
    size: () => registry.all().size,
    connect(socket, session) {
      const link = createLink(socket, session, deps, options)
      const leave = [registry.add(link), presence.add(link)]
      socket.once('close', () => leave.forEach((undo) => undo()))
    },
    close() {
      unsubscribe()
      clearInterval(timer)
      for (const link of registry.all()) link.close(closeCodes.shuttingDown, 'the relay is shutting down')
    },
  }
}

/** Whose sockets an event closes, if any. */
function endedBy(event: StoredEvent): { userId: string; deviceId?: string; code: number; why: string } | undefined {
  if (event.type === 'access.changed') return { userId: event.payload.userId, code: closeCodes.accessChanged, why: 'access changed' }
  if (event.type === 'user.changed' && !event.payload.isActive)
    return { userId: event.payload.userId, code: closeCodes.revoked, why: 'user inactive' }
  if (event.type !== 'device.changed' || !event.payload.isRevoked) return undefined
  const { userId, deviceId } = event.payload
  return { userId, deviceId, code: closeCodes.revoked, why: 'device revoked' }
}

/** Links by what events ask for: an event for one user does not look at five thousand sockets. */
function createRegistry() {
  const links = new Set<Link>()
  const managers = new Set<Link>()
  const byUser = new Map<string, Set<Link>>()
  const ofUser = (userId: string): ReadonlySet<Link> => byUser.get(userId) ?? new Set()
  return {
    all: (): ReadonlySet<Link> => links,
    ofUser,
    audienceOf({ audience }: StoredEvent): Iterable<Link> {
      if (audience.kind === 'all') return links
      if (audience.kind === 'managers') return managers
      return new Set([...managers, ...audience.userIds.flatMap((userId) => [...ofUser(userId)])])
    },
    add(link: Link): () => void {
      const { userId, role } = link.viewer
      const mine = byUser.get(userId) ?? new Set<Link>()
      byUser.set(userId, mine.add(link))
      links.add(link)
      if (role === 'manager') managers.add(link)
      return () => {
        for (const set of [links, managers, mine]) set.delete(link)
        if (mine.size === 0 && byUser.get(userId) === mine) byUser.delete(userId)
      }
    },
  }
}
