import type { CallFact } from '../../contract/call.ts'
import type { SnapshotTable } from '../../contract/relay.ts'
import { createPreferenceTable, type PreferenceRow } from './directory-table.ts'
import type { Connection } from './open-database.ts'
import { createPosition, type Position } from './position.ts'
import { createJoin, createReducer, type Changes, type LinkEvent } from './reducer.ts'
import { createSnapshot } from './snapshot.ts'

export type { Changes, LinkEvent } from './reducer.ts'

/**
 * The writer's commands, each exactly one transaction. Synchronous: they run inside the worker. Everything is a join or an upsert, so
 * that repeating what was applied changes nothing (RULES R7).
 */
export function createReplica(db: Connection) {
  const position = createPosition(db)
  const join = createJoin(db)
  const reducer = createReducer(db)
  const snapshot = createSnapshot(db, join)
  const preferences = createPreferenceTable(db)
  const transaction = <A extends unknown[], R>(work: (...args: A) => R) => {
    const whole = db.transaction(work)
    return (...args: A): R => whole.immediate(...args)
  }
  return {
    position: (): Position => position.read(),
    /** Applies a stretch of the log of `epoch` and moves the cursor with it; what is behind the cursor is skipped. */
    apply: transaction((epoch: string, userId: string, events: readonly LinkEvent[]): Changes => {
      const at = position.read()
      if (at.epoch !== epoch) throw new Error(`events of log ${epoch}, but the replica follows ${String(at.epoch)}`)
      const fresh = events.filter((event) => event.seq > at.cursor)
      const changes = reducer.events(fresh, userId)
      const last = fresh.at(-1)
      if (last) position.move(last.seq)
      if (changes.needsSnapshot) position.markStale()
      return changes
    }),
    /** Joins what this desktop saw itself, before the relay knows. */
    observe: transaction((callId: string, facts: readonly CallFact[]): string[] => join(callId, facts)),
    /** Kept events whose type this version has come to know. */
    applyKept: transaction((): Changes => reducer.kept()),
    snapshotBegin: transaction(() => snapshot.begin()),
    snapshotRows: transaction((table: SnapshotTable, rows: readonly unknown[]): string[] => snapshot.rows(table, rows)),
    /** Deletes what the snapshot no longer showed, and goes on from `asOf`. Returns the calls that went. */
    snapshotFinish: transaction((epoch: string, asOf: number): string[] => {
      const gone = snapshot.finish()
      position.restart(epoch, asOf)
      return gone
    }),
    /** Demands a snapshot before the next event: the relay closed with 4003, or named a gap. */
    markStale: transaction(() => position.markStale()),
    /** Forgets everything but preferences: another person or workspace begins here. */
    wipe: transaction(() => {
      snapshot.wipe()
      position.forget()
    }),
    setPreferences: transaction((rows: readonly PreferenceRow[]) => preferences.put(rows)),
  }
}
export type Replica = ReturnType<typeof createReplica>
