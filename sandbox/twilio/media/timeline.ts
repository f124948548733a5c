import { FRAME_SAMPLES, SAMPLE_RATE } from './frames.ts'

/** A stream's clock that says something else than arrival by more than this began anew (a new media connection). */
const LOST_ANCHOR_SAMPLES = SAMPLE_RATE
/** Without a stream's clock, an arrival this far from its turn is a pause and not jitter. */
const JITTER_SAMPLES = SAMPLE_RATE / 10
const INITIAL_SAMPLES = 4 * SAMPLE_RATE

/** The part of one recording channel that is not on disk yet. Positions are samples since the recording's start; gaps are silence. */
export interface Timeline {
  /** The first position that is still here. */
  readonly start: number
  /** Places samples that arrived at `arrival` (their end), by the stream's clock `at` if it has one. */
  put(pcm: Int16Array, arrival: number, at?: number): void
  /** Removes and returns everything before `until`. */
  take(until: number): Int16Array
  /** The next frame's arrival is its place again: after a pause that was left out. */
  anchorAgain(): void
}

/** An empty timeline. */
export function createTimeline(): Timeline {
  const places = createPlaces()
  let window = new Int16Array(INITIAL_SAMPLES)
  let start = 0

  const makeRoom = (end: number) => {
    if (end <= window.length) return
    const larger = new Int16Array(Math.max(end, 2 * window.length))
    larger.set(window)
    window = larger
  }
  return {
    get start() {
      return start
    },
    put(pcm, arrival, at) {
      const place = places.of(arrival, at)
      const late = Math.max(0, start - place)
      if (late >= pcm.length) return
      makeRoom(place + pcm.length - start)
      window.set(pcm.subarray(late), place + late - start)
    },
    take(until) {
      const count = Math.max(0, until - start)
      makeRoom(count)
      const taken = window.slice(0, count)
      window.copyWithin(0, count)
      window.fill(0, window.length - count)
      start += count
      return taken
    },
    anchorAgain: places.anchorAgain,
  }
}

/** Where frames belong: by the stream's clock, anchored at its first arrival; without a clock one after the other, jumping over pauses. */
function createPlaces() {
  let next = 0
  /** Place in the recording minus place on the stream's clock. */
  let offset: number | undefined
  const place = (arrived: number, at: number | undefined): number => {
    if (at === undefined) return Math.abs(arrived - next) > JITTER_SAMPLES ? arrived : next
    if (offset === undefined || Math.abs(offset + at - arrived) > LOST_ANCHOR_SAMPLES) offset = arrived - at
    return offset + at
  }
  return {
    of(arrival: number, at: number | undefined): number {
      const found = place(Math.max(0, arrival - FRAME_SAMPLES), at)
      next = found + FRAME_SAMPLES
      return found
    },
    anchorAgain: () => void (offset = undefined),
  }
}
