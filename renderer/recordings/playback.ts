import { afterSilence, isLoopOver, type Loop, type Passage } from './model/passages.ts'
import type { Side } from './model/lanes.ts'
import { createSoundGraph, type Heard, type SoundGraph } from './sound-graph.ts'

/** `blocked`: the browser wants a gesture first; `unplayable`: the sound could not be read. */
export type PlaybackTrouble = 'blocked' | 'unplayable'

/** A recording as it is being listened to. Seconds. */
export interface PlaybackView {
  isPlaying: boolean
  /** Sound is asked for and has not come. */
  isWaiting: boolean
  at: number
  /** Null until it is known; `at` is never beyond it. */
  duration: number | null
  /** How much of it has come, 0…1. */
  loaded: number
  trouble: PlaybackTrouble | null
}

/** A person has listened when so much was played. */
const HEARD_SECONDS = 2
/** Two looks at the time lie closer together than this, unless somebody jumped. */
const STEP_SECONDS = 1.5
const nothing: PlaybackView = { isPlaying: false, isWaiting: false, at: 0, duration: null, loaded: 0, trouble: null }
const rounded = (at: number) => Math.round(at * 10) / 10
const isNamed = (error: unknown, name: string) => error instanceof DOMException && error.name === name

interface Ears {
  /** Once, when two seconds were heard, or all of a shorter one. */
  heard: () => void
  /** It was played to its end and does not begin again. */
  ended: () => void
}

/**
 * Plays one recording through `audio`, which is its own from now on. `makeContext` is asked in the first play of a recording whose sides lie
 * apart, and never waited for.
 */
export class Playback {
  readonly #audio: HTMLAudioElement
  readonly #makeContext: () => AudioContext
  readonly #ears: Ears
  readonly #listeners = new Set<() => void>()
  readonly #closing = new AbortController()
  #view = nothing
  #told: number | null = null
  #silences: readonly Passage[] | null = null
  #loop: Loop | null = null
  #who: Heard = 'both'
  #roles: readonly [Side, Side] | null = null
  #graph: SoundGraph | undefined
  #last = 0
  #heardSeconds = 0
  #isHeard = false
  #frame = 0
  #speed = 1
  /** Somebody wants to hear it: it goes on at another address when this one fails. */
  #isWanted = false

