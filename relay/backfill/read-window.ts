import { setImmediate as breathe } from 'node:timers/promises'
import type { CallDeps } from '../calls/deps.ts'
import { joinListed, type JoinListedDeps } from '../reconcile/join-listed.ts'
import type { Span } from '../reconcile/twilio-history.ts'
import type { TwilioPages } from './twilio-pages.ts'
import { isShortest, listed } from './windows.ts'

export interface ReadDeps extends Pick<CallDeps, 'calls' | 'events' | 'directory' | 'newId' | 'writer' | 'clock'> {
  pages: TwilioPages
  onNew?: JoinListedDeps['onNew']
  /** Legs, and recordings, of one window: one with more is read in halves. */
  most: number
}

export interface WindowRead {
  legs: number
  calls: number
  recordings: number
  /** Facts that were not known. */
  news: number
}

/** Calls are answered meanwhile: so few are written at once that nobody waits for them (RULES R14). */
const AT_ONCE = 16

/**
 * Reads a window and joins what Twilio remembers of it into what is known, as comparing does (RULES R15). `too-many`: nothing was changed.
 * Read again it says nothing new. Twilio's errors pass; aborted, it throws.
 */
export async function readWindow(deps: ReadDeps, window: Span, signal: AbortSignal): Promise<WindowRead | 'too-many'> {
  const most = isShortest(window) ? Infinity : deps.most
  const rows = await deps.pages.calls(listed(window), most, signal)
  const recordings = rows === 'too-many' ? rows : await deps.pages.recordings(listed(window), most, signal)
  if (rows === 'too-many' || recordings === 'too-many') return 'too-many'
  const { pages, onNew } = deps
  const ask = { call: (sid: string) => pages.call(sid, signal), children: (sid: string) => pages.children(sid, signal) }
  const news = await joinListed({ ...deps, ask, onNew, each: inParts(signal) }, { calls: rows, recordings })
  return { legs: rows.length, calls: rows.filter((row) => !row.parentCallSid).length, recordings: recordings.length, news }
}

/** A few at a time, with a turn of the event loop for others between. */
const inParts =
  (signal: AbortSignal) =>
  async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
    const results: R[] = []
    for (let at = 0; at < items.length; at += AT_ONCE) {
      signal.throwIfAborted()
      results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))))
      await breathe()
    }
    return results
  }
