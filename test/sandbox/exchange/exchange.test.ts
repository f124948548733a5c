import { expect, onTestFinished, test } from 'vitest'
import { createExchange } from '../../../sandbox/twilio/exchange/exchange.ts'
import { createSpeech } from '../../../sandbox/twilio/exchange/speech.ts'
import { createEar } from '../../../sandbox/twilio/media/ear.ts'
import { createPacer } from '../../../sandbox/twilio/media/pacer.ts'
import { beep, silence, tone } from '../../../sandbox/twilio/media/sources.ts'
import type { Frame, LegEvent } from '../../../sandbox/twilio/ports.ts'
import type { LineLeg } from '../../../sandbox/twilio/exchange/line.ts'
import { eventually, fastClock } from '../engine/kit.ts'

const watch = (line: LineLeg) => {
  const events: LegEvent[] = []
  line.on((event) => void events.push(event))
  onTestFinished(() => line.end('hangup'))
  return { line, events, ear: createEar((listener) => line.audio.onVoice(listener)) }
}

function world(speed = 10) {
  const pacer = createPacer()
  onTestFinished(() => pacer.close())
  const exchange = createExchange({
    pacer,
    clock: fastClock(speed),
    log: { warn: (details, text) => console.warn(text, details) },
    speech: createSpeech({ espeak: '/nonexistent' }),
  })
  return {
    dial: (number: string) => watch(exchange.dial(number, { sid: 'CA1', from: '+15' })),
    caller: (script: string) => watch(exchange.caller({ sid: 'CA1', from: '+15', to: '+16', script })),
  }
}
const answered: LegEvent[] = [{ type: 'ringing' }, { type: 'answered' }]

test.each<[string, LegEvent[]]>([
  ['+15005550103', [{ type: 'ended', why: 'busy' }]],
  ['+15005550104', [{ type: 'ringing' }]],
  ['+15005550105', [{ type: 'ended', why: 'unreachable' }]],
  ['+15005550106', [...answered, { type: 'ended', why: 'hangup' }]],
  ['12', [{ type: 'ended', why: 'not-found' }]],
])('%s', async (number, expected) => {
  const { events } = world().dial(number)
  await eventually(() => expect(events).toEqual(expected))
})

test('…0102 plays 440 Hz', async () => {
  const { ear, events } = world().dial('+15005550102')
  await eventually(() => expect(Math.abs(ear.frequencyHz - 440)).toBeLessThan(3))
  expect(events).toEqual(answered)
})

test('…0101 says what it hears', async () => {
  const { line, ear } = world().dial('+15005550101')
  void line.audio.play(tone(900))
  await eventually(() => expect(Math.abs(ear.frequencyHz - 900)).toBeLessThan(3))
})

test('…0107 greets, then beeps, then listens', async () => {
  const { ear } = world().dial('+15005550107')
  await eventually(() => expect(Math.abs(ear.frequencyHz - 300)).toBeLessThan(5))
  await eventually(() => expect(Math.abs(ear.frequencyHz - 1000)).toBeLessThan(5))
  await eventually(() => expect(ear.level).toBe(0))
})

test('any other number rings before it answers and talks', async () => {
  const { events, ear } = world().dial('+14155552671')
  await eventually(() => expect(events).toEqual([{ type: 'ringing' }]))
  await eventually(() => expect(events).toEqual(answered))
  await eventually(() => expect(ear.level).toBeGreaterThan(0.05))
})

test('our own end is silent and final', async () => {
  const { line, events } = world().dial('+15005550106')
  await eventually(() => expect(events).toEqual(answered))
  line.end('hangup')
  line.person.hangUp()
  line.person.press('1')
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(events).toEqual(answered)
  expect(line.isOver).toBe(true)
})

test('a caller speaks only once answered, presses keys, remembers those heard', async () => {
  const { line, events, ear } = world().caller('digits:1w2 tone:700')
  const frames: Frame[] = []
  line.audio.onVoice((frame) => void frames.push(frame))
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(frames).toEqual([])
  await line.answer()
  line.sendDigits('4w2')
  await eventually(() => expect(Math.abs(ear.frequencyHz - 700)).toBeLessThan(3))
  expect(events).toEqual([
    { type: 'digit', digit: '1' },
    { type: 'digit', digit: '2' },
  ])
  expect(line.digitsHeard()).toBe('42')
})

test('giveup counts from the start and spares an answered call', async () => {
  const one = world().caller('giveup:1s')
  await eventually(() => expect(one.events).toEqual([{ type: 'ended', why: 'hangup' }]))
  const other = world().caller('giveup:1s')
  await other.line.answer()
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(other.events).toEqual([])
})

test('voicemail waits for the beep, not for other sounds', async () => {
  const { line, ear, events } = world(1).caller('voicemail')
  await line.answer()
  await line.audio.play(tone(500, 600))
  await line.audio.play(silence(100))
  expect(ear.level).toBe(0)
  await line.audio.play(beep())
  await eventually(() => expect(Math.abs(ear.frequencyHz - 700)).toBeLessThan(3))
  await eventually(() => expect(events).toEqual([{ type: 'ended', why: 'hangup' }]))
})

test('the handset’s microphone is heard, without silence between its frames', async () => {
  const { line } = world().caller('wait')
  await line.answer()
  const heard: Frame[] = []
  line.audio.onVoice((frame) => void heard.push(frame))
  const said = Array.from({ length: 4 }, (_, i) => new Uint8Array(160).fill(i))
  for (const frame of said) line.person.speak(frame)
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(heard.slice(0, 4)).toEqual(said)
  expect(heard).toHaveLength(4)
})

const drain = (source: { next(): Frame | null }) => {
  let frames = 0
  while (source.next()) frames++
  return frames
}

test('espeak-ng speaks; without it a tone is as long as the words', async () => {
  const substitute = await createSpeech({ espeak: '/nonexistent' }).say('x'.repeat(100))
  expect(drain(substitute)).toBe(325)
  const speech = createSpeech()
  const first = drain(await speech.say('-v is not an option here, it is said'))
  expect(first).toBeGreaterThan(50)
  expect(drain(await speech.say('-v is not an option here, it is said'))).toBe(first)
})
