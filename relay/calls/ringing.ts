import { setTimeout as wait } from 'node:timers/promises'
import type { Twilio } from 'twilio'
import { isTerminal } from '../../contract/outcome.ts'
import type { CallLog } from './deps.ts'
import type { Calls } from './store.ts'

/** Ends legs over REST. */
export interface Ringing {
  /**
   * Stops an incoming call's ringing on every device: each child leg that is not over is ended, whereupon Twilio asks the Dial's action what
   * comes next. (Redirecting the parent would fail: it is still ringing itself, Twilio 21220.) Errors are logged: the ring ends by itself.
   */
  stop(callId: string): Promise<void>
}

/** A leg's SID comes with its first callback, up to a second late, and lists lag by seconds: so it is looked for again. */
const LOOKS_MS = [0, 300, 500, 1000, 2000, 4000]

/** What this needs of Twilio's client. */
export interface LegEnder {
  children(parentSid: string): Promise<{ sid: string; status: string }[]>
  end(sid: string): Promise<void>
}

export const legEnderOf = (client: Twilio): LegEnder => ({
  children: (parentCallSid) => client.calls.list({ parentCallSid }),
  end: async (sid) => void (await client.calls(sid).update({ status: 'completed' })),
})

export function createRinging(twilio: LegEnder, calls: Calls, log: CallLog, looksMs: readonly number[] = LOOKS_MS): Ringing {
  /** Device legs that may be ringing: those we know, and those whose first callback is still on its way. */
  async function ringingLegs(callId: string): Promise<string[]> {
    const legs = calls.record(callId)?.legs ?? []
    const known = legs.filter((leg) => leg.role === 'device' && leg.sid !== null)
    const parentSid = legs.find((leg) => leg.role === 'party' && leg.parentSid === null)?.sid
    const listed = parentSid ? await twilio.children(parentSid) : []
    const over = new Set([...known, ...listed].filter((leg) => isTerminal(leg.status)).map((leg) => leg.sid))
    const sids = [...known, ...listed].flatMap((leg) => leg.sid ?? [])
    return [...new Set(sids)].filter((sid) => !over.has(sid))
  }
  /** Until somebody talks, the last Dial's action has spoken, or the call is over. */
  const isRinging = (callId: string) =>
    calls.record(callId)?.outcome === 'ongoing' &&
    !calls.facts(callId).some(({ field, value }) => field === 'rangOut' || (field === 'bridged' && value === true))

  return {
    async stop(callId) {
      const ended = new Set<string>()
      for (const ms of looksMs) {
        await wait(ms, undefined, { ref: false })
        if (!isRinging(callId)) break
        try {
          const sids = (await ringingLegs(callId)).filter((sid) => !ended.has(sid))
          await Promise.all(sids.map((sid) => twilio.end(sid).then(() => ended.add(sid))))
        } catch (error) {
          log.warn({ err: error, callId }, 'ringing could not be stopped')
        }
      }
      log.info({ callId, legs: ended.size }, 'ringing stopped')
    },
  }
}
