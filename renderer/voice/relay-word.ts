import type { CallRecord, OutcomeReason } from '../../contract/call.ts'
import type { CallEvent } from './call-machine.ts'

type Word = Extract<CallEvent, { type: 'word' }>

// Others are what the record says while the webhooks that decide are still on their way.
const DECIDED: ReadonlySet<OutcomeReason> = new Set(['busy', 'declined', 'unreachable', 'no-answer', 'not-allowed'])
const UNANSWERED: ReadonlySet<string | null> = new Set(['no-answer', 'busy', 'failed'])
const FINAL: ReadonlySet<string | null> = new Set(['completed', 'busy', 'no-answer', 'canceled', 'failed'])

/** What the record of a call says about its end, or undefined while it says nothing yet. `sid`: our own leg. */
export function wordOf(record: CallRecord, sid: string | undefined): Word | undefined {
  const { outcome, reason, direction } = record
  if (direction === 'outgoing') {
    const isDecided = outcome === 'answered' || (reason !== null && DECIDED.has(reason))
    return outcome !== 'ongoing' && isDecided ? { type: 'word', outcome, reason, isOurs: false } : undefined
  }
  if (outcome !== 'ongoing') return { type: 'word', outcome, reason, isOurs: false }
  const devices = record.legs.filter((leg) => leg.role === 'device')
  const isTaken = devices.some((leg) => leg.sid !== sid && leg.status === 'in-progress')
  if (isTaken) return { type: 'word', outcome: 'answered', reason: null, isOurs: false }
  const caller = record.legs.find((leg) => leg.role === 'party')
  // A device that is away fails, one that declines is busy; only `canceled` says that somebody else took or ended it.
  const isUnanswered = devices.every((leg) => UNANSWERED.has(leg.status)) && devices.some((leg) => leg.status === 'no-answer')
  const hasRungOut = isUnanswered && !FINAL.has(caller?.status ?? null)
  return hasRungOut ? { type: 'word', outcome: 'missed', reason: 'rang-out', isOurs: true } : undefined
}
