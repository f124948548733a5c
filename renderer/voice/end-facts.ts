import type { OutcomeReason } from '../../contract/call.ts'
import type { FailureCode } from '../../contract/failure.ts'
import type { CallView } from '../model/phone.ts'
import type { CallProgress } from './call-machine.ts'
import { instant, type FactValues } from './facts.ts'

/** What the SDK measures of a call once a second; the loss is in percent. */
export interface Sample {
  mos: number | null
  jitter: number
  rtt: number
  packetsLostFraction: number
}

const FAILURES: Partial<Record<FailureCode, OutcomeReason>> = {
  'microphone-denied': 'microphone-denied',
  'microphone-missing': 'microphone-denied',
  'microphone-busy': 'microphone-denied',
  'not-registered': 'offline',
}
const REASONS: Partial<Record<CallView['state'], OutcomeReason>> = { busy: 'busy', declined: 'declined', 'not-reachable': 'unreachable' }
const LEG_STATUS: Partial<Record<CallView['state'], string>> = { busy: 'busy', 'not-reachable': 'failed', failed: 'failed' }
const MICROPHONE_ERRORS = new Set([31401, 31402])

/** Why a call that could not begin was not answered. */
export const reasonOf = (code: FailureCode): OutcomeReason => FAILURES[code] ?? 'failed'

/** Why a call that Twilio never took failed. */
export function failureOf({ errorCode, state, note }: CallProgress): OutcomeReason {
  if (errorCode && MICROPHONE_ERRORS.has(errorCode)) return 'microphone-denied'
  return note === 'no-signal' ? 'offline' : (REASONS[state] ?? 'failed')
}

/** What this device tells of its leg's end. Of a ring it was not answered here it tells no status: webhooks know how that ended. */
export function endValues(now: CallProgress, endedAt: number, sample: Sample | undefined): FactValues {
  const status = now.wasAnswered ? 'completed' : (LEG_STATUS[now.state] ?? (now.endedBy === 'us' ? 'canceled' : 'no-answer'))
  return {
    status: now.direction === 'incoming' && !now.wasAnswered ? undefined : status,
    endAt: instant(endedAt),
    errorCode: now.errorCode || undefined,
    mos: sample?.mos ?? undefined,
    jitterMs: sample?.jitter,
    roundTripMs: sample?.rtt,
    packetLoss: sample && sample.packetsLostFraction / 100,
  }
}
