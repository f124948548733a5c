import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auditStates, noTranscriptReasons, recordingStates } from '../../../contract/recording.ts'
import { greetingSeconds } from '../../../contract/greeting.ts'
import { filterOf } from '../../../renderer/recordings/model/dates.ts'
import { lanesOf, whyTogether } from '../../../renderer/recordings/model/lanes.ts'
import { growing, mergeNewest } from '../../../renderer/recordings/model/merge.ts'
import { afterSilence, isLoopOver, loopWith, wholeLoop, type Passage } from '../../../renderer/recordings/model/passages.ts'
import { addressAt, placeOf, segments } from '../../../renderer/recordings/model/place.ts'
import { encodeWav, isWav, loudest, mixed, toBase64 } from '../../../renderer/recordings/model/wav.ts'
import { enRecordings } from '../../../words/en-recordings.ts'
import { recordingOf, sidOf } from './kit.tsx'

/** Rising passages that do not touch. */
const passages = fc
  .array(fc.tuple(fc.double({ min: 0.01, max: 5, noNaN: true }), fc.double({ min: 0.01, max: 30, noNaN: true })), { maxLength: 20 })
  .map((steps) => {
    let at = 0
    return steps.map(([gap, length]): Passage => {
      const from = at + gap
      at = from + length
      return [from, at]
    })
  })

describe('skipping silence', () => {
  test('a jump leads forward, within one silence, and never over speech', () => {
    fc.assert(
      fc.property(passages, fc.double({ min: 0, max: 400, noNaN: true }), (silences, at) => {
        const to = afterSilence(silences, at)
        if (to === undefined) return
        const inside = silences.find(([from, end]) => at >= from && to <= end)
        expect(inside).toBeDefined()
        expect(to).toBeGreaterThan(at)
        expect(afterSilence(silences, to)).toBeUndefined() // one jump is enough
      }),
    )
  })

  test('a long silence is jumped over from anywhere in it but its edges', () => {
    const silences: Passage[] = [[10, 20]]
    expect(afterSilence(silences, 9.9)).toBeUndefined()
    expect(afterSilence(silences, 10.2)).toBeCloseTo(19.85)
    expect(afterSilence(silences, 19.7)).toBeUndefined()
  })
})

describe('loops', () => {
  test('a mark keeps the other one behind or before it', () => {
    expect(loopWith(wholeLoop, 'from', 5)).toEqual({ from: 5, to: null })
    expect(loopWith({ from: 5, to: null }, 'to', 10)).toEqual({ from: 5, to: 10 })
    expect(loopWith({ from: 5, to: 10 }, 'from', 12)).toEqual({ from: 12, to: null })
    expect(loopWith({ from: 5, to: 10 }, 'to', 3)).toEqual({ from: 0, to: 3 })
  })

  test('it is over when playing runs over its end; a seek beyond it is not', () => {
    expect(isLoopOver({ from: 1, to: 4 }, 3.9, 4.1)).toBe(true)
    expect(isLoopOver({ from: 1, to: 4 }, 8, 8.2)).toBe(false)
    expect(isLoopOver(wholeLoop, 3.9, 4.1)).toBe(false)
  })
})

describe('lanes', () => {
  test('we are above, whichever channel is ours', () => {
    expect(lanesOf([[1], [2]], ['us', 'them']).map(({ who, peaks }) => [who, peaks[0]])).toEqual([
      ['us', 1],
      ['them', 2],
    ])
    expect(lanesOf([[1], [2]], ['them', 'us']).map(({ who, peaks }) => [who, peaks[0]])).toEqual([
      ['us', 2],
      ['them', 1],
    ])
    expect(lanesOf([[1]], null).map(({ who }) => who)).toEqual([null])
    expect(lanesOf([[1], [2]], null).map(({ who }) => who)).toEqual([null, null])
  })

  test('why sides cannot be heard apart', () => {
    expect(whyTogether(1, ['us', 'them'])).toBe('mono')
    expect(whyTogether(null, null)).toBe('mono')
    expect(whyTogether(2, null)).toBe('no-roles')
    expect(whyTogether(2, ['us', 'them'])).toBeNull()
  })
})

