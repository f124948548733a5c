import pLimit from 'p-limit'
import type { SessionService } from '../link/session.ts'
import { wait } from '../link/wait.ts'
import type { Clock, Log } from '../ports.ts'

export interface HeardParts {
  session: Pick<SessionService, 'record'>
  accounts: { isSet: () => boolean }
  clock: Clock
  log: Log
  /** What is shown of any number may be different now. */
  onNumbers: (phoneNumbers: null) => void
}
/** Something that Twilio says of countries, or of their kinds of numbers. */
export interface Saying<K, T> {
  what: string
  /** What was last heard; undefined when never. Asks nobody. */
  known: (of: K) => Promise<T | undefined>
  /** Of today. @throws FailureError */
  ask: (of: K) => Promise<T>
}

/** It is looked after in the background this often, ms. */
const LOOK_MS = 3_600_000
/** Looks at once: people who wait for Twilio come first. */
const AT_ONCE = 2
/** What is under way has this long to end when the app does, ms. */
const CLOSE_MS = 1000

async function endedSoon(running: readonly Promise<unknown>[]): Promise<void> {
  const late = new AbortController()
  await Promise.race([Promise.allSettled(running), wait(CLOSE_MS, late.signal)])
  late.abort()
}

/** Twilio's sayings as last heard. A list never waits for Twilio: what is not known yet, or may be old, is asked for behind it, by managers. */
export function createHeard<K, T>({ what, known, ask }: Saying<K, T>, { session, accounts, clock, log, onNumbers }: HeardParts) {
  const lookedAt = new Map<string, number>()
  const failed = new Set<string>()
  const running = new Map<string, Promise<unknown>>()
  const limit = pLimit(AT_ONCE)
  let isClosed = false
  async function look(key: string, of: K, before: T | undefined): Promise<void> {
    if (isClosed) return
    failed.add(key)
    const now = await ask(of)
    failed.delete(key)
    if (JSON.stringify(now) !== JSON.stringify(before)) onNumbers(null)
  }
  function lookBehind(key: string, of: K, before: T | undefined): void {
    const quiet = limit(look, key, of, before)
      .catch((error: unknown) => log.info({ what, of: key, error: String(error) }, 'Twilio did not say it'))
      .finally(() => running.delete(key))
    running.set(key, quiet)
  }
  return {
    /** Those of the keys that are known. */
    async of(wanted: ReadonlyMap<string, K>): Promise<Map<string, T>> {
      const mayAsk = !isClosed && accounts.isSet() && session.record()?.user.role === 'manager'
      const heard = new Map<string, T>()
      for (const [key, of] of wanted) {
        const before = await known(of)
        if (before !== undefined) heard.set(key, before)
        const now = clock.now().getTime()
        // What was known may be forgotten: another account's prices are not ours.
        const isTried = (before !== undefined || failed.has(key)) && now - (lookedAt.get(key) ?? 0) < LOOK_MS
        if (!mayAsk || isTried || running.has(key)) continue
        lookedAt.set(key, now)
        lookBehind(key, of, before)
      }
      return heard
    },
    /** Looks at nothing more, and resolves when nothing is under way, or soon: a Twilio that does not answer must not hold up the end. */
    async close(): Promise<void> {
      isClosed = true
      await endedSoon([...running.values()])
    },
  }
}
