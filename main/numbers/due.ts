import type { DueHolds } from '../../contract/number-requests.ts'
import type { SessionService } from '../link/session.ts'
import type { Clock, Log } from '../ports.ts'
import type { Store } from '../store/store.ts'

/** A computer that slept, or whose clock was set, looks again at the latest after this. */
const LOOK_MS = 3_600_000
const none: DueHolds = { count: 0, latest: null }

/** Which of these holds are over at `now`, and how long until the next one is, in ms (null: no other). Pure. */
export function dueAt(ends: readonly string[], now: number): DueHolds & { nextMs: number | null } {
  const times = ends.map((end) => Date.parse(end)).filter((time) => Number.isFinite(time))
  const over = times.filter((time) => time <= now)
  const next = times.reduce((least, time) => (time > now && time < least ? time : least), Infinity)
  const latest = over.reduce((most, time) => Math.max(most, time), -Infinity)
  return {
    count: over.length,
    latest: over.length === 0 ? null : new Date(latest).toISOString(),
    nextMs: next === Infinity ? null : next - now,
  }
}

export interface DueParts {
  session: Pick<SessionService, 'record'>
  store: { reader: Pick<Store['reader'], 'holdEnds' | 'roleOf'> }
  /** The relay's time: it is the record of holds. */
  clock: Clock
  log: Log
  onDue: (due: DueHolds) => void
}

/** When holds end that this person has to decide of. */
async function endsFor({ session, store }: Pick<DueParts, 'session' | 'store'>): Promise<string[]> {
  const user = session.record()?.user
  if (user?.role !== 'manager' || (await store.reader.roleOf(user.userId)) === 'staff') return []
  return store.reader.holdEnds()
}

/**
 * Which holds are over. Nothing happens by itself then (RULES R31), but a manager is asked, wherever in the app he is: the page is told when
 * the time comes, and when somebody has decided. Asks nobody but this profile's store.
 */
export function createDueHolds({ session, store, clock, log, onDue }: DueParts) {
  let told = none
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let isWaiting = false
  let work: Promise<unknown> = Promise.resolve()
  async function look(): Promise<DueHolds> {
    isWaiting = false
    if (isClosed) return none
    const { nextMs, ...due } = dueAt(await endsFor({ session, store }), clock.now().getTime())
    clearTimeout(timer)
    // 1 ms more than it takes: timers may be early by less than one.
    if (nextMs !== null && !isClosed) timer = setTimeout(again, Math.min(nextMs + 1, LOOK_MS))
    const isNew = due.count !== told.count || due.latest !== told.latest
    told = due
    if (isNew && !isClosed) onDue(due)
    return due
  }
  /** One look after the other: the last one is of the last change. */
  function next(): Promise<DueHolds> {
    const looked = work.then(look)
    work = looked.catch((error: unknown) => log.info({ error: String(error) }, 'the holds could not be looked at'))
    return looked
  }
  function again(): void {
    if (isWaiting) return // a burst of changes looks once more
    isWaiting = true
    next().catch(() => undefined) // it is in the log
  }
  return {
    /** `numbers.due` */
    get: next,
    /** Numbers, time or person may be others now. Never throws. */
    again,
    async close(): Promise<void> {
      isClosed = true
      await work
      clearTimeout(timer)
    },
  }
}
export type DueWatch = ReturnType<typeof createDueHolds>
