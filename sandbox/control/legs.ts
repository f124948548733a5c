import { createEar, type Ear } from '../twilio/media/ear.ts'
import type { SandboxAccount } from '../twilio/account/account.ts'
import type { Engine, SandboxCall } from '../twilio/engine-port.ts'
import type { LineLeg } from '../twilio/exchange/line.ts'
import type { Leg } from '../twilio/ports.ts'

/** One leg of a call, as GET /control/calls/CA… tells it. */
export interface LegReport {
  sid: string
  parentCallSid: string | null
  direction: SandboxCall['direction']
  status: SandboxCall['status']
  from: string
  to: string
  kind: Leg['kind'] | 'unknown'
  /** Keys this leg heard. */
  digits: string
  /** Keys the person at this leg pressed. */
  pressed: string
  /** What the person at this leg heard last: dominant frequency and level (0…1) of 400 ms; null before there was a leg, or when nobody asked. */
  heard: { frequencyHz: number; level: number } | null
}

interface Tracked {
  leg: Leg
  ear: Ear
  pressed: string
}

/** Follows every leg from the moment it lives, so that what it heard can be asked later, even after its end. */
export interface Legs {
  /**
   * The whole call a SID belongs to: its parent and all children, the oldest first. Undefined for an unknown SID.
   * Measuring what was heard takes some ms per leg: who polls often leaves it out.
   */
  report(sid: string, withHeard: boolean): LegReport[] | undefined
  /** The live line (a phone of the outside world) at this leg, or else at another leg of the same call. */
  line(sid: string): LineLeg | undefined
  clear(): void
  close(): void
}

const isLine = (leg: Leg | undefined): leg is LineLeg => leg?.kind === 'line' && 'person' in leg

/** So many ended legs are remembered. */
const kept = 400

export function createLegs(account: SandboxAccount, engine: Engine): Legs {
  const ears = createEars(engine)
  const unsubscribe = account.calls.onChange((sid, call) => {
    if (call) ears.of(sid)
  })
  const family = (sid: string): SandboxCall[] => {
    const root = account.calls.get(sid)?.parentCallSid ?? sid
    const calls = [...account.calls.all()].filter((call) => call.sid === root || call.parentCallSid === root)
    return calls.toSorted((a, b) => a.createdAt - b.createdAt)
  }
  return {
    report: (sid, withHeard) => account.calls.get(sid) && family(sid).map((call) => reportOf(call, ears.of(call.sid), withHeard)),
    line: (sid) =>
      [sid, ...family(sid).map((call) => call.sid)].map((one) => engine.live(one)?.leg).find((leg): leg is LineLeg => isLine(leg)),
    clear: ears.clear,
    close: () => {
      unsubscribe()
      ears.clear()
    },
  }
}

/** One ear per leg, from the first moment it is known to live. */
function createEars(engine: Engine): { of: (sid: string) => Tracked | undefined; clear: () => void } {
  const tracked = new Map<string, Tracked>()
  return {
    of: (sid) => {
      const known = tracked.get(sid)
      const leg = known ? undefined : engine.live(sid)?.leg
      if (!leg) return known
      const fresh: Tracked = { leg, ear: createEar((listener) => leg.audio.onHeard(listener)), pressed: '' }
      leg.on((event) => {
        if (event.type === 'digit') fresh.pressed += event.digit
      })
      tracked.set(sid, fresh)
      const [oldest] = tracked.keys()
      if (tracked.size > kept && oldest) tracked.delete(oldest)
      return fresh
    },
    clear: () => {
      for (const { ear } of tracked.values()) ear.close()
      tracked.clear()
    },
  }
}

function reportOf(call: SandboxCall, tracked: Tracked | undefined, withHeard: boolean): LegReport {
  return {
    sid: call.sid,
    parentCallSid: call.parentCallSid,
    direction: call.direction,
    status: call.status,
    from: call.from,
    to: call.to,
    kind: tracked?.leg.kind ?? 'unknown',
    digits: tracked && isLine(tracked.leg) ? tracked.leg.digitsHeard() : '',
    pressed: tracked?.pressed ?? '',
    heard: tracked && withHeard ? { frequencyHz: tracked.ear.frequencyHz, level: tracked.ear.level } : null,
  }
}
