import type { RestCall } from '../calls/facts-of-rest.ts'
import type { Clock } from '../ports.ts'
import type { RestGroup } from './apply.ts'

/** Questions about single calls. */
export interface LegQuestions {
  /** Undefined when there is none (404). */
  call(sid: string): Promise<RestCall | undefined>
  /** The legs below this one, whenever they began. The list lags behind by seconds. */
  children(parentSid: string): Promise<RestCall[]>
}

/**
 * The call of this leg with all legs that Twilio has of it, whenever they began, and those `listed` already. Undefined: Twilio has none.
 * A parent alone would say that nobody answered. Twilio's errors pass.
 */
export async function wholeCall(
  { ask, clock }: { ask: LegQuestions; clock: Clock },
  sid: string,
  listed: readonly RestCall[] = [],
): Promise<RestGroup | undefined> {
  const leg = await ask.call(sid)
  const parent = leg?.parentCallSid ? await ask.call(leg.parentCallSid) : leg
  if (!leg || !parent) return undefined
  const askedAt = clock.now()
  const below = [...listed, leg, ...(await ask.children(parent.sid))].filter((row) => row.sid !== parent.sid)
  return { parent, children: [...new Map(below.map((row) => [row.sid, row])).values()], askedAt }
}
