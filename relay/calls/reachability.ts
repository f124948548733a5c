import type { DeviceRow, Presence } from '../ports.ts'

/** A pong older than this, while another Device answers, is positive evidence of absence (RULES R27). */
const STALE_PONG_MS = 45_000
/** Twilio dials at most ten at once. */
export const MAX_CLIENTS = 10

export interface Candidate {
  device: DeviceRow
  /** False: known to be away. Null: unknown, which means dial. */
  isReachable: boolean | null
}

function reachability(device: DeviceRow, presence: Presence): boolean | null {
  if (!presence.isConnected(device.deviceId)) return null
  return presence.claim(device.deviceId)?.registered ?? null
}

const rank = ({ isReachable }: Candidate) => (isReachable === true ? 0 : isReachable === null ? 1 : 2)

/**
 * Which Devices to ring, liveliest first, and which are left out. Only positive evidence leaves one out: it said that it is not registered,
 * or it has gone silent while another answers; and evidence never leads to nobody.
 */
export function chooseDevices(
  devices: readonly DeviceRow[],
  presence: Presence,
  most = MAX_CLIENTS,
): { rung: Candidate[]; skipped: Candidate[] } {
  const all = devices.map((device) => ({ device, isReachable: reachability(device, presence), ageMs: presence.pongAgeMs(device.deviceId) }))
  const isAnyLive = all.some((one) => one.isReachable === true && one.ageMs < STALE_PONG_MS)
  const isSilent = (one: (typeof all)[number]) => isAnyLive && presence.isConnected(one.device.deviceId) && one.ageMs >= STALE_PONG_MS
  const candidates: Candidate[] = all
    .map((one) => ({ ...one, isReachable: isSilent(one) ? false : one.isReachable }))
    .toSorted((a, b) => rank(a) - rank(b) || byAge(a.ageMs, b.ageMs))
    .map(({ device, isReachable }) => ({ device, isReachable }))
  const worthDialling = candidates.filter((one) => one.isReachable !== false)
  const rung = (worthDialling.length > 0 ? worthDialling : candidates).slice(0, most)
  return { rung, skipped: candidates.filter((one) => !rung.includes(one)) }
}

// Infinity - Infinity is not a number.
const byAge = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1)
