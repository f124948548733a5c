import { setTimeout as sleep } from 'node:timers/promises'
import type { Twilio } from 'twilio'
import type { RestCall, RestRecording } from '../calls/facts-of-rest.ts'
import type { Span } from '../reconcile/twilio-history.ts'

/** What Twilio remembers, read slowly. `too-many`: more than `most`, of which nothing is given. */
export interface TwilioPages {
  calls(span: Span, most: number, signal: AbortSignal): Promise<RestCall[] | 'too-many'>
  recordings(span: Span, most: number, signal: AbortSignal): Promise<RestRecording[] | 'too-many'>
  /** Undefined when there is none (404). */
  call(sid: string, signal: AbortSignal): Promise<RestCall | undefined>
  /** The legs below this one, whenever they began. */
  children(parentSid: string, signal: AbortSignal): Promise<RestCall[]>
}

interface Page<T> {
  instances: T[]
  nextPageUrl?: string | undefined
  nextPage(): Promise<Page<T>> | undefined
}

/**
 * Requests one after the other, each begun at least `paceMs` after the one before. The client tries again what was throttled, after the pace
 * too: a request that took longer may have been tried just now, so the next waits from its end.
 */
function createPace(paceMs: number) {
  let last: Promise<unknown> = Promise.resolve()
  let triedAt = -Infinity
  return <T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> => {
    const run = async () => {
      const waitMs = triedAt + paceMs - performance.now()
      if (waitMs > 0) await sleep(Math.ceil(waitMs), undefined, { signal, ref: false })
      signal.throwIfAborted()
      triedAt = performance.now()
      try {
        return await request()
      } finally {
        if (performance.now() - triedAt >= paceMs) triedAt = performance.now()
      }
    }
    const mine = last.then(run, run)
    last = mine.catch(() => undefined)
    return mine
  }
}

/** Over REST, a page of 1000 at a time. Twilio's errors pass; aborted, it throws the signal's reason. */
export function createTwilioPages(client: Twilio, paceMs: number, pageSize = 1000): TwilioPages {
  const paced = createPace(paceMs)
  /** Of more than `most`: those that were read. */
  async function read<T>(first: () => Promise<Page<T>>, most: number, signal: AbortSignal) {
    let page = await paced(signal, first)
    const rows = [...page.instances]
    while (page.nextPageUrl) {
      if (rows.length >= most) return { rows, isAll: false }
      const current = page
      const next = await paced(signal, async () => current.nextPage())
      if (!next) break
      rows.push(...next.instances)
      page = next
    }
    return { rows, isAll: true }
  }
  async function all<T>(first: () => Promise<Page<T>>, most: number, signal: AbortSignal): Promise<T[] | 'too-many'> {
    const { rows, isAll } = await read(first, most, signal)
    return isAll ? rows : 'too-many'
  }
  return {
    calls: ({ from, to }, most, signal) =>
      all(() => client.calls.page({ startTimeAfter: from, startTimeBefore: to, pageSize }), most, signal),
    recordings: ({ from, to }, most, signal) =>
      all(() => client.recordings.page({ dateCreatedAfter: from, dateCreatedBefore: to, pageSize }), most, signal),
    children: async (parentCallSid, signal) => (await read(() => client.calls.page({ parentCallSid, pageSize }), Infinity, signal)).rows,
    async call(sid, signal) {
      try {
        return await paced(signal, () => client.calls(sid).fetch())
      } catch (error) {
        if ((error as { status?: unknown }).status === 404) return undefined
        throw error
      }
    },
  }
}
