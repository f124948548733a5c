import type { AudioSource, Frame } from '../ports.ts'
import { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE, SILENCE } from './frames.ts'
import { encodeMulaw } from './g711.ts'

const TONE_AMPLITUDE = 8000
const BEEP_HZ = 1000
const BEEP_MS = 500

const framesIn = (ms: number): number => Math.max(0, Math.round(ms / FRAME_MS))

/** A sine of `hz` for `ms` (whole frames); endless without `ms`. Each source keeps its phase from frame to frame. */
export function tone(hz: number, ms?: number): AudioSource {
  const step = (2 * Math.PI * hz) / SAMPLE_RATE
  let phase = 0
  let left = ms === undefined ? Infinity : framesIn(ms)
  return {
    next() {
      if (left-- <= 0) return null
      const pcm = new Int16Array(FRAME_SAMPLES)
      for (let i = 0; i < FRAME_SAMPLES; i++, phase += step) pcm[i] = Math.round(TONE_AMPLITUDE * Math.sin(phase))
      phase %= 2 * Math.PI
      return encodeMulaw(pcm)
    },
  }
}

/** The tone after which one speaks: 1 kHz for half a second. */
export const beep = (): AudioSource => tone(BEEP_HZ, BEEP_MS)

/** `ms` of silence, in whole frames. */
export function silence(ms: number): AudioSource {
  let left = framesIn(ms)
  return { next: () => (left-- > 0 ? SILENCE : null) }
}

/** Plays 16-bit samples at 8 kHz; the last frame is filled with silence. */
export function pcmSource(pcm: Int16Array): AudioSource {
  let position = 0
  return {
    next(): Frame | null {
      if (position >= pcm.length) return null
      const part = pcm.subarray(position, position + FRAME_SAMPLES)
      position += FRAME_SAMPLES
      if (part.length === FRAME_SAMPLES) return encodeMulaw(part)
      const filled = new Int16Array(FRAME_SAMPLES)
      filled.set(part)
      return encodeMulaw(filled)
    },
  }
}

/** One source after the other. */
export function sequence(...sources: AudioSource[]): AudioSource {
  let index = 0
  return {
    next() {
      for (; index < sources.length; index++) {
        const frame = sources[index]!.next()
        if (frame) return frame
      }
      return null
    },
  }
}
