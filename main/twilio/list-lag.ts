import type { RemoteNumber } from '../../contract/number.ts'
import type { TwilioAccount } from './port.ts'

type Numbers = Pick<TwilioAccount, 'numbers' | 'number' | 'buy' | 'update' | 'release'>

export interface LagLimits {
  /** Twilio's lists show a change of ours within this (RULES R34: some seconds), ms. */
  lagMs: number
  /** So many numbers written just now are asked for by themselves; of more, the answer to the writing stands. */
  asked: number
}
export const lagLimits: LagLimits = { lagMs: 15_000, asked: 100 }

/** What was written or read from here, while a list may not show it: the number as Twilio answered, or undefined when it was released. */
function createWritten({ lagMs }: LagLimits, now: () => number) {
  const bySid = new Map<string, { remote: RemoteNumber | undefined; at: number }>()
  return {
    note(sid: string, remote: RemoteNumber | undefined): void {
      bySid.delete(sid) // the newest at the end
      bySid.set(sid, { remote, at: now() })
      for (const [old, { at }] of bySid) {
        if (now() - at <= lagMs) break
        bySid.delete(old)
      }
    },
    recent: () => new Map([...bySid].filter(([, { at }]) => now() - at <= lagMs).map(([sid, { remote }]) => [sid, remote])),
  }
}

/**
 * The account's numbers without the list's lag for what was written from here, or seen of the number itself: a list that shows a name or a URL of some seconds ago would
 * look as if somebody else had changed it back. Those numbers are asked for by their SID, which does not lag. `now` in ms, going forward.
 */
export function withoutLag<T extends Numbers>(own: T, now = () => performance.now(), limits = lagLimits): T {
  const written = createWritten(limits, now)
  const noted = async (work: Promise<RemoteNumber>): Promise<RemoteNumber> => {
    const remote = await work
    written.note(remote.sid, remote)
    return remote
  }
  return {
    ...own,
    buy: (order) => noted(own.buy(order)),
    update: (sid, settings) => noted(own.update(sid, settings)),
    async number(sid) {
      const remote = await own.number(sid)
      if (remote) written.note(sid, remote)
      return remote
    },
    async release(sid) {
      await own.release(sid)
      written.note(sid, undefined)
    },
    async numbers(onPage) {
      const listing = await own.numbers(onPage)
      const recent = written.recent()
      if (recent.size === 0) return listing
      const there = [...recent].filter(([, remote]) => remote !== undefined).map(([sid]) => sid)
      const asked = await Promise.all(
        there.slice(Math.max(0, there.length - limits.asked)).map(async (sid) => [sid, await own.number(sid)] as const),
      )
      const newest = new Map([...recent, ...asked])
      const kept = listing.flatMap((row) => (newest.has(row.sid) ? (newest.get(row.sid) ?? []) : [row]))
      const listed = new Set(listing.map(({ sid }) => sid))
      return [...kept, ...[...newest].flatMap(([sid, remote]) => (remote && !listed.has(sid) ? [remote] : []))]
    },
  }
}
