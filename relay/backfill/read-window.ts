import { setImmediate as breathe } from 'node:timers/promises'
import type { CallDeps } from '../calls/deps.ts'
import type { RestCall, RestRecording } from '../calls/facts-of-rest.ts'
import { createApply, groupLegs, type RestGroup } from '../reconcile/apply.ts'
import type { Span } from '../reconcile/twilio-history.ts'
import type { TwilioPages } from './twilio-pages.ts'
import { isShortest, listed } from './windows.ts'

export interface ReadDeps extends Pick<CallDeps, 'calls' | 'events' | 'directory' | 'newId' | 'writer'> {
  pages: TwilioPages
  /** Told of each call and recording that was not known before. */
  onNew?: { call: (sid: string) => void; recording: (sid: string) => void }
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
  const news = (await applyLegs(deps, rows, signal)) + (await applyRecordings(deps, recordings, signal))
  return { legs: rows.length, calls: rows.filter((row) => !row.parentCallSid).length, recordings: recordings.length, news }
}

async function applyLegs(deps: ReadDeps, rows: readonly RestCall[], signal: AbortSignal): Promise<number> {
  const apply = createApply(deps)
  const { groups, orphans } = groupLegs(rows)
  // Their parents began before this window: each is asked for, which is slow and seldom.
  const fetched: RestGroup[] = []
  for (const [sid, children] of orphans) {
    const parent = await deps.pages.call(sid, signal)
    if (parent) fetched.push({ parent, children })
  }
  const { calls, onNew } = deps
  const store = (group: RestGroup) =>
    deps.writer.submit(() => {
      const isNew = [group.parent, ...group.children].every(({ sid }) => calls.callOf(sid) === undefined)
      const news = apply.group(group, undefined)
      if (isNew) onNew?.call(group.parent.sid)
      return news
    })
  return sum(await inParts([...groups, ...fetched], signal, store))
}

async function applyRecordings(deps: ReadDeps, rows: readonly RestRecording[], signal: AbortSignal): Promise<number> {
  const apply = createApply(deps)
  const { calls, onNew } = deps
  const store = (row: RestRecording) =>
    deps.writer.submit(() => {
      const isNew = calls.callOfRecording(row.sid) === undefined
      const news = apply.recording(row)
      if (isNew && news !== undefined) onNew?.recording(row.sid)
      return news
    })
  const stored = await inParts(rows, signal, store)
  const strays = rows.filter((row, index) => stored[index] === undefined && row.callSid)
  let news = sum(stored)
  for (const row of strays) {
    const leg = await deps.pages.call(row.callSid ?? '', signal)
    if (leg) news += (await applyLegs(deps, [leg], signal)) + ((await store(row)) ?? 0)
  }
  return news
}

const sum = (counts: readonly (number | undefined)[]): number => counts.reduce<number>((total, count) => total + (count ?? 0), 0)

/** A few at a time, with a turn of the event loop for others between. */
async function inParts<T, R>(items: readonly T[], signal: AbortSignal, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) {
    signal.throwIfAborted()
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))))
    await breathe()
  }
  return results
}
