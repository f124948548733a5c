import type { Frame } from '../ports.ts'
import { FRAME_SAMPLES, SAMPLE_RATE, type Tap } from './frames.ts'
import { decodeMulaw } from './g711.ts'

/** 400 ms: bins 2.5 Hz apart. */
const WINDOW_FRAMES = 20
const LOWEST_HZ = 50
const HIGHEST_HZ = 3900
/** Quieter than this is silence and has no pitch. */
const SILENT_LEVEL = 0.001

export interface Ear {
  /** Dominant frequency of the last 400 ms in Hz; 0 in silence. */
  readonly frequencyHz: number
  /** RMS of the last 400 ms, 0…1 of full scale. */
  readonly level: number
  /** Forgets what was heard. */
  reset(): void
  close(): void
}

/** Listens to a stream of frames (`subscribe`); measures only when asked. */
export function createEar(subscribe: Tap): Ear {
  const frames: Frame[] = []
  const unsubscribe = subscribe((frame) => {
    frames.push(frame)
    if (frames.length > WINDOW_FRAMES) frames.shift()
  })
  return {
    get frequencyHz() {
      const samples = samplesOf(frames)
      return levelOf(samples) < SILENT_LEVEL ? 0 : dominantFrequency(samples)
    },
    get level() {
      return levelOf(samplesOf(frames))
    },
    reset: () => void frames.splice(0),
    close: unsubscribe,
  }
}

function samplesOf(frames: Frame[]): Float64Array {
  const samples = new Float64Array(frames.length * FRAME_SAMPLES)
  for (const [index, frame] of frames.entries()) samples.set(decodeMulaw(frame), index * FRAME_SAMPLES)
  return samples
}

/** RMS of 16-bit samples, 0…1. */
export function levelOf(samples: ArrayLike<number>): number {
  if (!samples.length) return 0
  let sum = 0
  for (let i = 0; i < samples.length; i++) sum += samples[i]! ** 2
  return Math.sqrt(sum / samples.length) / 32_768
}

/** The strongest frequency of 8 kHz samples in Hz, by a Goertzel bank over a Hann window and a parabola through the peak. */
export function dominantFrequency(samples: ArrayLike<number>): number {
  const count = samples.length
  const width = SAMPLE_RATE / count
  const windowed = Float64Array.from(samples, (sample, i) => sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / count)))
  const first = Math.ceil(LOWEST_HZ / width)
  const powers = Array.from({ length: Math.floor(HIGHEST_HZ / width) - first + 1 }, (_, i) => goertzel(windowed, first + i))
  let peak = 0
  for (let i = 1; i < powers.length; i++) if (powers[i]! > powers[peak]!) peak = i
  const [left, middle, right] = [powers[peak - 1], powers[peak], powers[peak + 1]].map((power) => Math.log((power ?? 0) + 1e-9)) as [
    number,
    number,
    number,
  ]
  const curve = left - 2 * middle + right
  const shift = curve ? Math.max(-0.5, Math.min(0.5, (left - right) / (2 * curve))) : 0
  return (first + peak + shift) * width
}

function goertzel(samples: Float64Array, bin: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * bin) / samples.length)
  let last = 0
  let beforeLast = 0
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]! + coefficient * last - beforeLast
    beforeLast = last
    last = value
  }
  return last * last + beforeLast * beforeLast - coefficient * last * beforeLast
}
