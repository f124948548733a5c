import { setImmediate as turn } from 'node:timers/promises'
import { recordOf } from '../../contract/call-record.ts'
import type { CallDeps } from '../calls/deps.ts'
import type { Sql } from '../calls/sql.ts'
import type { Missed } from './missed.ts'

export interface CatchUpDeps extends Pick<CallDeps, 'calls' | 'writer' | 'log'> {
  db: Sql
  missed: Pick<Missed, 'learn'>
}

/** In a transaction: other work waits for it. */
const CALLS_AT_ONCE = 50
const EVERYBODY = { userId: '', role: 'manager' } as const
const ALL = 'all'

/**
 * Teaches the inbox of missed calls what was known of calls before there was one: once, a piece at a time, and on from where it was when the
 * relay ended meanwhile. The order does not matter, so that calls may come in between.
 */
export function createCatchUp({ db, calls, missed, writer, log }: CatchUpDeps) {
  const reached = db.prepare("SELECT value FROM meta WHERE name = 'missed_learnt'")
  const keep = db.prepare(
    "INSERT INTO meta (name, value) VALUES ('missed_learnt', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  )
  const place = () => (reached.get() as { value: string } | undefined)?.value
  let isClosed = false
  const goesOn = () => !isClosed

  /** False at the end. */
  function step(): boolean {
    const from = place()
    if (from === ALL) return false
    const { rows, next } = calls.snapshotPage(EVERYBODY, from, CALLS_AT_ONCE)
    for (const { callId, facts } of rows) {
      const record = recordOf(callId, facts)
      if (record) missed.learn(record)
    }
    keep.run(next ?? ALL)
    return next !== null
  }
  async function run(): Promise<void> {
    if (place() === ALL) return
    while (goesOn() && (await writer.submit(step))) await turn()
  }
  return {
    run,
    start: () => void run().catch((error: unknown) => log.warn({ err: error }, 'older calls are not in the inbox of missed calls yet')),
    stop: () => void (isClosed = true),
  }
}
export type CatchUp = ReturnType<typeof createCatchUp>