const sids = (items: ReturnType<typeof mergeNewest>) => items?.map(({ sid }) => sid)
test('two lists in one: nothing is shown before what may still come', () => {
  const [a, b] = [
    [0, 4, 8],
    [1, 2],
  ].map((all) => all.map((index) => recordingOf(index)))
  expect(sids(mergeNewest({ items: a!, next: null }, { items: b!, next: null }))).toEqual([0, 1, 2, 4, 8].map(sidOf))
  expect(sids(mergeNewest({ items: a!, next: null }, { items: b!, next: 'more' }))).toEqual([0, 1, 2].map(sidOf))
  expect(mergeNewest({ items: a!, next: null }, { items: null, next: null })).toBeNull()
  expect(growing({ items: a!, next: 'more' }, { items: b!, next: 'more' })).toBe('b')
  expect(growing({ items: a!, next: 'more' }, { items: b!, next: null })).toBe('a')
  expect(growing({ items: a!, next: null }, { items: b!, next: null })).toBeNull()
})

test('every place has an address that leads back to it', () => {
  for (const segment of segments)
    for (const sid of [null, sidOf(7)]) expect(placeOf(`/recordings/${addressAt({ segment, sid })}`)).toEqual({ segment, sid })
  expect(placeOf('/recordings')).toEqual({ segment: 'recordings', sid: null })
  expect(placeOf('/recordings/voicemail/REnonsense')).toEqual({ segment: 'voicemail', sid: null })
})

const local = (year: number, month: number, day: number) => new Date(year, month, day).toISOString()
describe('days', () => {
  const now = new Date(2026, 10, 21, 15, 30).getTime()
  test('are days of this computer, first and last included', () => {
    expect(filterOf({ span: 'all', from: '', to: '' }, now)).toEqual({})
    expect(filterOf({ span: 'today', from: '', to: '' }, now)).toEqual({ from: local(2026, 10, 21) })
    expect(filterOf({ span: 'week', from: '', to: '' }, now)).toEqual({ from: local(2026, 10, 15) })
    expect(filterOf({ span: 'custom', from: '2026-11-01', to: '2026-11-03' }, now)).toEqual({
      from: local(2026, 10, 1),
      to: local(2026, 10, 4),
    })
    expect(filterOf({ span: 'custom', from: '', to: '2026-11-03' }, now)).toEqual({ to: local(2026, 10, 4) })
    expect(filterOf({ span: 'custom', from: '2026-11-04', to: '2026-11-03' }, now)).toBeUndefined()
    expect(filterOf({ span: 'custom', from: '20x', to: '' }, now)).toEqual({})
  })
})

describe('WAV', () => {
  test('what is written is a greeting that the relay takes, as long as its samples', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4000, max: 20_000 }), (count) => {
        const wav = encodeWav(new Float32Array(count).fill(0.5), 8000)
        expect(isWav(wav)).toBe(true)
        expect(greetingSeconds(wav)).toBeCloseTo(count / 8000)
      }),
      { numRuns: 20 },
    )
  })

  test('samples are 16 bit, cut at the edges; base64 gives the bytes back', () => {
    const wav = encodeWav(Float32Array.from([0, 1, -1, 2, -2]), 8000)
    const view = new DataView(wav.buffer)
    expect([0, 1, 2, 3, 4].map((index) => view.getInt16(44 + index * 2, true))).toEqual([0, 32_767, -32_767, 32_767, -32_767])
    expect([...Buffer.from(toBase64(wav), 'base64')]).toEqual([...wav])
  })

  test('channels are mixed, silence is known, other files are refused', () => {
    expect([...mixed([Float32Array.from([1, 0]), Float32Array.from([0, 0.5])])]).toEqual([0.5, 0.25])
    expect(loudest(Float32Array.from([0.1, -0.75]))).toBe(0.75)
    expect(loudest(new Float32Array())).toBe(0)
    expect(isWav(new Uint8Array(64))).toBe(false)
    expect(isWav(new Uint8Array(3))).toBe(false)
  })
})

describe('words', () => {
  const { recordings } = enRecordings
  test('every state, reason and audit has its word', () => {
    expect(Object.keys(recordings.state).toSorted()).toEqual([...recordingStates].toSorted())
    expect(Object.keys(recordings.detail.noTranscriptWhy).toSorted()).toEqual([...noTranscriptReasons].toSorted())
    expect(Object.keys(recordings.audit.state).toSorted()).toEqual([...auditStates].toSorted())
  })

  test('no word shouts, and each that counts has both forms', () => {
    expect(JSON.stringify(enRecordings)).not.toMatch(/!/)
    const forms = [...JSON.stringify(enRecordings).matchAll(/"(\w+)_(one|other)":/g)].map((match) => match[1])
    for (const form of forms) expect(forms.filter((one) => one === form).length % 2, form).toBe(0)
  })
})
