import { frameBytes, sampleReader, type WavFormat } from './wav.ts'

/** How a recording looks: for its waveform, and for skipping silence. */
export interface Shape {
  /** Per channel, 0…1 of the file's loudest sample, over the whole length. */
  peaks: number[][]
  /** From-to in seconds, in which no channel says anything. */
  silences: [number, number][]
}

const MAX_POINTS = 1000
/** Silence is judged in windows of so many seconds. */
const WINDOW_SECONDS = 0.02
/** A shorter one is a pause in a sentence. */
const MIN_SILENCE_SECONDS = 0.8
/** Silence stays below this part of the loudest sample, within bounds: a line's hiss is no speech, a whisper is. */
const OF_LOUDEST = 0.05
const LEAST = 0.004
const MOST = 0.02

const rounded = (value: number, by: number) => Math.round(value * by) / by

/** Stretches of at least the least silence; `levels`: per window, of the loudest channel. Pure. */
export function silencesOf(levels: Float32Array, windowSeconds: number, totalSeconds: number): [number, number][] {
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0)
  const threshold = Math.min(MOST, Math.max(LEAST, loudest * OF_LOUDEST))
  const found: [number, number][] = []
  let from = -1
  for (let i = 0; i <= levels.length; i++) {
    if (i < levels.length && (levels[i] ?? 0) < threshold) {
      if (from < 0) from = i
    } else if (from >= 0) {
      const until = Math.min(i * windowSeconds, totalSeconds)
      if (until - from * windowSeconds >= MIN_SILENCE_SECONDS - 1e-9) found.push([rounded(from * windowSeconds, 100), rounded(until, 100)])
      from = -1
    }
  }
  return found
}

/**
 * Takes a file's samples in pieces of any size and gives its shape: a piece costs about a millisecond per 64 KiB, so that an hour's recording
 * read chunk by chunk never holds up the thread.
 */
export class ShapeReader {
  readonly #format: WavFormat
  readonly #frames: number
  readonly #perWindow: number
  readonly #points: number
  readonly #peaks: Float32Array[]
  readonly #levels: Float32Array
  readonly #sample: ReturnType<typeof sampleReader>
  #rest = new Uint8Array()
  #frame = 0

  /** `frames`: how many there will be; what comes beyond is not looked at. */
  constructor(format: WavFormat, frames: number) {
    this.#format = format
    this.#frames = frames
    this.#points = Math.min(MAX_POINTS, frames)
    this.#perWindow = Math.max(1, Math.round(format.rate * WINDOW_SECONDS))
    this.#peaks = Array.from({ length: format.channels }, () => new Float32Array(this.#points))
    this.#levels = new Float32Array(Math.ceil(frames / this.#perWindow))
    this.#sample = sampleReader(format)
  }

  add(piece: Uint8Array): void {
    const block = frameBytes(this.#format)
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, piece]) : piece
    const whole = Math.min(Math.floor(bytes.length / block), this.#frames - this.#frame)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#peaks.forEach((peaks, channel) => this.#look(view, whole, channel, peaks))
    this.#frame += whole
    this.#rest = Uint8Array.from(bytes.subarray(whole * block, whole * block + block - 1))
  }

  /** One channel of a piece: a tight loop, since an hour has sixty million samples. */
  #look(view: DataView, whole: number, channel: number, peaks: Float32Array): void {
    const [frames, points, perWindow, first] = [this.#frames, this.#points, this.#perWindow, this.#frame]
    const [sample, levels] = [this.#sample, this.#levels]
    const block = frameBytes(this.#format)
    let at = (channel * this.#format.bits) / 8
    for (let frame = first; frame < first + whole; frame++, at += block) {
      const level = Math.abs(sample(view, at))
      const point = Math.floor((frame * points) / frames)
      const window = Math.floor(frame / perWindow)
      if (level > (peaks[point] ?? 0)) peaks[point] = level
      if (level > (levels[window] ?? 0)) levels[window] = level
    }
  }

  /** The shape of what was added. */
  shape(): Shape {
    const loudest = Math.max(0, ...this.#peaks.map((channel) => channel.reduce((most, level) => Math.max(most, level), 0)))
    const by = loudest > 0 ? 1 / loudest : 0
    return {
      peaks: this.#peaks.map((channel) => [...channel].map((level) => rounded(level * by, 1000))),
      silences: silencesOf(this.#levels, this.#perWindow / this.#format.rate, this.#frames / this.#format.rate),
    }
  }
}
