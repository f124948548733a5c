import { setTimeout as sleep } from 'node:timers/promises'
import { FailureError, type FailureCode } from '../../contract/failure.ts'
import type { BackfillState } from '../../contract/history.ts'
import { backoffMs } from '../../base/backoff.ts'
import type { CallDeps } from '../calls/deps.ts'
import type { Sql } from '../calls/sql.ts'
import type { Audit } from '../numbers/audit.ts'
import type { RequestSession } from '../plugins/session.ts'
import type { EventLog } from '../ports.ts'
import { failureOfTwilio } from '../twilio/failures.ts'
import type { OldNews } from './old-news.ts'
import { readWindow, type ReadDeps, type WindowRead } from './read-window.ts'
import { createBackfillRow, stateOf, type BackfillRow } from './rows.ts'
import { atSecond, FIRST_WINDOW_MS, narrower, nextLength, nextWindow } from './windows.ts'

export interface BackfillDeps extends Omit<ReadDeps, 'most' | 'onNew'>, Pick<CallDeps, 'clock' | 'log'> {
  db: Sql
  eventLog: Pick<EventLog, 'append'>
  audit: Pick<Audit, 'appendAudit'>
  /** When the relay first compared its calls with Twilio's, ISO: from then on it knows them all. Undefined: it never did. */
  knownSince: () => string | undefined
  /** What becomes of calls too old for anybody to look at; undefined: nothing. */
  oldNews?: OldNews
  most?: number
  /** First wait after an error; doubles. */
  retryMs?: number
}

/** Twilio has no older calls. */
const OLDEST = Date.UTC(2008, 0, 1)
const MOST_LEGS = 5000
/** Errors in a row, with growing waits, after which it is given up: some ten minutes. */
const MOST_FAILURES = 8
const LONGEST_WAIT_MS = 120_000
/** Calls that began so lately are left to their webhooks, and to comparing: a call's SID must not be known before its first request (RULES R4). */
const YOUNG_MS = 600_000
/** Managers are told at most so often. */
const TELL_MS = 1000

/**
 * The job that reads older calls from Twilio (managers start it): backwards in windows of time, slowly, from where the relay's own knowledge
 * begins. Each window is joined into what is known before the job's row says that it was read: killed at any moment it goes on from there.
 * Old calls are for managers, for users who are on their client legs, and, incoming ones, for those to whom their number is assigned now.
 */
export function createBackfill(deps: BackfillDeps) {
  const { db, writer, clock, log } = deps
  const row = createBackfillRow(db)
  const keep = createKeeper(deps, row)
  let running: AbortController | undefined
  let work: Promise<void> = Promise.resolve()

  function go(): void {
    running?.abort()
    const mine = (running = new AbortController())
    work = work.then(() => walk(deps, row, keep, mine.signal)).catch((error: unknown) => log.warn({ err: error }, 'the backfill ended'))
  }
  return {
    get: (): BackfillState => stateOf(row.get()),
    /** Goes on after a start of the relay. */
    resume(): void {
      if (row.get()?.state === 'running') go()
    },
    /** @throws FailureError `bad-request` for an instant that is none, or not in the past; `conflict` while another one runs */
    async start(from: string, session: RequestSession): Promise<BackfillState> {
      const state = await writer.submit(() => {
        const next = begun(row.get(), { from: instantOf(from, clock.now()), now: clock.now(), since: deps.knownSince(), session })
        if (next) keep(next, session)
        return { state: stateOf(row.get()), isNew: next !== undefined }
      })
      if (state.isNew) go()
      return state.state
    },
    /** What was read stays. Stopping what does not run changes nothing. */
    async stop(session: RequestSession): Promise<BackfillState> {
      running?.abort()
      return writer.submit(() => {
        const known = row.get()
        if (known?.state === 'running') keep({ ...known, state: 'stopped', ended_at: clock.now().toISOString() }, session)
        return stateOf(row.get())
      })
    },
    async close(): Promise<void> {
      running?.abort()
      await work
    },
  }
}
export type Backfill = ReturnType<typeof createBackfill>

/** @throws FailureError `bad-request` */
function instantOf(text: string, now: Date): number {
  const at = Math.floor(Date.parse(text) / 1000) * 1000
  if (Number.isNaN(at) || at < OLDEST || at >= now.getTime()) throw new FailureError('bad-request', 'no instant between 2008 and now')
  return at
}

interface Beginning {
  from: number
  now: Date
  since: string | undefined
  session: RequestSession
}

/**
 * The job at its beginning; undefined when it runs already. One that ended goes on where it was when it is to go further back than it came.
 * @throws FailureError `conflict` when one runs that goes elsewhere. Pure.
 */
