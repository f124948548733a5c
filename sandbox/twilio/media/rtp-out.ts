import { randomBytes } from 'node:crypto'
import type { Frame } from '../ports.ts'
import { FRAME_MS, FRAME_SAMPLES } from './frames.ts'

export interface OutgoingRtp {
  kind: 'audio' | 'event'
  sequenceNumber: number
  timestamp: number
  marker: boolean
  payload: Uint8Array
}

export interface RtpOut {
  /** The packets for the next 20 ms. `skipped` frames were left out before. While a key is played its events replace the audio. */
  next(frame: Frame, skipped: number): OutgoingRtp[]
  /** Plays keys from now on: 0-9 * # A-D; w waits half a second, W a whole one; anything else is left out. */
  press(digits: string): void
}

const KEYS = '0123456789*#ABCD'
const KEY_FRAMES = 8
const GAP_FRAMES = 3
const WAIT_FRAMES: Record<string, number> = { w: 500 / FRAME_MS, W: 1000 / FRAME_MS }
/** The last packet of an event is sent three times (RFC 4733 2.5.1.4). */
const END_PACKETS = 3
/** -10 dBm0. */
const VOLUME = 10

/** What 20 ms of a key sequence are: audio as usual, or the n-th part of a key. */
type Step = 'audio' | { key: number; part: number }

/** The RTP stream of one leg: its sequence numbers and timestamps go on whatever plays. */
export function createRtpOut(): RtpOut {
  const steps: Step[] = []
  let sequenceNumber = randomBytes(2).readUInt16BE()
  let timestamp = randomBytes(4).readUInt32BE()
  let eventTimestamp = 0
  let isFirst = true

  const packet = (kind: OutgoingRtp['kind'], at: number, marker: boolean, payload: Uint8Array): OutgoingRtp => {
    sequenceNumber = (sequenceNumber + 1) & 0xffff
    return { kind, sequenceNumber, timestamp: at, marker, payload }
  }
  const eventPackets = ({ key, part }: { key: number; part: number }): OutgoingRtp[] => {
    if (part === 1) eventTimestamp = timestamp
    const isEnd = part === KEY_FRAMES
    const duration = part * FRAME_SAMPLES
    const payload = Uint8Array.of(key, (isEnd ? 0x80 : 0) | VOLUME, duration >> 8, duration & 0xff)
    return Array.from({ length: isEnd ? END_PACKETS : 1 }, () => packet('event', eventTimestamp, part === 1, payload))
  }
  return {
    next(frame, skipped) {
      timestamp = (timestamp + skipped * FRAME_SAMPLES) >>> 0
      const step = steps.shift() ?? 'audio'
      const packets = step === 'audio' ? [packet('audio', timestamp, isFirst || skipped > 0, frame)] : eventPackets(step)
      isFirst = false
      timestamp = (timestamp + FRAME_SAMPLES) >>> 0
      return packets
    },
    press: (digits) => void steps.push(...Array.from(digits).flatMap(stepsOf)),
  }
}

const gap = (frames: number): Step[] => Array.from({ length: frames }, () => 'audio' as const)

function stepsOf(digit: string): Step[] {
  const wait = WAIT_FRAMES[digit]
  if (wait) return gap(wait)
  const key = KEYS.indexOf(digit.toUpperCase())
  if (key < 0) return []
  return [...Array.from({ length: KEY_FRAMES }, (_, i) => ({ key, part: i + 1 })), ...gap(GAP_FRAMES)]
}
