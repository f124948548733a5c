import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMulaw, encodeMulaw } from '../../../sandbox/twilio/media/g711.ts'

const one = (sample: number) => encodeMulaw(Int16Array.of(sample))[0]!

// ITU-T G.711 table 2a: the ends and the middle of the scale.
test.each([
  [0, 0xff],
  [32_767, 0x80],
  [-32_768, 0x00],
  [8, 0xfe],
  [-8, 0x7e],
])('%i is 0x%s', (sample, code) => expect(one(sample)).toBe(code))

test('every code is the code of its own level (both zeros are one)', () => {
  for (let code = 0; code < 256; code++) expect(one(decodeMulaw(Uint8Array.of(code))[0]!)).toBe(code === 0x7f ? 0xff : code)
})

test('any sample comes back within half a step of its segment, with its sign', () => {
  fc.assert(
    fc.property(fc.integer({ min: -32_635, max: 32_635 }), (sample) => {
      const back = decodeMulaw(Uint8Array.of(one(sample)))[0]!
      expect(Math.abs(back - sample)).toBeLessThanOrEqual((Math.abs(sample) + 132) / 32 + 4)
    }),
  )
})
