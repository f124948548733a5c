import type { CallState } from '../model/phone.ts'

const TONES: Partial<Record<CallState, string>> = {
  'in-call': 'text-call',
  incoming: 'text-call',
  reconnecting: 'text-warn',
  'on-hold': 'text-warn',
  failed: 'text-alarm',
  busy: 'text-alarm',
  'not-reachable': 'text-alarm',
  'no-answer': 'text-alarm',
  declined: 'text-alarm',
}
/** The colour that goes with the word; the word alone says it. */
export const stateTone = (state: CallState) => TONES[state] ?? 'text-ink-2'
