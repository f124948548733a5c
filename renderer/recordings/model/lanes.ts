import type { RecordingRecord } from '../../../contract/call.ts'

export type Side = 'us' | 'them'
/** One lane of a waveform; `who` null: both sides mixed, or nobody knows. */
export interface Lane {
  who: Side | null
  peaks: readonly number[]
}

type Roles = RecordingRecord['channelRoles']

/** The waveform's lanes: we above, they below (RULES R9 says which channel is whose); as recorded where nobody knows. */
export function lanesOf(peaks: readonly (readonly number[])[], roles: Roles): Lane[] {
  if (peaks.length !== 2 || !roles || roles[0] === roles[1]) return peaks.map((one) => ({ who: null, peaks: one }))
  const lanes = peaks.map((one, channel): Lane => ({ who: roles[channel] ?? null, peaks: one }))
  return lanes.toSorted((a, b) => Number(a.who === 'them') - Number(b.who === 'them'))
}

/** Why the two sides cannot be heard apart, or null when they can. `channels`: of the sound itself, null while unknown. */
export function whyTogether(channels: number | null, roles: Roles): 'mono' | 'no-roles' | null {
  if (channels !== 2) return 'mono'
  return roles && roles[0] !== roles[1] ? null : 'no-roles'
}
