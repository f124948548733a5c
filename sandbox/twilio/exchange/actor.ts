import { silence, tone } from '../media/sources.ts'
import type { AudioSource, Clock, Frame } from '../ports.ts'
import { createBeepDetector } from './beep-detector.ts'
import type { LineLeg } from './line.ts'
import type { Step } from './scripts.ts'
import type { Speech } from './speech.ts'

export interface ActorDeps {
  clock: Clock
  speech: Speech
}

const BEEP_PATIENCE_MS = 60_000
const KEY_GAP_MS = 250

/** Runs the steps on an answered line, one after the other, until they or the call end. */
export async function act(line: LineLeg, steps: readonly Step[], deps: ActorDeps): Promise<void> {
  for (const step of steps) {
    if (line.isOver) return
    await play(line, step, deps)
  }
}

async function play(line: LineLeg, step: Step, { clock, speech }: ActorDeps): Promise<void> {
  switch (step.do) {
    case 'tone':
      return line.person.say(tone(step.hz, step.ms))
    case 'speech':
      return line.person.say(await speech.say(step.text), step.text)
    case 'echo':
      return echo(line)
    case 'silent':
      return line.person.say({ next: () => null })
    case 'beep':
      return heardBeep(line, clock)
    case 'wait':
      return step.ms === undefined ? untilOver(line) : pause(line, clock, step.ms)
    case 'digits':
      for (const digit of step.digits) {
        line.person.press(digit)
        await pause(line, clock, KEY_GAP_MS)
      }
      return
    case 'hangup':
      await pause(line, clock, step.ms)
      line.person.hangUp()
  }
}

const untilOver = (line: LineLeg): Promise<void> => new Promise((resolve) => line.person.onOver(resolve))

function pause(line: LineLeg, clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.later(ms, resolve)
    line.person.onOver(() => {
      cancel()
      resolve()
    })
  })
}

/** Frames heard come back in order; what is left over after a stall is dropped, so that the echo never lags behind for good. */
function echo(line: LineLeg): Promise<void> {
  const waiting: Frame[] = []
  const unsubscribe = line.person.onHeard((frame) => {
    waiting.push(frame)
    if (waiting.length > 10) waiting.shift()
  })
  line.person.onOver(unsubscribe)
  const quiet = silence(Number.MAX_SAFE_INTEGER)
  const source: AudioSource = { next: () => waiting.shift() ?? quiet.next() }
  return line.person.say(source)
}

function heardBeep(line: LineLeg, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const isBeepOver = createBeepDetector()
    const done = () => {
      cancel()
      unsubscribe()
      resolve()
    }
    const unsubscribe = line.person.onHeard((frame) => {
      if (isBeepOver(frame)) done()
    })
    const cancel = clock.later(BEEP_PATIENCE_MS, done)
    line.person.onOver(done)
  })
}
