import { SILENCE } from '../media/frames.ts'
import { createLegAudio } from '../media/leg-audio.ts'
import type { Pacer } from '../media/pacer.ts'
import type { AudioSource, Frame, Leg, LegEnd, LegEvent } from '../ports.ts'

/** A phone of the outside world: the engine sees a Leg; the person (a script, the control API, the handset) has the rest. */
export interface LineLeg extends Leg {
  readonly kind: 'line'
  /** Keys heard from the other side, in order. */
  digitsHeard(): string
  readonly isOver: boolean
  /** The person's side. */
  person: Person
}

export interface Person {
  /** The phone rings (called lines). */
  ringing(): void
  /** Picks up (called lines). */
  answer(): void
  /** Hangs up, or never picked up for this reason. */
  hangUp(why?: LegEnd): void
  /** Presses keys. */
  press(digits: string): void
  /** Says this from now on; resolves at its end, or at once when something else is said or the call ends. `words`: what it is, for a transcript. */
  say(source: AudioSource, words?: string): Promise<void>
  /** Says one frame from elsewhere (the handset's microphone). */
  speak(frame: Frame): void
  /** Every frame the person hears. */
  onHeard(listener: (frame: Frame) => void): () => void
  /** When the call is answered, by either side. */
  onAnswered(listener: () => void): void
  onOver(listener: () => void): void
}

interface LineState {
  phase: 'new' | 'talking' | 'over'
  digits: string
  saying: { source: AudioSource; done: () => void } | undefined
  /** Ticks since a frame came from elsewhere: while they come, no silence is said between them. */
  ticksSinceSpoken: number
}

const SPOKEN_HOLD_TICKS = 5

/** A line of the exchange: it speaks 50 frames a second while the call is answered, silence included, as a real one does. */
export function createLine(sid: string, pacer: Pacer): LineLeg {
  const state: LineState = { phase: 'new', digits: '', saying: undefined, ticksSinceSpoken: SPOKEN_HOLD_TICKS }
  const events = new Set<(event: LegEvent) => void>()
  const answered: (() => void)[] = []
  const over: (() => void)[] = []
  const listeners = new Set<(words: string) => void>()
  const audio = createLegAudio({ send: () => undefined }, pacer)
  const emit = (event: LegEvent) => {
    for (const listener of events) listener(event)
  }
  const shut = () => {
    state.phase = 'over'
    removeTick()
    audio.close()
    state.saying?.done()
    for (const listener of over) listener()
  }
  const pickUp = () => {
    if (state.phase !== 'new') return
    state.phase = 'talking'
    for (const listener of answered) listener()
  }
  const removeTick = pacer.add(() => {
    if (state.phase === 'talking') sayNext(state, audio)
  })
  const person = createPerson({ state, emit, shut, pickUp, audio, answered, over, listeners })
  return legOf(sid, person, { state, events, shut, pickUp, audio, listeners })
}

interface LegDeps extends Pick<PersonDeps, 'state' | 'shut' | 'pickUp' | 'audio' | 'listeners'> {
  events: Set<(event: LegEvent) => void>
}

function legOf(sid: string, person: Person, { state, events, shut, pickUp, audio, listeners }: LegDeps): LineLeg {
  return {
    kind: 'line',
    sid,
    audio,
    person,
    digitsHeard: () => state.digits,
    get isOver() {
      return state.phase === 'over'
    },
    on(listener) {
      events.add(listener)
      return () => void events.delete(listener)
    },
    onWords(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    ring: () => Promise.resolve(),
    async answer() {
      pickUp()
    },
    end() {
      if (state.phase === 'over') return
      events.clear()
      shut()
    },
    sendDigits(digits) {
      state.digits += digits.replace(/[wW]/g, '')
    },
  }
}

/** One tick of the person's voice. */
function sayNext(state: LineState, audio: { said(frame: Frame): void }): void {
  const frame = state.saying?.source.next()
  if (frame) return audio.said(frame)
  state.saying?.done()
  if (++state.ticksSinceSpoken > SPOKEN_HOLD_TICKS) audio.said(SILENCE)
}

/** Resolves when it is said, or something else is said instead. */
function saidToItsEnd(state: LineState, source: AudioSource): Promise<void> {
  return new Promise((resolve) => {
    const saying = {
      source,
      done: () => {
        if (state.saying === saying) state.saying = undefined
        resolve()
      },
    }
    state.saying = saying
  })
}

interface PersonDeps {
  state: LineState
  audio: ReturnType<typeof createLegAudio>
  emit: (event: LegEvent) => void
  shut: () => void
  pickUp: () => void
  answered: (() => void)[]
  over: (() => void)[]
  /** Of words. */
  listeners: Set<(words: string) => void>
}

function createPerson({ state, emit, shut, pickUp, audio, answered, over, listeners }: PersonDeps): Person {
  return {
    ringing: () => state.phase === 'new' && emit({ type: 'ringing' }),
    answer() {
      if (state.phase !== 'new') return
      pickUp()
      emit({ type: 'answered' })
    },
    hangUp(why = 'hangup') {
      if (state.phase === 'over') return
      shut()
      emit({ type: 'ended', why })
    },
    press(digits) {
      if (state.phase === 'over') return
      for (const digit of digits) if (/[0-9*#A-D]/.test(digit)) emit({ type: 'digit', digit })
    },
    say(source, words) {
      state.saying?.done()
      if (state.phase === 'over') return Promise.resolve()
      if (words !== undefined) for (const listener of listeners) listener(words)
      return saidToItsEnd(state, source)
    },
    speak(frame) {
      state.ticksSinceSpoken = 0
      if (state.phase === 'talking' && !state.saying) audio.said(frame)
    },
    onHeard: (listener) => audio.onHeard(listener),
    onAnswered: (listener) => void (state.phase === 'talking' ? listener() : answered.push(listener)),
    onOver: (listener) => void (state.phase === 'over' ? listener() : over.push(listener)),
  }
}
