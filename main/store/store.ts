import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { FailureError } from '../../contract/failure.ts'
import type { OutboxTable } from './outbox.ts'
import type { PurchaseTable } from './purchase-table.ts'
import type { Reader } from './reader.ts'
import type { ReleaseTable } from './release-table.ts'
import type { Replica } from './replica.ts'
import { startThread, type Remote } from './store-thread.ts'
import type { StoreRole } from './worker.ts'

/** The profile's data: a replica with one writer and one read-only reader, and the outbox, each in a thread of its own. */
export interface Store {
  replica: Remote<Replica>
  reader: Remote<Reader>
  outbox: Remote<OutboxTable>
  /** In the outbox's file, and its thread. */
  purchases: Remote<PurchaseTable>
  /** Likewise. */
  releases: Remote<ReleaseTable>
  close: () => Promise<void>
}

/**
 * Opens app.db and outbox.db in the profile's folder, which is made when it is not there.
 * @throws FailureError `store-failed`, `schema-too-new`
 */
export async function openStore(folder: string): Promise<Store> {
  const file = path.join(folder, 'app.db')
  const opened: { close: () => Promise<void> }[] = []
  const open = async <C extends object>(role: StoreRole, of: string) => {
    const thread = await startThread<C>({ role, file: of })
    opened.push(thread)
    return thread.commands
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const outboxIsOpen = open<OutboxTable & PurchaseTable & ReleaseTable>('outbox', path.join(folder, 'outbox.db'))
    outboxIsOpen.catch(() => undefined) // heard below, unless the writer fails first
    const replica = await open<Replica>('writer', file)
    const reader = await open<Reader>('reader', file) // after the writer: it can neither create nor migrate
    const outbox = await outboxIsOpen
    const close = async () => {
      for (const thread of opened.toReversed()) await thread.close() // the reader first: only a writer can fold the WAL in
    }
    return { replica, reader, outbox, purchases: outbox, releases: outbox, close }
  } catch (error) {
    await Promise.allSettled(opened.map((thread) => thread.close()))
    throw error instanceof FailureError ? error : new FailureError('store-failed', String(error))
  }
}
