import type { AppStatus } from '../../contract/desktop.ts'
import type { PhoneView } from '../model/phone.ts'

export type Problem =
  | 'off'
  | 'turning-on'
  | 'elsewhere'
  | 'not-registered'
  | 'microphone-denied'
  | 'microphone-missing'
  | 'relay-offline'
  | 'relay-connecting'
  | 'relay-refused'
  | 'stale'

/** A pong older than this proves nothing any more (RULES R27: 15 s, and half as much again for a slow link). */
export const STALE_MS = 22_500

/** Whether calls reach this computer, worst problem first; null means available. */
export function problemOf(
  view: Pick<PhoneView, 'power' | 'registered' | 'microphone'>,
  status: AppStatus | null,
  now: number,
): Problem | null {
  if (view.power === 'waiting') return 'off'
  if (view.power === 'elsewhere') return 'elsewhere'
  if (view.power === 'turning-on' && !view.registered) return 'turning-on'
  if (!view.registered) return 'not-registered'
  if (view.microphone === 'denied') return 'microphone-denied'
  if (view.microphone === 'missing') return 'microphone-missing'
  if (!status) return 'relay-connecting'
  if (status.relay === 'refused') return 'relay-refused'
  if (status.relay === 'connecting') return 'relay-connecting'
  if (status.relay !== 'online') return 'relay-offline'
  return status.relaySeenAt && now - Date.parse(status.relaySeenAt) > STALE_MS ? 'stale' : null
}

/** What a problem means for calls. */
export const consequenceOf = (problem: Problem) =>
  problem.startsWith('microphone') ? 'noSound' : problem.startsWith('relay') || problem === 'stale' ? 'maybe' : 'noRing'