  constructor(audio: HTMLAudioElement, makeContext: () => AudioContext, ears: Ears) {
    this.#audio = audio
    this.#makeContext = makeContext
    this.#ears = ears
    this.#on(['play', 'playing'], () => {
      this.#show({ isPlaying: true, isWaiting: audio.readyState < 3, trouble: null })
      if (this.#frame === 0) this.#frame = requestAnimationFrame(this.#follow)
    })
    this.#on(['waiting', 'stalled'], () => audio.paused || this.#show({ isWaiting: audio.readyState < 3 }))
    this.#on(['pause'], () => {
      this.#isWanted = false
      this.#show({ isPlaying: false, isWaiting: false })
    })
    this.#on(['timeupdate', 'loadedmetadata', 'durationchange', 'progress', 'seeked'], this.#look) // a hidden page draws no frames
    this.#on(['ended'], this.#end)
    this.#on(['error'], () => audio.error && this.#show({ isPlaying: false, isWaiting: false, trouble: 'unplayable' }))
  }

  readonly view = () => this.#view
  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The time to the frame; the view's is rounded, so that it changes ten times a second. */
  readonly now = () => this.#audio.currentTime

  /** Takes this address; goes on at `at`, and plays if it did until its address failed. `duration`: as told, while the sound has not said. */
  load(url: string, at: number, duration: number | null): void {
    const goesOn = this.#isWanted
    this.#told = duration
    this.#last = at
    this.#audio.src = url
    this.#audio.preload = 'auto'
    if (at > 0) this.#audio.currentTime = at // before anything has come it is where playing begins
    this.#audio.playbackRate = this.#speed // a new address begins at the default
    this.#show({ at: rounded(at), duration, loaded: 0, trouble: null })
    if (goesOn) this.play()
  }

  play(): void {
    this.#isWanted = true
    this.#wire()
    this.#show({ isWaiting: true, trouble: null })
    this.#audio.play().catch((error: unknown) => {
      if (isNamed(error, 'AbortError')) return // paused, or another address, before it began
      this.#show({ isPlaying: false, isWaiting: false, trouble: isNamed(error, 'NotAllowedError') ? 'blocked' : 'unplayable' })
    })
  }

  pause(): void {
    this.#isWanted = false
    this.#audio.pause()
  }

  seek(at: number): void {
    const length = this.#duration()
    this.#jump(Math.max(0, length === null ? at : Math.min(at, length)))
  }

  /** 1: as it was spoken; the pitch stays. */
  setSpeed(speed: number): void {
    this.#speed = speed
    this.#audio.defaultPlaybackRate = speed
    this.#audio.playbackRate = speed
    this.#audio.preservesPitch = true
  }

  /** Passages to jump over; null: none. */
  setSilences(silences: readonly Passage[] | null): void {
    this.#silences = silences
  }

  setLoop(loop: Loop | null): void {
    this.#loop = loop
  }

  /** Whose voice is heard; `roles` null where the sides do not lie apart: then both, always. */
  setHeard(who: Heard, roles: readonly [Side, Side] | null): void {
    this.#who = who
    this.#roles = roles
    if (this.#audio.paused) this.#graph?.hear(who)
    else this.#wire()
  }

  /** Lets go of the sound, the connection and the audio hardware. */
  close(): void {
    this.#closing.abort()
    cancelAnimationFrame(this.#frame)
    this.#listeners.clear()
    this.#audio.pause()
    this.#audio.removeAttribute('src')
    this.#audio.load()
    this.#graph?.close()
  }

  #on(names: readonly string[], listener: () => void): void {
    for (const name of names) this.#audio.addEventListener(name, listener, { signal: this.#closing.signal })
  }

  #show(change: Partial<PlaybackView>): void {
    const next = { ...this.#view, ...change }
    if ((Object.keys(next) as (keyof PlaybackView)[]).every((key) => next[key] === this.#view[key])) return
    this.#view = next
    this.#listeners.forEach((listener) => listener())
  }

  #duration(): number | null {
    const { duration } = this.#audio
    return Number.isFinite(duration) && duration > 0 ? duration : this.#told
  }

  #showTime(): void {
    const { buffered, currentTime } = this.#audio
    const duration = this.#duration()
    const loaded = duration && buffered.length > 0 ? Math.min(1, buffered.end(buffered.length - 1) / duration) : 0
    this.#show({ at: Math.min(rounded(currentTime), duration ?? Infinity), duration, loaded: Math.round(loaded * 100) / 100 })
  }

  #jump(at: number): void {
    this.#last = at
    this.#audio.currentTime = at
    this.#showTime()
  }

  /** Looks at the time: while it plays it jumps over silence and back to the loop's beginning, and counts what was heard. */
  readonly #look = (): void => {
    const now = this.#audio.currentTime
    const before = this.#last
    this.#last = now
    if (!this.#audio.paused) {
      this.#count(now - before)
      if (this.#loop && isLoopOver(this.#loop, before, now)) return this.#jump(this.#loop.from)
      const after = this.#silences ? afterSilence(this.#silences, now) : undefined
      if (after !== undefined) return this.#jump(after)
    }
    return this.#showTime()
  }

  readonly #follow = (): void => {
    this.#look()
    this.#frame = this.#audio.paused ? 0 : requestAnimationFrame(this.#follow)
  }

  #count(step: number): void {
    if (step > 0 && step < STEP_SECONDS * this.#speed) this.#heardSeconds += step
    if (this.#heardSeconds >= HEARD_SECONDS) this.#tellHeard()
  }

  #tellHeard(): void {
    if (this.#isHeard) return
    this.#isHeard = true
    this.#ears.heard()
  }

  readonly #end = (): void => {
    if (this.#heardSeconds > 0) this.#tellHeard()
    if (this.#loop) {
      this.#jump(this.#loop.from)
      return this.play()
    }
    this.#isWanted = false
    this.#show({ isPlaying: false, isWaiting: false })
    return this.#ears.ended()
  }

  #wire(): void {
    if (!this.#graph && this.#roles) this.#graph = createSoundGraph(this.#audio, this.#roles, this.#makeContext())
    this.#graph?.hear(this.#who)
    this.#graph?.resume()
  }
}
