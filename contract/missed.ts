import type { CallRecord } from './call.ts'

/**
 * Whether a call belongs into the inbox of missed calls: incoming, and nobody spoke with the caller, who did not hear a No from a person
 * either (RULES R6). What is still ongoing does not, for it may yet be answered. Pure.
 */
export function isMissedEntry({ direction, outcome, reason }: Pick<CallRecord, 'direction' | 'outcome' | 'reason'>): boolean {
  if (direction !== 'incoming') return false
  return outcome === 'voicemail' || outcome === 'abandoned' || (outcome === 'missed' && reason !== 'declined')
}
