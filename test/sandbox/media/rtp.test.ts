import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Frame } from '../../../sandbox/twilio/ports.ts'
import { SILENCE } from '../../../sandbox/twilio/media/frames.ts'
import { createRtpIn } from '../../../sandbox/twilio/media/rtp-in.ts'
import { createRtpOut, type OutgoingRtp } from '../../../sandbox/twilio/media/rtp-out.ts'

const EVENT_TYPE = 126
const frameOf = (value: number): Frame => new Uint8Array(160).fill(value)

function startIn() {
  const frames: { value: number; at: number }[] = []
  const digits: string[] = []
  const receive = createRtpIn({
    voice: (frame, at) => frames.push({ value: frame === SILENCE ? -1 : frame[0]!, at }),
    digit: (digit) => digits.push(digit),
    eventType: () => EVENT_TYPE,
  })
  const voice = (timestamp: number, payload: Uint8Array) => receive({ payloadType: 0, timestamp: timestamp >>> 0, payload })
  return { frames, digits, receive, voice }
}

describe('what comes in', () => {
  test('frames are in order on one clock across the wrap of timestamps; late and repeated packets are dropped', () => {
    const { frames, voice } = startIn()
    const start = 0xffff_ffff - 200
    for (const index of [0, 1, 2, 2, 1, 3]) voice(start + index * 160, frameOf(index))
    expect(frames).toEqual([0, 1, 2, 3].map((value) => ({ value, at: value * 160 })))
  })

  test('short losses are filled with silence, pauses stay pauses, other packet lengths become frames', () => {
    const { frames, voice } = startIn()
    voice(0, frameOf(1))
    voice(480, frameOf(2))
    voice(8000, frameOf(3))
    voice(8160, new Uint8Array(480).fill(4))
    expect(frames).toEqual([
      { value: 1, at: 0 },
      { value: -1, at: 160 },
      { value: -1, at: 320 },
      { value: 2, at: 480 },
      { value: 3, at: 8000 },
      { value: 4, at: 8160 },
      { value: 4, at: 8320 },
      { value: 4, at: 8480 },
    ])
  })

  test('whatever is lost, places never go back and each frame is at its own', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 100 }), fc.nat(0xffff_ffff), (arrives, start) => {
        const { frames, voice } = startIn()
        const kept = arrives.flatMap((one, index) => (one ? [index] : []))
        for (const index of kept) voice(start + index * 160, frameOf(index))
        const said = frames.filter(({ value }) => value >= 0)
        expect(said.map(({ value }) => value)).toEqual(kept)
        expect(said.map(({ at }) => at)).toEqual(kept.map((index) => (index - kept[0]!) * 160))
        expect(frames.every(({ at }, i) => i === 0 || at > frames[i - 1]!.at)).toBe(true)
      }),
    )
  })

  test('a key counts once however often its end is repeated, and also when its end was lost', () => {
    const { digits, receive } = startIn()
    const key = (event: number, timestamp: number, isEnd: boolean) =>
      receive({ payloadType: EVENT_TYPE, timestamp, payload: Uint8Array.of(event, isEnd ? 0x8a : 0x0a, 0, 160) })
    for (const isEnd of [false, false, true, true, true]) key(5, 1000, isEnd)
    key(5, 3000, true)
    key(10, 5000, false)
    key(11, 7000, true)
    key(10, 5000, true)
    expect(digits).toEqual(['5', '5', '*', '#'])
  })

  test('other payload types and broken events are nothing', () => {
    const { frames, digits, receive } = startIn()
    receive({ payloadType: 111, timestamp: 0, payload: frameOf(1) })
    receive({ payloadType: EVENT_TYPE, timestamp: 0, payload: Uint8Array.of(1) })
    receive({ payloadType: EVENT_TYPE, timestamp: 9, payload: Uint8Array.of(99, 0x80, 0, 0) })
    expect([frames, digits]).toEqual([[], []])
  })
})

const isNext = (before: OutgoingRtp, after: OutgoingRtp) => after.sequenceNumber === ((before.sequenceNumber + 1) & 0xffff)

describe('what goes out', () => {
  test('sequence numbers have no gap, timestamps count samples and jump over what was left out', () => {
    const out = createRtpOut()
    const packets = [0, 0, 5, 0].flatMap((skipped) => out.next(frameOf(1), skipped))
    expect(packets.slice(1).every((packet, i) => isNext(packets[i]!, packet))).toBe(true)
    const first = packets[0]!.timestamp
    expect(packets.map(({ timestamp }) => (timestamp - first) >>> 0)).toEqual([0, 160, 320 + 800, 480 + 800])
    expect(packets.map(({ marker }) => marker)).toEqual([true, false, true, false])
  })

  test('any keys pressed on one end arrive on the other, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...Array.from('0123456789*#ABCDwW x')), { maxLength: 12 }), (keys) => {
        const out = createRtpOut()
        const { digits, frames, receive } = startIn()
        out.press(keys.join(''))
        const packets = Array.from({ length: keys.length * 60 + 5 }, () => out.next(frameOf(1), 0)).flat()
        expect(packets.slice(1).every((packet, i) => isNext(packets[i]!, packet))).toBe(true)
        for (const { kind, timestamp, payload } of packets) receive({ payloadType: kind === 'audio' ? 0 : EVENT_TYPE, timestamp, payload })
        expect(digits.join('')).toBe(keys.join('').replaceAll(/[wW x]/g, ''))
        expect(frames.at(-1)).toEqual({ value: 1, at: expect.any(Number) })
      }),
      { numRuns: 30 },
    )
  })
})
