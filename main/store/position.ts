import type { Connection } from './open-database.ts'

/** Where the replica is in the relay's log. `needsSnapshot`: it cannot go on from the cursor, or holds what it may no longer. */
export interface Position {
  epoch: string | null
  cursor: number
  needsSnapshot: boolean
}

/** The replica's one row of position; callers bring the transaction. */
export function createPosition(db: Connection) {
  const read = db.prepare<[], { epoch: string | null; cursor: number; needs_snapshot: number }>(
    'select epoch, cursor, needs_snapshot from replica where id = 1',
  )
  const move = db.prepare<[number]>('update replica set cursor = ? where id = 1')
  const stale = db.prepare<[]>('update replica set needs_snapshot = 1 where id = 1')
  const restart = db.prepare<[string, number]>('update replica set epoch = ?, cursor = ?, needs_snapshot = 0 where id = 1')
  const forget = db.prepare<[]>('update replica set epoch = null, cursor = 0, needs_snapshot = 1 where id = 1')
  return {
    read(): Position {
      const row = read.get()
      if (!row) throw new Error('the replica has no position')
      return { epoch: row.epoch, cursor: row.cursor, needsSnapshot: row.needs_snapshot === 1 }
    },
    move: (seq: number): void => void move.run(seq),
    markStale: (): void => void stale.run(),
    restart: (epoch: string, asOf: number): void => void restart.run(epoch, asOf),
    forget: (): void => void forget.run(),
  }
}
