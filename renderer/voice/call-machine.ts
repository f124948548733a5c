import type { CallOutcome, OutcomeReason } from '../../contract/call.ts'
import type { CallNote, CallState } from '../model/phone.ts'
import { isOver } from '../model/phone.ts'

/** Where a call stands, as far as the SDK and the person's clicks tell; the relay's word may refine how it ended. */
export interface CallProgress {
  direction: 'incoming' | 'outgoing'
  state: CallState
  hasRung: boolean
  wasAnswered: boolean
  /** Who ended it; null while it lasts, or unknown. */
  endedBy: 'us' | 'them' | null
  errorCode: number | null
  note: CallNote | null
  reason: OutcomeReason | null
}

type Plain<T extends string> = T extends string ? { type: T } : never
export type CallEvent =
  | Plain<'ringing' | 'accept' | 'disconnect' | 'cancel' | 'reject' | 'reconnecting' | 'reconnected' | 'transport-close'>
  | { type: 'error'; code: number }
  /** What the person did. */
  | Plain<'answer' | 'hang-up'>
  /** Our own timers: no answer to connect or accept; reconnecting for too long; a call the SDK closed without a word. */
  | Plain<'no-signal' | 'lost'>
  /** The relay's word on how it ended, or null when none came within the time for it (RULES R24). */
  | { type: 'word'; outcome: CallOutcome; reason: OutcomeReason | null; isOurs: boolean }
  | { type: 'no-word' }

export const begin = (direction: CallProgress['direction']): CallProgress => ({
  direction,
  state: direction === 'incoming' ? 'incoming' : 'connecting',
  hasRung: false,
  wasAnswered: false,
  endedBy: null,
  errorCode: null,
  note: null,
  reason: null,
})

// facts/voice.md §5. Anything else that ends a call before its answer is Failed.
const ERROR_STATES: Record<number, CallState> = { 31486: 'busy', 31603: 'declined', 31480: 'not-reachable', 31404: 'not-reachable' }
const REASON_STATES: Partial<Record<OutcomeReason, CallState>> = {
  busy: 'busy',
  declined: 'declined',
  unreachable: 'not-reachable',
  'no-answer': 'no-answer',
  failed: 'failed',
  'not-allowed': 'failed',
  offline: 'failed',
}

/** The next progress. Pure; an event that means nothing here changes nothing, and returns the same object. */
export function step(call: CallProgress, event: CallEvent): CallProgress {
  if (isOver(call.state)) return afterEnd(call, event)
  switch (event.type) {
    case 'ringing':
      return call.state === 'connecting' ? { ...call, state: 'ringing', hasRung: true } : call
    case 'answer':
      return call.state === 'incoming' ? { ...call, state: 'connecting' } : call
    case 'accept':
      return call.wasAnswered ? call : { ...call, state: 'in-call', wasAnswered: true }
    case 'reconnecting':
      return call.wasAnswered && call.state !== 'reconnecting' ? { ...call, state: 'reconnecting' } : call
    case 'reconnected':
      return call.state === 'reconnecting' ? { ...call, state: 'in-call' } : call
    case 'hang-up':
      return call.state === 'incoming' ? { ...call, state: 'declined', endedBy: 'us' } : { ...call, state: 'ended', endedBy: 'us' }
    case 'error':
    case 'disconnect':
    case 'cancel':
    case 'reject':
    case 'transport-close':
    case 'no-signal':
    case 'lost':
      return ending(call, event)
    case 'word':
    case 'no-word':
  }
  return call
}

type Ending = Extract<CallEvent, { type: 'error' | 'disconnect' | 'cancel' | 'reject' | 'transport-close' | 'no-signal' | 'lost' }>

function ending(call: CallProgress, event: Ending): CallProgress {
  switch (event.type) {
    case 'error':
      return call.wasAnswered
        ? { ...call, errorCode: event.code }
        : { ...call, errorCode: event.code, state: ERROR_STATES[event.code] ?? 'failed', endedBy: 'them' }
    case 'disconnect':
      return {
        ...call,
        state: 'ended',
        endedBy: 'them',
        ...(call.wasAnswered && call.errorCode ? { note: 'connection-lost' as const } : {}),
      }
    case 'cancel':
      return { ...call, state: 'ended', endedBy: 'them', note: 'ended-elsewhere' }
    case 'reject':
      return { ...call, state: 'declined', endedBy: 'us' }
    case 'transport-close':
      // A call that rings is forgotten by the SDK; one in hand says `reconnecting` for itself.
      return call.state === 'incoming' ? { ...call, state: 'ended', note: 'lost-while-ringing' } : call
    case 'no-signal':
      return { ...call, state: 'failed', note: 'no-signal' }
    case 'lost':
      return { ...call, state: 'ended', note: call.wasAnswered ? 'connection-lost' : 'lost-while-ringing' }
  }
  return call
}

/** Whether only the relay knows how this ended: a cancelled ring, or an outgoing call that they ended unanswered and without a code. */
export const isUndecided = (call: CallProgress) =>
  call.note === 'ended-elsewhere' ||
  (call.direction === 'outgoing' && call.state === 'ended' && call.endedBy === 'them' && !call.wasAnswered)

function afterEnd(call: CallProgress, event: CallEvent): CallProgress {
  // A refused microphone is told as `disconnect`, and only then as `error`.
  if (event.type === 'error' && isUndecided(call) && call.direction === 'outgoing')
    return { ...call, errorCode: event.code, state: ERROR_STATES[event.code] ?? 'failed' }
  if (!isUndecided(call)) return call
  if (event.type === 'word') return call.direction === 'outgoing' ? outgoingWord(call, event) : { ...call, note: incomingNote(event) }
  if (event.type !== 'no-word') return call
  if (call.direction === 'incoming') return { ...call, note: 'unknown-end' }
  return { ...call, state: call.hasRung ? 'no-answer' : 'failed', endedBy: 'them' }
}

const outgoingWord = (call: CallProgress, { outcome, reason }: Extract<CallEvent, { type: 'word' }>): CallProgress =>
  outcome === 'answered' || !reason ? call : { ...call, state: REASON_STATES[reason] ?? call.state, reason }

function incomingNote({ outcome, reason, isOurs }: Extract<CallEvent, { type: 'word' }>): CallNote {
  if (outcome === 'answered') return 'answered-elsewhere'
  if (outcome === 'abandoned') return 'caller-hung-up'
  if (outcome === 'voicemail') return 'voicemail'
  if (reason === 'declined') return isOurs ? 'rang-out' : 'declined-elsewhere'
  return reason === 'rang-out' ? 'rang-out' : 'unknown-end'
}
