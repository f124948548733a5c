// Entry of the store's worker threads: SQLite is synchronous and must not block the thread that answers the bridge.
import { parentPort, workerData } from 'node:worker_threads'
import { migrate } from './migrate.ts'
import { appMigrations, outboxMigrations } from './migrations/index.ts'
import { openDatabase, type Connection } from './open-database.ts'
import { createOutboxTable } from './outbox.ts'
import { createKeeper } from './keeper.ts'
import { createPurchaseTable } from './purchase-table.ts'
import { createReader } from './reader.ts'
import { createReleaseTable } from './release-table.ts'
import { createReplica } from './replica.ts'

export type StoreRole = 'writer' | 'reader' | 'outbox' | 'keeper'
export interface WorkerData {
  role: StoreRole
  file: string
}
export interface StoreRequest {
  id: number
  name: string
  args: unknown[]
}
export interface StoreReply {
  id: number
  value?: unknown
  error?: string
}

type Commands = Record<string, (...args: never[]) => unknown>

/** Opens a role's file, and brings it up to date where the role may write. */
const open: Record<StoreRole, (file: string) => { db: Connection; commands: Commands }> = {
  writer(file) {
    const db = openDatabase(file)
    migrate(db, appMigrations)
    const commands = createReplica(db)
    commands.applyKept()
    while (commands.indexCalls(2000) > 0); // lists and searches are whole from the first on
    return { db, commands }
  },
  outbox(file) {
    const db = openDatabase(file, { durability: 'full' })
    migrate(db, outboxMigrations)
    return { db, commands: { ...createOutboxTable(db), ...createPurchaseTable(db), ...createReleaseTable(db) } }
  },
  reader(file) {
    const db = openDatabase(file, { readonly: true })
    return { db, commands: createReader(db) }
  },
  keeper(file) {
    const db = openDatabase(file, { readonly: true })
    return { db, commands: createKeeper(db) }
  },
}

const { role, file } = workerData as WorkerData
const { db, commands } = open[role](file)
parentPort?.postMessage({ id: 0 } satisfies StoreReply) // open and up to date

parentPort?.on('message', ({ id, name, args }: StoreRequest) => {
  const reply: StoreReply = { id }
  try {
    if (name === 'close') db.close()
    else reply.value = (commands[name] as (...given: unknown[]) => unknown)(...args)
  } catch (error) {
    reply.error = String(error)
  }
  parentPort?.postMessage(reply)
  if (name === 'close') parentPort?.close() // nothing left to wait for: the thread ends by itself
})