export function begun(known: BackfillRow | undefined, { from, now, since, session }: Beginning): BackfillRow | undefined {
  const from_at = atSecond(from)
  if (known?.state === 'running') {
    if (known.from_at === from_at) return undefined
    throw new FailureError('conflict', 'a backfill is running')
  }
  const fresh = { state: 'running', from_at, started_at: now.toISOString(), ended_at: null, by_user_id: session.userId } as const
  if (known && from < Date.parse(known.reached_at)) return { ...known, ...fresh, failure_code: null }
  // What the relay knows by itself need not be read; but who asks for a part of just that wants it read again.
  const since_ms = since === undefined ? Number.NaN : Date.parse(since)
  const top = Math.ceil((since_ms > from ? since_ms : Math.max(from, now.getTime() - YOUNG_MS)) / 1000) * 1000
  const counts = { calls: 0, recordings: 0, news: 0, failure_code: null }
  return { ...fresh, ...counts, reached_at: atSecond(top), window_ms: FIRST_WINDOW_MS }
}

const traced = (of: BackfillRow | undefined) => ({
  state: of?.state ?? 'none',
  from: of?.from_at ?? null,
  reachedAt: of?.reached_at ?? null,
})

type Keep = (next: BackfillRow, session?: RequestSession) => void

/** Keeps the job and tells managers, at most once a second, its end always; what a manager did is in the trace. Inside the transaction. */
function createKeeper({ clock, eventLog, audit }: BackfillDeps, row: ReturnType<typeof createBackfillRow>): Keep {
  let toldAt = -Infinity
  return (next, session) => {
    const before = row.get()
    row.put(next)
    const now = clock.now().getTime()
    if (next.state !== 'running' || before?.state !== 'running' || Math.abs(now - toldAt) >= TELL_MS) {
      toldAt = now
      eventLog.append({ type: 'backfill.changed', payload: stateOf(next) }, { kind: 'managers' })
    }
    if (!session) return
    audit.appendAudit({ action: 'history.backfill', subject: 'history', before: traced(before), after: traced(next) }, session)
  }
}

/** Window after window until it is done, stopped or given up. */
async function walk(deps: BackfillDeps, row: ReturnType<typeof createBackfillRow>, keep: Keep, signal: AbortSignal): Promise<void> {
  const { writer, clock, log, retryMs = 2000 } = deps
  /** Changes the job, unless it was stopped meanwhile. */
  const change = (patch: (known: BackfillRow) => Partial<BackfillRow>) =>
    writer.submit(() => {
      const known = row.get()
      if (known?.state === 'running' && !signal.aborted) keep({ ...known, ...patch(known) })
    })
  const end = (state: 'done' | 'failed', code: FailureCode | null) =>
    change(() => ({ state, ended_at: clock.now().toISOString(), failure_code: code }))
  for (let failures = 0; !signal.aborted;) {
    const known = row.get()
    if (known?.state !== 'running') return
    const window = nextWindow(Date.parse(known.reached_at), Date.parse(known.from_at), known.window_ms)
    if (!window) return end('done', null)
    try {
      const read = await readWindow({ ...deps, most: deps.most ?? MOST_LEGS, ...onNewOf(deps, known) }, window, signal)
      await change((at) => after(at, window.from, read))
      failures = 0
    } catch (error) {
      if (signal.aborted) return
      log.warn({ err: error, failures }, 'older calls could not be read')
      const code = lastingFailure(error) ?? (failures + 1 >= MOST_FAILURES ? failureOfTwilio(error).code : undefined)
      if (code) return end('failed', code)
      const waitMs = retryMs / 2 + backoffMs(failures++, Math.random(), retryMs, LONGEST_WAIT_MS)
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
}

const onNewOf = ({ oldNews }: BackfillDeps, { by_user_id: userId }: BackfillRow): Pick<ReadDeps, 'onNew'> =>
  oldNews ? { onNew: { call: (sid) => oldNews.call(sid, userId), recording: (sid) => oldNews.recording(sid, userId) } } : {}

/** The job after a window: further back, or, of one with too many, a shorter one next. Pure. */
function after(known: BackfillRow, from: Date, read: WindowRead | 'too-many'): Partial<BackfillRow> {
  if (read === 'too-many') return { window_ms: narrower(known.window_ms) }
  return {
    reached_at: atSecond(from.getTime()),
    window_ms: nextLength(known.window_ms, read.legs),
    calls: known.calls + read.calls,
    recordings: known.recordings + read.recordings,
    news: known.news + read.news,
  }
}

/** Why trying again would not help; undefined: it may. Throttling (429), 5xx and no answer pass; the database's own errors do not. */
function lastingFailure(error: unknown): FailureCode | undefined {
  const { status, code } = error as { status?: unknown; code?: unknown }
  if (typeof code === 'string' && code.startsWith('SQLITE')) return 'store-failed'
  if (typeof status !== 'number' || status === 429 || status >= 500) return undefined
  return failureOfTwilio(error).code
}
