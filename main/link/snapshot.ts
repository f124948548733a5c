import { SnapshotReply, snapshotTables, type SnapshotTable } from '../../contract/relay.ts'
import { FailureError } from '../../contract/failure.ts'
import type { Store } from '../store/store.ts'
import type { SessionService } from './session.ts'
import { wait } from './wait.ts'

export interface SnapshotOptions {
  session: Pick<SessionService, 'request'>
  replica: Store['replica']
  onCalls: (callIds: string[]) => void
  /** How long before a page is asked for again that passingly failed so many times, ms. */
  pauseMs: (failed: number) => number
}

/** So many calls are looked at in one transaction, whether they may still be seen: at most some 50 ms. */
const PIECE = 500
/** So often in a row a page is asked for again: after a request for patience, and after no answer. */
const MOST_WAITS = 10
const MOST_TRIES = 4
/** No wait is longer, whatever the relay asks, ms. */
const LONGEST_MS = 120_000

/**
 * Takes everything this user may see, table by table, and deletes what was not shown (RULES R19, R20). The log is followed from the
 * first page's position on, so that nothing that happened meanwhile is missed. A page that passingly fails is asked for again; broken off,
 * it begins anew.
 */
export async function takeSnapshot(options: SnapshotOptions, signal: AbortSignal): Promise<void> {
  const { replica, onCalls } = options
  await replica.snapshotBegin()
  let first: { epoch: string; asOf: number } | undefined
  for (const table of snapshotTables) {
    let after: string | null = null
    do {
      const page: SnapshotReply = await askPage(options, pathOf(table, after), first !== undefined, signal)
      first ??= { epoch: page.epoch, asOf: page.asOf }
      if (page.epoch !== first.epoch) throw new Error('the log was replaced during the snapshot')
      const changed = await replica.snapshotRows(table, page.rows)
      if (changed.length > 0) onCalls(changed)
      after = page.next
    } while (after !== null)
  }
  if (!first) return
  await purge(options, signal)
  const gone = await replica.snapshotFinish(first.epoch, first.asOf)
  if (gone.length > 0) onCalls(gone)
}

/** Calls that were not shown, in pieces. */
async function purge({ replica, onCalls }: SnapshotOptions, signal: AbortSignal): Promise<void> {
  for (let isDone = false; !isDone;) {
    const piece = await replica.snapshotPurge(PIECE)
    signal.throwIfAborted()
    if (piece.callIds.length > 0) onCalls(piece.callIds)
    isDone = piece.isDone
  }
}

/** How long to wait before this page is asked for again, ms; undefined when that makes no sense. Where nothing was taken nothing is lost. */
function waitOf(error: unknown, failed: number, hasBegun: boolean, { pauseMs }: SnapshotOptions): number | undefined {
  if (!(error instanceof FailureError)) return undefined
  const { waitMs } = error.details ?? {}
  if (error.code === 'rate-limited' && failed <= MOST_WAITS)
    return Math.min(LONGEST_MS, (typeof waitMs === 'number' ? waitMs : 0) + pauseMs(failed))
  return error.code === 'relay-unreachable' && hasBegun && failed < MOST_TRIES ? pauseMs(failed) : undefined
}

/** @throws FailureError as `session.request`, or the signal's reason */
async function askPage(options: SnapshotOptions, path: string, hasBegun: boolean, signal: AbortSignal): Promise<SnapshotReply> {
  for (let failed = 1; ; failed++) {
    try {
      const page = await options.session.request({ method: 'GET', path }, SnapshotReply)
      signal.throwIfAborted()
      return page
    } catch (error) {
      signal.throwIfAborted()
      const ms = waitOf(error, failed, hasBegun, options)
      if (ms === undefined) throw error
      await wait(ms, signal)
      signal.throwIfAborted()
    }
  }
}

const pathOf = (table: SnapshotTable, after: string | null) =>
  `/api/sync/snapshot?${new URLSearchParams({ table, ...(after === null ? {} : { after }) }).toString()}`
