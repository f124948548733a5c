import type { Pacer } from '../media/pacer.ts'
import { beep, sequence, silence } from '../media/sources.ts'
import type { AudioSource, Clock, Exchange } from '../ports.ts'
import { act } from './actor.ts'
import { createLine, type LineLeg } from './line.ts'
import { parseScript, type Step } from './scripts.ts'
import type { Log } from './log.ts'
import type { Speech } from './speech.ts'

export interface ExchangeDeps {
  pacer: Pacer
  clock: Clock
  log: Log
  speech: Speech
}

/** The exchange's legs, with the person's side for control and handset. */
export interface DemoExchange extends Exchange {
  dial(number: string, call: { sid: string; from: string }): LineLeg
  caller(call: { sid: string; from: string; to: string; script: string }): LineLeg
}

/** How long a phone that answers "at once" takes, and the others. */
const AT_ONCE_MS = 20
const REFUSED_MS = 300
const RING_MS = 2000

/** The outside world of the demo: what each number does is told in DESIGN §4. */
export function createExchange(deps: ExchangeDeps): DemoExchange {
  return {
    dial(number, { sid }) {
      const line = createLine(sid, deps.pacer)
      callee(line, number, deps)
      return line
    },
    caller({ sid, script }) {
      const { steps, giveUpMs } = parseScript(script)
      const line = createLine(sid, deps.pacer)
      let isAnswered = false
      line.person.onAnswered(() => {
        isAnswered = true
        perform(line, () => act(line, steps, deps), deps)
      })
      if (giveUpMs !== undefined) later(line, giveUpMs, deps, () => isAnswered || line.person.hangUp())
      return line
    },
  }
}

function callee(line: LineLeg, number: string, deps: ExchangeDeps): void {
  const answering = (ms: number, work: () => Promise<void>) => {
    // Not at once: who dialled has no listener yet.
    later(line, 0, deps, () => line.person.ringing())
    later(line, ms, deps, () => line.person.answer())
    line.person.onAnswered(() => perform(line, work, deps))
  }
  const acting = (steps: Step[]) => () => act(line, steps, deps)
  const refusing = (why: 'busy' | 'unreachable' | 'not-found') => later(line, REFUSED_MS, deps, () => line.person.hangUp(why))
  if (!/^\+[1-9]\d{6,14}$/.test(number)) return refusing('not-found')
  switch (number) {
    case '+15005550101':
      return answering(AT_ONCE_MS, acting([{ do: 'echo' }]))
    case '+15005550102':
      return answering(AT_ONCE_MS, acting([{ do: 'tone', hz: 440, ms: undefined }]))
    case '+15005550103':
      return refusing('busy')
    case '+15005550104':
      return later(line, 0, deps, () => line.person.ringing())
    case '+15005550105':
      return refusing('unreachable')
    case '+15005550106':
      return answering(AT_ONCE_MS, acting([{ do: 'hangup', ms: 3000 }]))
    case '+15005550107':
      return answering(AT_ONCE_MS, () => greet(line, deps))
    default:
      return answering(RING_MS, () => chat(line, deps))
  }
}

async function greet(line: LineLeg, { speech }: ExchangeDeps): Promise<void> {
  const greeting = await speech.say('This is the mailbox of line one oh seven. Please leave a message after the beep.')
  await line.person.say(sequence(greeting, silence(200), beep()))
}

/** Somebody who talks and talks. */
async function chat(line: LineLeg, { speech }: ExchangeDeps): Promise<void> {
  while (!line.isOver) {
    const words: AudioSource = await speech.say('Hello, you have reached the demo exchange. I can hear you, and you can hear me.')
    await line.person.say(sequence(words, silence(800)))
  }
}

/** What a person does must never take the sandbox down with it. */
function perform(line: LineLeg, work: () => Promise<void>, { log }: ExchangeDeps): void {
  work().catch((error: unknown) => log.warn({ error, sid: line.sid }, 'a line could not do what it was asked to'))
}

function later(line: LineLeg, ms: number, { clock }: ExchangeDeps, work: () => void): void {
  line.person.onOver(clock.later(ms, work))
}
