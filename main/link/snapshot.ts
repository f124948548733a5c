import { SnapshotReply, snapshotTables, type SnapshotTable } from '../../contract/relay.ts'
import type { Store } from '../store/store.ts'
import type { SessionService } from './session.ts'

export interface SnapshotOptions {
  session: Pick<SessionService, 'request'>
  replica: Store['replica']
  onCalls: (callIds: string[]) => void
}

/**
 * Takes everything this user may see, table by table, and deletes what was not shown (RULES R19, R20). The log is followed from the
 * first page's position on, so that nothing that happened meanwhile is missed. Broken off, it begins anew.
 */
export async function takeSnapshot({ session, replica, onCalls }: SnapshotOptions, signal: AbortSignal): Promise<void> {
  await replica.snapshotBegin()
  let first: { epoch: string; asOf: number } | undefined
  for (const table of snapshotTables) {
    let after: string | null = null
    do {
      const page: SnapshotReply = await session.request({ method: 'GET', path: pathOf(table, after) }, SnapshotReply)
      signal.throwIfAborted()
      first ??= { epoch: page.epoch, asOf: page.asOf }
      if (page.epoch !== first.epoch) throw new Error('the log was replaced during the snapshot')
      const changed = await replica.snapshotRows(table, page.rows)
      if (changed.length > 0) onCalls(changed)
      after = page.next
    } while (after !== null)
  }
  if (!first) return
  const gone = await replica.snapshotFinish(first.epoch, first.asOf)
  if (gone.length > 0) onCalls(gone)
}

const pathOf = (table: SnapshotTable, after: string | null) =>
  `/api/sync/snapshot?${new URLSearchParams({ table, ...(after === null ? {} : { after }) }).toString()}`
