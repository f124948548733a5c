import type { Frame } from '../ports.ts'
import { FRAME_SAMPLES, SILENCE } from './frames.ts'

export interface IncomingRtp {
  payloadType: number
  timestamp: number
  payload: Uint8Array
}

export interface RtpInOptions {
  /** A frame the person said, and its place on the stream's clock in samples. */
  voice(frame: Frame, at: number): void
  /** A key the person pressed. */
  digit(digit: string): void
  /** The negotiated payload type of telephone-event. */
  eventType(): number | undefined
}

const PCMU = 0
const KEYS = '0123456789*#ABCD'
/** Gaps up to so many frames are losses and are filled; longer ones are pauses (a key held down) and stay pauses. */
const MAX_FILLED_FRAMES = 3
/** A timestamp that jumps further (a minute) does not belong to this stream's clock: it began anew. */
const MAX_JUMP_SAMPLES = 60 * 8000

/** Turns RTP packets into frames in order, with losses filled, and RFC 4733 events into digits, each counted once. */
export function createRtpIn(options: RtpInOptions): (packet: IncomingRtp) => void {
  const voice = createVoiceIn((frame, at) => options.voice(frame, at))
  const keys = createKeysIn((digit) => options.digit(digit))
  return (packet) => {
    if (packet.payloadType === PCMU) voice(packet.timestamp, packet.payload)
    else if (packet.payloadType === options.eventType() && packet.payload.length >= 4) keys(packet.timestamp, packet.payload)
  }
}

function createVoiceIn(voice: (frame: Frame, at: number) => void): (timestamp: number, payload: Uint8Array) => void {
  let lastTimestamp: number | undefined
  let position = 0
  let next = 0
  return (timestamp, payload) => {
    const jump = lastTimestamp === undefined ? 0 : (timestamp - lastTimestamp) | 0
    const isNewClock = Math.abs(jump) > MAX_JUMP_SAMPLES
    const place = isNewClock ? next : position + jump
    if (place < next) return
    lastTimestamp = timestamp
    position = place
    if (place - next <= MAX_FILLED_FRAMES * FRAME_SAMPLES) for (; next + FRAME_SAMPLES <= place; next += FRAME_SAMPLES) voice(SILENCE, next)
    for (let i = 0; i + FRAME_SAMPLES <= payload.length; i += FRAME_SAMPLES) {
      voice(payload.length === FRAME_SAMPLES ? payload : payload.subarray(i, i + FRAME_SAMPLES), place + i)
    }
    next = place + payload.length
  }
}

/** All packets of one key press have one timestamp; the press counts at its end, or when the next begins and the end was lost. */
function createKeysIn(digit: (digit: string) => void): (timestamp: number, payload: Uint8Array) => void {
  let pressed: { timestamp: number; key: string; isCounted: boolean } | undefined
  const count = () => {
    if (!pressed || pressed.isCounted) return
    pressed.isCounted = true
    digit(pressed.key)
  }
  return (timestamp, payload) => {
    const key = KEYS[payload[0]!]
    if (key === undefined) return
    if (pressed?.timestamp !== timestamp) {
      // A straggler of an earlier press is no new press.
      if (pressed && ((timestamp - pressed.timestamp) | 0) < 0) return
      count()
      pressed = { timestamp, key, isCounted: false }
    }
    if (payload[1]! & 0x80) count()
  }
}
