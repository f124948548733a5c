import type { AudioSource, Frame, LegAudio } from '../ports.ts'
import { FRAME_SAMPLES, SAMPLE_RATE, SILENCE, monotonicNow } from './frames.ts'
import type { Pacer } from './pacer.ts'

export interface LegSink {
  /** Takes the next frame to hear; `skipped` frames were left out before it (the RTP timestamp jumps over them). */
  send(frame: Frame, skipped: number): void
  /** False while the way to the person is not open yet: nothing is played, so nothing of a prompt is lost. */
  isReady?(): boolean
}

/** The far side of a leg's audio: who carries the frames calls these. */
export interface LegAudioControl {
  /** The person said a frame; `at` is its place on the stream's clock in samples, if it has one. */
  said(frame: Frame, at?: number): void
  /** Ends playing (false to whoever waits) and forgets all listeners. */
  close(): void
}

/** A bridge that pushed within so many ticks still speaks: no silence is put between its frames. */
const PUSH_HOLD_TICKS = 3
/** Without a stream clock, a pause longer than this is a pause and not jitter. */
const JITTER_SAMPLES = 800

type Listener = (frame: Frame, at?: number) => void
interface Playing {
  source: AudioSource
  done: (isComplete: boolean) => void
}

/** Audio of one leg over any carrier (RTP, or a line of the exchange): paces what is heard and passes on what is said. */
export function createLegAudio(sink: LegSink, pacer: Pacer, now = monotonicNow): LegAudio & LegAudioControl {
  const voice = new Set<Listener>()
  const heard = new Set<Listener>()
  const arrivals = createArrivalClock(now)
  const player = createPlayer(sink, heard)
  const removeTick = pacer.add((skipped) => player.tick(skipped))
  let isClosed = false

  return {
    play: (source: AudioSource) => (isClosed ? Promise.resolve(false) : player.play(source)),
    stop: () => player.stop(),
    push: (frame) => void (isClosed || player.push(frame)),
    onVoice: (listener) => subscribe(voice, listener),
    onHeard: (listener) => subscribe(heard, listener),
    said(frame, at) {
      if (isClosed) return
      const place = at ?? arrivals()
      for (const listener of voice) listener(frame, place)
    },
    close() {
      isClosed = true
      removeTick()
      player.stop()
      voice.clear()
      heard.clear()
    },
  }
}

/** Decides what is heard next: what plays, else what a bridge pushes, else silence. */
function createPlayer(sink: LegSink, heard: Set<Listener>) {
  let playing: Playing | undefined
  let ticksSincePush = PUSH_HOLD_TICKS
  let sentSamples = 0

  const isReady = () => sink.isReady?.() ?? true
  const send = (frame: Frame, skipped: number) => {
    sentSamples += skipped * FRAME_SAMPLES
    sink.send(frame, skipped)
    for (const listener of heard) listener(frame, sentSamples)
    sentSamples += FRAME_SAMPLES
  }
  const settle = (isComplete: boolean) => {
    const done = playing?.done
    playing = undefined
    done?.(isComplete)
  }
  return {
    play(source: AudioSource): Promise<boolean> {
      settle(false)
      ticksSincePush = PUSH_HOLD_TICKS
      return new Promise((done) => (playing = { source, done }))
    },
    stop: () => settle(false),
    push(frame: Frame) {
      // What plays goes before what is bridged: two streams at once would be twice real time.
      if (playing || !isReady()) return
      ticksSincePush = 0
      send(frame, 0)
    },
    tick(skipped: number) {
      if (!isReady()) return
      const frame = playing?.source.next()
      if (frame) return send(frame, skipped)
      if (playing) settle(true)
      if (++ticksSincePush < PUSH_HOLD_TICKS) return
      send(SILENCE, ticksSincePush === PUSH_HOLD_TICKS ? PUSH_HOLD_TICKS - 1 : skipped)
    },
  }
}

function subscribe(set: Set<Listener>, listener: Listener): () => void {
  set.add(listener)
  return () => void set.delete(listener)
}

/** Gives frames without a clock of their own one: continuous through jitter, jumping over real pauses. */
function createArrivalClock(now: () => number): () => number {
  const start = now()
  let next = 0
  return () => {
    const arrival = Math.round(((now() - start) * SAMPLE_RATE) / 1000)
    const at = arrival - next > JITTER_SAMPLES ? arrival : next
    next = at + FRAME_SAMPLES
    return at
  }
}
