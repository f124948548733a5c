import pLimit from 'p-limit'
import { singleFlight } from '../../base/single-flight.ts'
import type { SessionService } from '../link/session.ts'
import type { Clock, Log } from '../ports.ts'
import type { Store } from '../store/store.ts'
import type { RelayNumbers } from './relay-numbers.ts'

export interface FactTimings {
  /** Counts of calls younger than this are not asked for again because a page opens. */
  usageFresh: number
  /** So long after calls have changed the counts are asked for, once for all of them. */
  usageAfterCalls: number
  /** Guarded settings younger than this are not asked for again because a page opens. */
  guardFresh: number
}

export interface FactParts {
  session: Pick<SessionService, 'record'>
  relay: Pick<RelayNumbers, 'usage' | 'guard'>
  store: Pick<Store, 'reader' | 'replica'>
  clock: Clock
  log: Log
  timings: FactTimings
  /** What is kept of these numbers is different now. */
  onNumbers: (phoneNumbers: string[] | null) => void
}

/** Beyond so many numbers the page is told that any may have changed. */
const NAMED = 500

/** Asks the relay and keeps the answer, one question of a kind at a time. */
function createBringing({ session, relay, store, clock, log, onNumbers }: Omit<FactParts, 'timings'>) {
  const running = new Set<Promise<unknown>>()
  let isStopped = false
  const tell = (phoneNumbers: string[]) => {
    if (phoneNumbers.length > 0) onNumbers(phoneNumbers.length > NAMED ? null : phoneNumbers)
  }
  const oneByOne = pLimit(1)
  const bringUsage = async () => tell(await store.replica.putUsage(await relay.usage()))
  return {
    usage: singleFlight(() => oneByOne(bringUsage)),
    /** After what is under way: that may have been counted before. */
    usageAnew: () => oneByOne(bringUsage),
    guard: singleFlight(async () => {
      const at = clock.now().toISOString()
      tell(await store.replica.putGuard(await relay.guard(), at))
    }),
    /** In the background; a failure is a line in the log. */
    quietly: (what: string, work: () => Promise<void>): Promise<void> => {
      if (isStopped || !session.record()) return Promise.resolve()
      const quiet: Promise<void> = work()
        .catch((error: unknown) => log.info({ what, error: String(error) }, 'the relay did not say it'))
        .finally(() => void running.delete(quiet))
      running.add(quiet)
      return quiet
    },
    stop: async (): Promise<void> => {
      isStopped = true
      await Promise.allSettled(running)
    },
  }
}

/**
 * What the relay counts and guards, kept here so that the list needs nobody: brought when a page opens and it is old, after a sync, and some time
 * after calls have changed. Never throws: what could not be brought stays as it was, with its time.
 */
export function createRelayFacts({ session, relay, store, clock, log, timings, onNumbers }: FactParts) {
  const { quietly, usage, usageAnew, guard, stop } = createBringing({ session, relay, store, clock, log, onNumbers })
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const isManager = () => session.record()?.user.role === 'manager'
  const isOld = (at: string | null, ms: number) => at === null || clock.now().getTime() - Date.parse(at) > ms
  return {
    /** A page shows numbers. */
    async opened(): Promise<void> {
      const { usageAt, guardAt } = await store.reader.numberState()
      if (isOld(usageAt, timings.usageFresh)) void quietly('usage', usage)
      if (isManager() && isOld(guardAt, timings.guardFresh)) void quietly('guard', guard)
    },
    /** Resolves when the counts are fresh, or could not be had. */
    async brought(): Promise<void> {
      const { usageAt } = await store.reader.numberState()
      if (isOld(usageAt, timings.usageFresh)) await quietly('usage', usage)
    },
    /** A sync was applied. */
    synced(hasChanged: boolean): void {
      void quietly('usage', usage)
      if (hasChanged && isManager()) void quietly('guard', guard)
    },
    /** Calls are new or different; when nobody ever looked at numbers here, nothing is asked. */
    callsChanged(): void {
      if (isClosed) return
      timer ??= setTimeout(() => {
        timer = undefined
        void store.reader
          .numberState()
          .then(({ usageAt }) => (usageAt === null ? undefined : quietly('usage', usageAnew)))
          .catch(() => undefined)
      }, timings.usageAfterCalls)
    },
    async close(): Promise<void> {
      isClosed = true
      clearTimeout(timer)
      await stop()
    },
  }
}
export type RelayFacts = ReturnType<typeof createRelayFacts>
