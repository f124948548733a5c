import type { Frame } from '../ports.ts'

/** Audio everywhere is G.711 mu-law at 8 kHz, in frames of 20 ms. */
export const SAMPLE_RATE = 8000
export const FRAME_MS = 20
export const FRAME_SAMPLES = 160

/** Mu-law's zero. */
const MULAW_ZERO = 0xff

/** A frame of digital silence. Shared: nobody writes into frames. */
export const SILENCE: Frame = new Uint8Array(FRAME_SAMPLES).fill(MULAW_ZERO)

/** Milliseconds of the process's monotonic clock: media runs in real time, whatever the sandbox clock says. */
export const monotonicNow = (): number => performance.now()

/**
 * A stream of frames to listen to. `at` is the frame's place on the stream's own clock in samples (as RTP timestamps count); undefined when
 * the stream has no clock but arrival.
 */
export type Tap = (listener: (frame: Frame, at?: number) => void) => () => void
