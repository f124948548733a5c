import type { Frame, LegAudio } from '../ports.ts'
import { levelOf } from './ear.ts'
import { SAMPLE_RATE, monotonicNow, type Tap } from './frames.ts'
import { decodeMulaw } from './g711.ts'
import { createTimeline } from './timeline.ts'
import { createWavWriter, type WavWriter } from './wav.ts'

/** Late frames may still arrive for the last part of this length; what is older goes to disk. */
const OPEN_SAMPLES = SAMPLE_RATE / 2
/** Written at once at most; a long pause must not need long memory. */
const CHUNK_SAMPLES = 10 * SAMPLE_RATE
/** Frames louder than this (RMS, 0…1) are sound: -50 dB, above line noise, below a whisper. */
const SOUND_LEVEL = 0.003

/** What the person on a leg says. */
export const voiceOf =
  (audio: LegAudio): Tap =>
  (listener) =>
    audio.onVoice(listener)

/** What the person on a leg hears: prompts, beeps, the other leg. */
export const heardBy =
  (audio: LegAudio): Tap =>
  (listener) =>
    audio.onHeard(listener)

export interface RecorderOptions {
  file: string
  /** 2: one person per channel. 1: both mixed. */
  channels: 1 | 2
  /** Channel 1: the parent leg. */
  left: Tap
  /** Channel 2: the child leg; silence without it. */
  right?: Tap
  /** Monotonic milliseconds; by default the process's. */
  clock?: { now(): number }
}

export interface Recorder {
  /** `skip` leaves the pause out of the file, `silence` keeps its length. */
  pause(behavior?: 'skip' | 'silence'): void
  resume(): void
  /** Ends the file. Repeated calls get the same answer. @throws when the disk refused. */
  stop(): Promise<{ durationSeconds: number; bytes: number; isSilent: boolean }>
}

/** Records to a WAV on disk while the call lasts: a sample's place is its stream's first arrival plus the stream's own clock. */
export function createRecorder({ file, channels, left, right, clock = { now: monotonicNow } }: RecorderOptions): Recorder {
  const tape = createTape(createWavWriter(file, channels), channels)
  const watch = createStopwatch(clock)
  let isPaused = false
  let isSilent = true
  let stopped: ReturnType<Recorder['stop']> | undefined

  const record = (channel: 0 | 1) => (frame: Frame, at?: number) => {
    if (isPaused || stopped) return
    const pcm = decodeMulaw(frame)
    isSilent &&= levelOf(pcm) <= SOUND_LEVEL
    tape.put(channel, pcm, watch.samples(), at)
  }
  const untaps = [left(record(0)), right?.(record(1))]
  const finish = async () => {
    for (const untap of untaps) untap?.()
    const samples = watch.samples()
    return { durationSeconds: samples / SAMPLE_RATE, bytes: await tape.end(samples), isSilent }
  }

  return {
    pause(behavior = 'silence') {
      if (stopped) return
      isPaused = true
      if (behavior === 'skip') watch.halt()
    },
    resume() {
      if (stopped || !isPaused) return
      isPaused = false
      if (watch.go()) tape.anchorAgain()
    },
    stop: () => (stopped ??= finish()),
  }
}

/** Both channels on their way to disk. */
function createTape(writer: WavWriter, channels: 1 | 2) {
  const timelines = [createTimeline(), createTimeline()] as const
  const flush = (until: number) => {
    while (timelines[0].start < until) {
      const end = Math.min(until, timelines[0].start + CHUNK_SAMPLES)
      const [one, two] = [timelines[0].take(end), timelines[1].take(end)]
      writer.write(channels === 2 ? interleave(one, two) : mix(one, two))
    }
  }
  return {
    put(channel: 0 | 1, pcm: Int16Array, arrival: number, at?: number) {
      timelines[channel].put(pcm, arrival, at)
      // Half a second at a time: few writes, and never much to lose.
      if (arrival - timelines[0].start > 2 * OPEN_SAMPLES) flush(arrival - OPEN_SAMPLES)
    },
    anchorAgain() {
      for (const timeline of timelines) timeline.anchorAgain()
    },
    end(samples: number) {
      flush(samples)
      return writer.close()
    },
  }
}

/** Samples since the start, without the time it was halted. */
function createStopwatch(clock: { now(): number }) {
  let startedAt = clock.now()
  let haltedAt: number | undefined
  return {
    samples: () => Math.max(0, Math.round((((haltedAt ?? clock.now()) - startedAt) * SAMPLE_RATE) / 1000)),
    halt: () => void (haltedAt ??= clock.now()),
    /** Goes on; false when it was not halted. */
    go() {
      if (haltedAt === undefined) return false
      startedAt += clock.now() - haltedAt
      haltedAt = undefined
      return true
    },
  }
}

function interleave(left: Int16Array, right: Int16Array): Int16Array {
  const out = new Int16Array(left.length * 2)
  for (let i = 0; i < left.length; i++) {
    out[2 * i] = left[i]!
    out[2 * i + 1] = right[i]!
  }
  return out
}

function mix(left: Int16Array, right: Int16Array): Int16Array {
  return left.map((sample, i) => Math.max(-32_768, Math.min(32_767, sample + right[i]!)))
}
