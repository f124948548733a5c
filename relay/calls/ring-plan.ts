import type { RingMode } from '../../contract/number.ts'
import type { DeviceRow, Presence } from '../ports.ts'
import { chooseDevices, MAX_CLIENTS, type Candidate } from './reachability.ts'
import { DIAL_BUFFER_SECONDS } from './voice-config.ts'

/** Ringing takes so long at most, Twilio's buffers included: carriers give up after it (RULES R16). */
const LONGEST_SECONDS = 55
/** Shorter is no ringing: an invite takes a second or two to be heard. */
const LEAST_RING_SECONDS = 5

export interface RingInput {
  mode: RingMode
  /** Who is still to be rung, in order, with their devices. */
  users: readonly { userId: string; devices: readonly DeviceRow[] }[]
  presence: Presence
  /** What the steps before took. */
  elapsedSeconds: number
  /** How long a step should ring. */
  ringSeconds: number
}

/** The next step of ringing. */
export interface RingStep {
  rung: Candidate[]
  /** Not dialled, though theirs is this turn, or none would ever come. */
  skipped: Candidate[]
  /** Have no device at all. */
  without: string[]
  /** The Dial's timeout; 0 when nobody is rung. */
  ringSeconds: number
  /** Of all ringing of this call, what has been included, each step with Twilio's buffer. */
  totalSeconds: number
}

/** How many turns there is time for, and how long each rings. */
function turnsIn(seconds: number, wanted: number, ringSeconds: number): { turns: number; ringSeconds: number } {
  const turns = Math.min(wanted, Math.floor(seconds / (LEAST_RING_SECONDS + DIAL_BUFFER_SECONDS)))
  return turns <= 0
    ? { turns: 0, ringSeconds: 0 }
    : { turns, ringSeconds: Math.min(ringSeconds, Math.floor(seconds / turns) - DIAL_BUFFER_SECONDS) }
}

/**
 * Who rings now. Simultaneous: everybody at once. Sequential: the devices of one user, then of the next; time is shared out so that all
 * ringing stays within 55 s, and those for whom there is no turn of their own ring together in the last one. Whoever is known to be away
 * gets no turn, unless all are. Pure.
 */
export function planRing({ mode, users, presence, elapsedSeconds, ringSeconds }: RingInput): RingStep {
  const isSequential = mode === 'sequential'
  const devices = users.flatMap((user) => user.devices)
  const chosen = chooseDevices(devices, presence, isSequential ? Infinity : MAX_CLIENTS)
  const present = new Set(chosen.rung.map(({ device }) => device.userId))
  const inTurn = users.filter(({ userId }) => present.has(userId)).map(({ userId }) => userId)
  const wanted = isSequential ? inTurn.length : Math.min(1, inTurn.length)
  const time = turnsIn(LONGEST_SECONDS - elapsedSeconds, wanted, ringSeconds)
  const now = new Set(time.turns === 0 ? [] : time.turns === 1 ? inTurn : inTurn.slice(0, 1))
  const isNow = ({ device }: Candidate) => now.has(device.userId)
  const rung = chosen.rung.filter(isNow)
  const isOver = time.turns <= 1
  return {
    rung: rung.slice(0, MAX_CLIENTS),
    skipped: [...rung.slice(MAX_CLIENTS), ...chosen.skipped.filter((one) => isOver || isNow(one) || !present.has(one.device.userId))],
    without: users.filter((user) => user.devices.length === 0).map(({ userId }) => userId),
    ringSeconds: time.ringSeconds,
    totalSeconds: time.turns === 0 ? 0 : elapsedSeconds + time.turns * (time.ringSeconds + DIAL_BUFFER_SECONDS),
  }
}
