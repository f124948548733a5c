import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { FailureError, type FailureCode } from '../../../contract/failure.ts'
import type { NumberChange } from '../../../contract/number-relay.ts'
import { eachNumber, stepsOf, tellRelay } from '../../../main/numbers/change-each.ts'
import { batchesOf } from '../../../main/numbers/relay-numbers.ts'
import { testPorts } from '../kit/memory-ports.ts'

const { log } = testPorts()
const numbers = (count: number) => Array.from({ length: count }, (_, at) => ({ phoneNumber: `+1415555${String(1000 + at)}` }))
const change = ({ phoneNumber }: { phoneNumber: string }): NumberChange => ({ phoneNumber, action: 'number.unheld', hold: null })

describe('many at once', () => {
  test('each has its own answer, in order, whatever order they end in', async () => {
    const items = numbers(30)
    const results = await eachNumber(
      items,
      async ({ phoneNumber }) => {
        await new Promise((resolve) => setTimeout(resolve, Number(phoneNumber.slice(-1))))
        if (phoneNumber.endsWith('3')) throw new FailureError('number-not-held')
      },
      { log },
    )
    expect(results.map(({ phoneNumber }) => phoneNumber)).toEqual(items.map(({ phoneNumber }) => phoneNumber))
    expect(results.filter(({ ok }) => !ok).map(({ phoneNumber, failure }) => [phoneNumber.slice(-1), failure?.code])).toEqual([
      ['3', 'number-not-held'],
      ['3', 'number-not-held'],
      ['3', 'number-not-held'],
    ])
  })

  const rest: [FailureCode, number][] = [
    ['account-missing', 8],
    ['account-wrong', 8],
    ['forbidden', 8],
    ['twilio-unreachable', 24],
    ['number-not-held', 100],
  ]
  test.each(rest)('%s: of a hundred at most %i are tried when it would hit all alike', async (code, most) => {
    let tried = 0
    const fail = () => {
      tried++
      return Promise.reject(new FailureError(code))
    }
    const results = await eachNumber(numbers(100), fail, { log })
    expect(tried).toBeLessThanOrEqual(most)
    expect(results.map(({ failure }) => failure?.code)).toEqual(Array.from({ length: 100 }, () => code))
  })

  test('what is not ours is logged and crosses without its text', async () => {
    const ports = testPorts()
    const [result] = await eachNumber(numbers(1), () => Promise.reject(new Error('a secret')), { log: ports.log })
    expect(result?.failure).toEqual({ code: 'internal', retry: 'later' })
    expect(JSON.stringify(ports.lines)).toContain('a secret')
  })

  test('progress ends at the total, goes forward, and is told about fifty times', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (total) => {
        const told: number[] = []
        const step = stepsOf(total, (done) => told.push(done))
        for (let done = 0; done < total; done++) step()
        expect(told.at(-1)).toBe(total)
        expect(told).toEqual(told.toSorted((one, other) => one - other))
        expect(told.length).toBeLessThanOrEqual(101)
      }),
    )
  })
})

describe('telling the relay', () => {
  test('batches keep the order, and stay below rows and bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ text: fc.string({ maxLength: 300 }) }), { maxLength: 60 }), (rows) => {
        const batches = batchesOf(rows, { rows: 7, bytes: 1000 })
        expect(batches.flat()).toEqual(rows)
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(7)
          expect(batch.length === 1 || Buffer.byteLength(JSON.stringify(batch)) <= 1000).toBe(true)
        }
      }),
    )
  })

  test('a refused change is that number’s; an unknown code is not invented', async () => {
    const changes = numbers(3).map(change)
    const codes = [undefined, 'not-found', 'something-new']
    const answers = changes.map(({ phoneNumber }, at) => ({
      phoneNumber,
      status: codes[at] ? ('refused' as const) : ('applied' as const),
      ...(codes[at] ? { code: codes[at] } : {}),
    }))
    const results = await tellRelay({ changes: () => Promise.resolve(answers) }, changes, { log })
    expect(results.map(({ ok, failure }) => failure?.code ?? ok)).toEqual([true, 'not-found', 'relay-refused'])
  })

  test('a batch that fails takes the later ones with it; the earlier are applied', async () => {
    const changes = numbers(1200).map(change)
    let sent = 0
    const relay = {
      changes: (batch: readonly NumberChange[]) => {
        if (++sent > 1) return Promise.reject(new FailureError('relay-unreachable'))
        return Promise.resolve(batch.map(({ phoneNumber }) => ({ phoneNumber, status: 'applied' as const })))
      },
    }
    let done = 0
    const results = await tellRelay(relay, changes, { log, onDone: () => done++ })
    expect([sent, done, results.length]).toEqual([2, 1200, 1200])
    expect(results.filter(({ ok }) => ok)).toHaveLength(500)
    expect(new Set(results.slice(500).map(({ failure }) => failure?.code))).toEqual(new Set(['relay-unreachable']))
  })
})
