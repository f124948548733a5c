import { SnapshotQuery, SnapshotReply, type SnapshotTable } from '../../contract/relay.ts'
import type { DirectoryReads } from '../directory/directory.ts'
import { devicePayload, devicesFor, numberPayload, numbersPageFor } from '../directory/views.ts'
import type { Viewer } from '../events/log.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireUser } from '../plugins/session.ts'
import type { EventLog } from '../ports.ts'

export interface SnapshotPage {
  rows: unknown[]
  next: string | null
}
/** One table as this viewer may see it, in pages. */
export type SnapshotSource = (viewer: Viewer, after: string | undefined, limit: number) => SnapshotPage

const PAGE = 200

/** Directory tables as snapshot sources, ordered by their key. */
export function directorySources(directory: DirectoryReads): Record<Exclude<SnapshotTable, 'calls' | 'records'>, SnapshotSource> {
  return {
    users: (_viewer, after, limit) => pageOf(directory.users(), (user) => user.userId, after, limit),
    numbers(viewer, after, limit) {
      const rows = numbersPageFor(directory, viewer, after ?? '', limit + 1)
      const page = rows.slice(0, limit)
      return { rows: page.map(numberPayload), next: rows.length > limit ? (page.at(-1)?.phoneNumber ?? null) : null }
    },
    devices: (viewer, after, limit) => pageOf(devicesFor(directory, viewer).map(devicePayload), (row) => row.deviceId, after, limit),
  }
}

function pageOf<T>(all: readonly T[], key: (row: T) => string, after: string | undefined, limit: number): SnapshotPage {
  const rest = all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)).filter((row) => after === undefined || key(row) > after)
  const rows = rest.slice(0, limit)
  const last = rows.at(-1)
  return { rows, next: rest.length > rows.length && last ? key(last) : null }
}

/** `GET /api/sync/snapshot?table&after` (RULES R19). Reads between commits: a page and its `asOf` belong together. */
export function addSyncRoutes(app: Relay, { log, sources }: { log: EventLog; sources: Record<SnapshotTable, SnapshotSource> }): void {
  const schema = { querystring: SnapshotQuery, response: { 200: SnapshotReply } }
  app.get('/api/sync/snapshot', { onRequest: requireUser, schema }, ({ query, session }) => {
    const { rows, next } = sources[query.table](session, query.after, PAGE)
    return { epoch: log.epoch, asOf: log.head(), rows, next }
  })
}
