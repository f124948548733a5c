import { backoffMs } from '../../base/backoff.ts'
import { singleFlight } from '../../base/single-flight.ts'
import type { CallDeps } from '../calls/deps.ts'
import type { createReconciliation } from '../calls/reconciliation.ts'
import { joinListed } from './join-listed.ts'
import { OLDEST_MS, spansToList, untilNextRun } from './plan.ts'
import type { FindTranscripts } from '../voicemail/missing-transcripts.ts'
import type { Span, TwilioHistory } from './twilio-history.ts'

export interface ReconcilerDeps extends Pick<CallDeps, 'calls' | 'events' | 'directory' | 'newId' | 'seen' | 'writer' | 'clock' | 'log'> {
  history: TwilioHistory
  state: ReturnType<typeof createReconciliation>
  /** Finds the words of messages that were not told; gives how many. Never fails. */
  findTranscripts?: FindTranscripts | undefined
  /** Between runs, at most. */
  everyMs: number
  /** How far back the first run looks. */
  backfillMs?: number
  /** Legs, and recordings, that are listed at once: a span with more is listed in halves. */
  limit?: number
  /** First wait after an error; doubles. */
  retryMs?: number
}

export interface ReconcileSummary {
  legs: number
  recordings: number
  /** Facts that were not known. */
  facts: number
  transcripts: number
}

const SEEN_MS = 14 * 24 * 3_600_000

/**
 * Finds out over REST what webhooks did not tell us (RULES R10, R15): at start, at an interval, at the ages at which prices come, and soon
 * after something was refused. One run at a time.
 */
export function createReconciler(deps: ReconcilerDeps) {
  const { calls, clock, log, everyMs, retryMs = 2000 } = deps
  let timer: NodeJS.Timeout | undefined
  let failures = 0
  let isClosed = false

  function schedule(ms: number): void {
    clearTimeout(timer)
    if (!isClosed) timer = setTimeout(() => void again(), ms).unref()
  }
  const oldest = () => new Date(clock.now().getTime() - OLDEST_MS).toISOString()
  let last: Promise<ReconcileSummary> | undefined
  const run = singleFlight(() => (last = reconcile(deps, oldest())))

  /** Runs, and plans the next run, whatever happens. */
  async function again(): Promise<void> {
    try {
      await run()
      failures = 0
      schedule(untilNextRun(calls.unsettled(oldest()), clock.now(), everyMs))
    } catch (error) {
      log.warn({ err: error }, 'calls could not be compared with Twilio')
      schedule(Math.min(everyMs, retryMs + backoffMs(failures++, Math.random(), retryMs, everyMs)))
    }
  }
  return {
    /** Runs now, or joins the run under way. Rejects with Twilio's error. */
    run,
    /** Runs at once, then for ever. */
    start: () => void again(),
    /** Something was lost: looks soon, once callbacks and lists have had time. */
    soon: () => schedule(retryMs),
    async close(): Promise<void> {
      isClosed = true
      clearTimeout(timer)
      await last?.catch(() => undefined)
    },
  }
}
export type Reconciler = ReturnType<typeof createReconciler>

async function reconcile(deps: ReconcilerDeps, oldest: string): Promise<ReconcileSummary> {
  const { calls, clock, writer, state, seen, log, backfillMs = 30 * 24 * 3_600_000 } = deps
  const startedAt = clock.now()
  const runs = state.runs()
  const spans = spansToList(calls.unsettled(oldest), runs && new Date(runs.lastAt), startedAt, backfillMs)
  const summary: ReconcileSummary = { legs: 0, recordings: 0, facts: 0, transcripts: 0 }
  for (const span of spans) await listSpan(deps, span, runs?.firstAt, summary)
  summary.transcripts = (await deps.findTranscripts?.(runs && new Date(runs.lastAt), startedAt)) ?? 0
  await writer.submit(() => {
    state.succeeded(startedAt.toISOString())
    seen.prune(new Date(startedAt.getTime() - SEEN_MS).toISOString())
  })
  log.info({ ...summary, spans: spans.length }, 'calls compared with Twilio')
  return summary
}

/** Twilio tells instants to the second. */
const SHORTEST_SPAN_MS = 2000

/** The writer makes one transaction of them. */
const atOnce = <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => Promise.all(items.map(work))

async function listSpan(deps: ReconcilerDeps, span: Span, runsSince: string | undefined, summary: ReconcileSummary): Promise<void> {
  const { history, log, limit = 5000 } = deps
  const [rows, recordings] = await Promise.all([history.calls(span, limit), history.recordings(span, limit)])
  if (rows.length >= limit || recordings.length >= limit) {
    const [from, to] = [span.from.getTime(), span.to.getTime()]
    if (to - from > SHORTEST_SPAN_MS) {
      // Of its end too: a call that began at that instant is in both, which changes nothing.
      const middle = new Date(from + Math.floor((to - from) / 2000) * 1000)
      await listSpan(deps, { from: span.from, to: middle }, runsSince, summary)
      return listSpan(deps, { from: middle, to: span.to }, runsSince, summary)
    }
    log.warn({ limit, ...span }, 'more calls within seconds than can be compared')
  }
  summary.legs += rows.length
  summary.recordings += recordings.length
  summary.facts += await joinListed({ ...deps, ask: history, runsSince, each: atOnce }, { calls: rows, recordings })
}
