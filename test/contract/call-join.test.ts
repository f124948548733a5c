import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factSources, type CallFact } from '../../contract/call.ts'
import { factFields, isFactAllowed } from '../../contract/call-fields.ts'
import { compareFacts, joinFacts, newFacts } from '../../contract/call-join.ts'

const subjects = ['call', 'leg:party', 'leg:d1-abc', `leg:CA${'0'.repeat(32)}`, `rec:RE${'1'.repeat(32)}`]
const fields = [...new Set(Object.values(factFields).flatMap((group) => Object.keys(group))), 'ofALaterVersion']
const instants = ['2026-11-21T10:00:00.000Z', '2026-11-21T10:00:01.000Z', '2026-11-21T10:00:02.500Z', 'not a time']
const values = ['queued', 'ringing', 'in-progress', 'completed', 'busy', 'absent', ...instants, '-0.0085', 0, 1, 17, true, false, null]

const anyFact: fc.Arbitrary<CallFact> = fc
  .record({
    subject: fc.constantFrom(...subjects),
    field: fc.constantFrom(...fields),
    value: fc.constantFrom<CallFact['value']>(...values),
    source: fc.constantFrom(...factSources),
    at: fc.constantFrom(...instants),
    sequence: fc.option(fc.nat(4), { nil: undefined }),
  })
  .map(({ sequence, ...fact }) => (sequence === undefined ? fact : { ...fact, sequence }))
const anyFacts = fc.array(anyFact, { maxLength: 40 })

const fact = (changes: Partial<CallFact>): CallFact => ({
  subject: 'leg:party',
  field: 'status',
  value: 'ringing',
  source: 'webhook',
  at: '2026-11-21T10:00:00.000Z',
  ...changes,
})
const winner = (...facts: Partial<CallFact>[]) => joinFacts(facts.map(fact), [])[0]?.value

describe('joining facts', () => {
  test('commutes, associates, and repeating changes nothing', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, anyFacts, (a, b, c) => {
        expect(joinFacts(a, b)).toEqual(joinFacts(b, a))
        expect(joinFacts(joinFacts(a, b), c)).toEqual(joinFacts(a, joinFacts(b, c)))
        expect(joinFacts(joinFacts(a, b), b)).toEqual(joinFacts(a, b))
      }),
    )
  })

  test('the order of two facts is total', () => {
    fc.assert(
      fc.property(anyFact, anyFact, anyFact, (a, second, third) => {
        const { subject, field } = a
        const [b, c] = [second, third].map((one) => ({ ...one, subject, field })) as [CallFact, CallFact]
        expect(compareFacts(a, b)).toBe(-compareFacts(b, a) || 0)
        expect(compareFacts(a, b) === 0).toBe(JSON.stringify(joinFacts([a], [])) === JSON.stringify(joinFacts([b], [])))
        const isChain = compareFacts(a, b) >= 0 && compareFacts(b, c) >= 0
        expect(!isChain || compareFacts(a, c) >= 0).toBe(true)
      }),
    )
  })

  test('what is new is what a join would change', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, (known, incoming) => {
        const before = joinFacts(known, [])
        const fresh = newFacts(before, incoming)
        expect(joinFacts(before, fresh)).toEqual(joinFacts(known, incoming))
        expect(newFacts(joinFacts(known, incoming), incoming)).toEqual([])
      }),
    )
  })

  test.each<[string, CallFact['value'], Partial<CallFact>[]]>([
    [
      'a final REST status beats a callback',
      'no-answer',
      [
        { value: 'no-answer', source: 'rest-final' },
        { value: 'completed', sequence: 3 },
      ],
    ],
    ['a REST answer from before the end does not', 'completed', [{ value: 'in-progress', source: 'rest' }, { value: 'completed' }]],
    ['a callback beats the SDK', 'ringing', [{ value: 'completed', source: 'sdk' }, { value: 'ringing' }]],
    [
      'progress decides within a source',
      'in-progress',
      [
        { value: 'in-progress', sequence: 1 },
        { value: 'initiated', sequence: 2 },
      ],
    ],
    [
      'the later callback decides between two ends',
      'busy',
      [
        { value: 'completed', sequence: 3 },
        { value: 'busy', sequence: 4 },
      ],
    ],
    [
      'unknown never wins',
      'queued',
      [
        { value: null, source: 'rest-final' },
        { value: 'queued', source: 'relay' },
      ],
    ],
    [
      'the callback knows best when it rang, the earliest of them',
      '2026-11-21T10:00:01.000Z',
      [
        { field: 'ringAt', value: '2026-11-21T10:00:02.500Z' },
        { field: 'ringAt', value: '2026-11-21T10:00:01.000Z' },
        { field: 'ringAt', value: '2026-11-21T10:00:00.000Z', source: 'sdk' },
      ],
    ],
    [
      'the desktop knows who clicked',
      'decline',
      [
        { field: 'clicked', value: 'decline', source: 'sdk' },
        { field: 'clicked', value: 'answer' },
      ],
    ],
    [
      'bridged once is bridged',
      true,
      [
        { field: 'bridged', value: false, sequence: 9 },
        { field: 'bridged', value: true },
      ],
    ],
    [
      'a price that was corrected',
      '-0.0200',
      [
        { field: 'price', value: '-0.0200', source: 'rest-final', at: '2026-11-21T12:00:00.000Z' },
        { field: 'price', value: '-0.0085', source: 'rest-final' },
      ],
    ],
    [
      'what the relay decided stands',
      'party',
      [
        { field: 'role', value: 'party', source: 'relay' },
        { field: 'role', value: 'device', source: 'sdk' },
      ],
    ],
  ])('%s', (_name, expected, facts) => {
    expect(winner(...facts)).toBe(expected)
    expect(winner(...facts.toReversed())).toBe(expected)
  })
})

describe('who may write a field', () => {
  test.each<[boolean, Partial<CallFact>]>([
    [true, { field: 'clicked', value: 'decline', source: 'sdk' }],
    [true, { field: 'status', value: 'completed', source: 'sdk' }],
    [true, { field: 'price', value: '-0.0085', source: 'rest-final' }],
    [false, { field: 'price', value: '-0.0085', source: 'sdk' }],
    [false, { field: 'bridged', value: true, source: 'sdk' }],
    [false, { field: 'reachable', value: true, source: 'sdk' }],
    [false, { subject: 'call', field: 'mergedInto', value: 'x', source: 'sdk' }],
    [false, { subject: `rec:RE${'0'.repeat(32)}`, field: 'status', value: 'completed', source: 'sdk' }],
    [false, { field: 'invented', value: 'x', source: 'sdk' }],
    [false, { field: 'durationSeconds', value: -1 }],
    [false, { field: 'durationSeconds', value: 'long' }],
    [false, { field: 'ringAt', value: 'yesterday' }],
    [false, { field: 'bridged', value: 'true' }],
    [true, { field: 'bridged', value: null }],
  ])('%s: %o', (isAllowed, changes) => {
    expect(isFactAllowed(fact(changes))).toBe(isAllowed)
  })
})
