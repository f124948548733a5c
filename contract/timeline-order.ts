import type { CallFact } from './call.ts'
import { factField } from './call-fields.ts'
import type { TimelineEntry } from './timeline.ts'

/** An entry before its place is known. `stage`: its place among what is caused in the same leg; stage 0 begins everything. */
export interface Draft extends Omit<TimelineEntry, 'isOrderCertain'> {
  stage: number
}

/** How far an instant may be off, ms (RULES R11): Twilio tells whole seconds, a desktop's clock is corrected by a measured offset. */
const ERROR_MS: Record<TimelineEntry['clock'], number> = { twilio: 1000, relay: 0, desktop: 50 }

/** Whose clock a fact's instant is of: a callback carries Twilio's Timestamp and a number, other requests are timed as they come. */
export function clockOf(fact: CallFact): TimelineEntry['clock'] {
  if (fact.source === 'sdk') return 'desktop'
  if (fact.source === 'relay') return 'relay'
  const isTold = fact.source !== 'webhook' || fact.sequence !== undefined
  return isTold || String(isInstant(fact) ? fact.value : fact.at).endsWith('.000Z') ? 'twilio' : 'relay'
}

const isInstant = (fact: CallFact): boolean => factField(fact)?.type === 'instant' && typeof fact.value === 'string'
const sourceOf = (fact: CallFact): TimelineEntry['source'] => (fact.source === 'rest-final' ? 'rest' : fact.source)

/** What a fact says, at its own instant; nothing for a fact that is not known, or known to be empty. */
export function draft(
  fact: CallFact | undefined,
  { what, stage, legId = null, params }: Pick<Draft, 'what' | 'stage' | 'params'> & { legId?: string | null },
): Draft[] {
  if (!fact || fact.value === null) return []
  const at = isInstant(fact) ? String(fact.value) : fact.at
  return [{ at, clock: clockOf(fact), source: sourceOf(fact), what, params, legId, stage }]
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const keyOf = ({ what, legId, params }: Draft) => JSON.stringify([what, legId, params])
const ms = (one: Draft) => Date.parse(one.at) || 0
/** Whether `a` must have come before `b`, whatever the clocks say: it began everything, or is an earlier stage of the same leg. */
export function isCause(a: Draft, b: Draft): boolean {
  if (a.stage === 0 && b.stage > 0) return true
  const isSameLeg = a.legId !== null && a.legId === b.legId
  return isSameLeg && a.stage < b.stage
}

/** When each can have been, ms: nothing was before its cause, whatever its own clock said. */
function momentsOf(drafts: readonly Draft[]): Map<Draft, number> {
  const moments = new Map<Draft, number>()
  for (const one of drafts.toSorted((a, b) => a.stage - b.stage)) {
    const causes = [...moments].filter(([other]) => isCause(other, one)).map(([, moment]) => moment)
    moments.set(one, Math.max(ms(one), ...causes))
  }
  return moments
}

/** By cause first, then by clock. Any order of the drafts gives the same. */
export function entriesOf(drafts: readonly Draft[]): TimelineEntry[] {
  const moments = momentsOf(drafts)
  const moment = (one: Draft) => moments.get(one) ?? 0
  const ordered = drafts.toSorted((a, b) => moment(a) - moment(b) || a.stage - b.stage || ms(a) - ms(b) || byText(keyOf(a), keyOf(b)))
  return ordered.map((one, index) => {
    const { stage: _stage, ...entry } = one
    return { ...entry, isOrderCertain: [ordered[index - 1], ordered[index + 1]].every((other) => !other || isApart(one, other)) }
  })
}

/** Ringing, answers, clicks and ends: of what was planned before and counted after them the order changes nothing. */
const isOfStory = ({ stage }: Draft) => stage >= 3 && stage <= 6

/** Whether two neighbours can only have come in this order. */
function isApart(a: Draft, b: Draft): boolean {
  if (isCause(a, b) || isCause(b, a)) return true
  if (!isOfStory(a) || !isOfStory(b)) return true
  if (a.clock === b.clock) return a.clock !== 'twilio' || ms(a) !== ms(b)
  return Math.abs(ms(a) - ms(b)) > ERROR_MS[a.clock] + ERROR_MS[b.clock]
}
