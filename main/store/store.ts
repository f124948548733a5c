import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { FailureError } from '../../contract/failure.ts'
import type { Holder } from './backup-files.ts'
import type { OutboxTable } from './outbox.ts'
import type { PurchaseTable } from './purchase-table.ts'
import type { Reader } from './reader.ts'
import { isBroken, recover, type Recovery } from './recovery.ts'
import type { ReleaseTable } from './release-table.ts'
import type { Replica } from './replica.ts'
import { startThread, type Remote, type StoreThread } from './store-thread.ts'

/** The profile's data: a replica with one writer and one read-only reader, and the outbox, each in a thread of its own. */
export interface Store {
  replica: Remote<Replica>
  reader: Remote<Reader>
  outbox: Remote<OutboxTable>
  /** In the outbox's file, and its thread. */
  purchases: Remote<PurchaseTable>
  /** Likewise. */
  releases: Remote<ReleaseTable>
  /** app.db was broken when it was opened, and has been replaced. */
  recovered: Recovery | null
  /** The store was not closed last time. */
  wasUnclean: boolean
  /** Closes app.db, lets `work` put another in its place, and opens that. What is asked meanwhile waits. The outbox stays open. */
  replace: <T>(work: () => Promise<T>) => Promise<T>
  close: () => Promise<void>
}

interface App {
  writer: StoreThread<Replica>
  reader: StoreThread<Reader>
}

/** While it is there the store is open, or was not closed. */
const MARK = 'app.open'

async function openApp(file: string): Promise<App> {
  const writer = await startThread<Replica>({ role: 'writer', file })
  try {
    return { writer, reader: await startThread<Reader>({ role: 'reader', file }) } // after the writer: it can neither create nor migrate
  } catch (error) {
    await writer.close().catch(() => undefined)
    throw error
  }
}

// The reader first: only a writer can fold the WAL in.
async function closeApp({ writer, reader }: App): Promise<void> {
  await reader.close()
  await writer.close()
}

/** A broken file is put aside, and the newest sound backup opened. @throws FailureError */
async function openOrRecover(folder: string, file: string, holder: Holder | undefined): Promise<{ app: App; recovered: Recovery | null }> {
  try {
    return { app: await openApp(file), recovered: null }
  } catch (error) {
    if (!isBroken(error)) throw error
    const recovered = await recover(folder, new Date(), holder)
    const app = await openApp(file)
    await app.writer.commands.markStale()
    return { app, recovered }
  }
}

/** Commands of whichever thread is open now. */
function through<C extends object>(current: () => Promise<StoreThread<C>>): Remote<C> {
  return new Proxy({} as Remote<C>, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then'
        ? async (...args: unknown[]) => {
            const { commands } = await current()
            return (commands as Record<string, (...given: unknown[]) => unknown>)[name]?.(...args)
          }
        : undefined,
  })
}

/**
 * Opens app.db and outbox.db in the profile's folder, which is made when it is not there. An app.db that is broken is replaced by a copy of
 * who is signed in.
 * @throws FailureError `store-failed`, `schema-too-new`
 */
export async function openStore(folder: string, holder?: Holder): Promise<Store> {
  const file = path.join(folder, 'app.db')
  const mark = path.join(folder, MARK)
  let outbox: StoreThread<OutboxTable & PurchaseTable & ReleaseTable> | undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const wasUnclean = existsSync(mark)
    writeFileSync(mark, '')
    const opening = startThread<OutboxTable & PurchaseTable & ReleaseTable>({ role: 'outbox', file: path.join(folder, 'outbox.db') })
    opening.then((thread) => (outbox = thread)).catch(() => undefined) // heard below, unless the writer fails first
    const { app, recovered } = await openOrRecover(folder, file, holder)
    const { commands } = (outbox = await opening)
    const handles = createHandles(file, app)
    const close = async () => {
      await handles.close()
      await outbox?.close()
      rmSync(mark, { force: true })
    }
    return { ...handles, outbox: commands, purchases: commands, releases: commands, recovered, wasUnclean, close }
  } catch (error) {
    await outbox?.close().catch(() => undefined)
    throw error instanceof FailureError ? error : new FailureError('store-failed', String(error))
  }
}

/** The replica's threads, which can be exchanged for those of another file. */
function createHandles(file: string, opened: App): Pick<Store, 'replica' | 'reader' | 'replace' | 'close'> {
  let current: Promise<App> = Promise.resolve(opened)
  return {
    replica: through(async () => (await current).writer),
    reader: through(async () => (await current).reader),
    replace<T>(work: () => Promise<T>): Promise<T> {
      const before = current
      const done = before.then(closeApp).then(work)
      // Whatever became of the work: some file is there, or begins anew.
      current = done.then(
        () => openApp(file),
        () => openApp(file),
      )
      current.catch(() => undefined) // each command says so
      return done.then(async (value) => {
        await current
        return value
      })
    },
    close: async () => closeApp(await current),
  }
}
