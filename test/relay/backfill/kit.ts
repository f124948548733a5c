import { vi } from 'vitest'
import { createBackfill, type BackfillDeps } from '../../../relay/backfill/backfill.ts'
import type { TwilioPages } from '../../../relay/backfill/twilio-pages.ts'
import type { RestCall, RestRecording } from '../../../relay/calls/facts-of-rest.ts'
import { createAudit } from '../../../relay/numbers/audit.ts'
import type { Bench } from '../calls/bench.ts'

interface Account {
  calls: RestCall[]
  recordings: RestRecording[]
  /** What the next questions are answered with instead. */
  errors: unknown[]
  /** What was asked, in order. */
  asked: string[]
  /** Called before each answer. */
  before: () => Promise<void> | void
}

const inside = (at: Date | null, { from, to }: { from: Date; to: Date }) => at !== null && at >= from && at <= to

const some = <T>(rows: T[], most: number) => (rows.length > most ? ('too-many' as const) : rows)

/** Twilio's memory in the test's memory, as slow and as faulty as it says. */
export function memoryPages() {
  const account: Account = { calls: [], recordings: [], errors: [], asked: [], before: () => undefined }
  async function answer<T>(asked: string, signal: AbortSignal, value: () => T): Promise<T> {
    account.asked.push(asked)
    await account.before()
    signal.throwIfAborted()
    const error = account.errors.shift()
    if (error !== undefined) throw error
    return value()
  }
  const pages: TwilioPages = {
    calls: (span, most, signal) =>
      answer('calls', signal, () =>
        some(
          account.calls.filter((row) => inside(row.startTime, span)),
          most,
        ),
      ),
    recordings: (span, most, signal) =>
      answer('recordings', signal, () =>
        some(
          account.recordings.filter((row) => inside(row.startTime, span)),
          most,
        ),
      ),
    children: (sid, signal) => answer(`children ${sid}`, signal, () => account.calls.filter((row) => row.parentCallSid === sid)),
    call: (sid, signal) => answer(`call ${sid}`, signal, () => account.calls.find((row) => row.sid === sid)),
  }
  return { account, pages }
}

/** The job on a bench, with waits of a few ms. */
export function backfillOn(bench: Bench, pages: TwilioPages, over: Partial<BackfillDeps> = {}) {
  const { db, deps, eventLog, directory } = bench
  const audit = createAudit({ db, directory, clock: { now: () => bench.now } })
  return createBackfill({ ...deps, db, eventLog, audit, pages, knownSince: () => undefined, retryMs: 4, ...over })
}

export const ended = (job: { get: () => { state: string } }) =>
  vi.waitFor(
    () => {
      const state = job.get()
      if (state.state === 'running') throw new Error(`still running: ${JSON.stringify(state)}`)
      return state.state
    },
    { timeout: 20_000, interval: 10 },
  )
