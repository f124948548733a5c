import { expect, test } from 'vitest'
import { compare, judge, quantile, tableOf, type Comparison, type Side } from '../../bench/harness.ts'

test('a quantile is the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at)
  expect([0, 0.5, 0.95, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([1, 50, 95, 99, 100])
  expect(quantile([7], 0.95)).toBe(7)
})

test.each([
  [[1, 1.02, 1.01], true, 'aim'],
  [[1.08, 1.09, 1.1], true, 'floor'],
  [[1.3, 1.31, 1.29], true, 'below floor'],
  [[1, 1.02, 1.3], true, 'unstable'],
  [[0.8, 0.81, 0.79], false, 'aim'],
  [[0.65, 0.66, 0.64], false, 'floor'],
  [[0.5, 0.51, 0.52], false, 'below floor'],
])('ratios %j (lower is better: %s): %s', (ratios, isLowerBetter, verdict) => {
  const limits = isLowerBetter ? { floor: 1.1, aim: 1.05 } : { floor: 0.6, aim: 0.75 }
  expect(judge(ratios, { isLowerBetter, ...limits }).verdict).toBe(verdict)
})

/** Two sides that write down when they were measured. */
function recorded(ours: number[], peer: number[] | null) {
  const log: string[] = []
  const side = (name: string, values: number[]) => async (): Promise<Side> => ({
    round: async () => (log.push(name), { samples: [values.shift() ?? Number.NaN] }),
    close: async () => void log.push(`${name} closed`),
  })
  const comparison: Comparison = {
    name: 'x',
    what: 'x',
    unit: 'ms',
    isLowerBetter: true,
    floor: 2,
    aim: 1,
    ours: side('ours', ours),
    peer: peer && side('peer', peer),
  }
  return { comparison, log }
}

test('sides take turns, who is first changes, and the first round does not count', async () => {
  const { comparison, log } = recorded([900, 10, 20, 30], [1, 10, 20, 30])
  const report = await compare(comparison, 3, () => {})
  expect(log).toEqual(['ours', 'peer', 'peer', 'ours', 'ours', 'peer', 'peer', 'ours', 'ours closed', 'peer closed'])
  expect(report).toMatchObject({ ratios: [1, 1, 1], result: 1, spread: 0, verdict: 'aim', ours: { n: 3, median: 20, max: 30 } })
  expect(tableOf(report, comparison)).toMatch(/ours .*20.*\n.*peer .*20.*\n.*result 1\.00×.*3 rounds: aim/)
})

test('without a peer the result is our own p95, in its unit', async () => {
  const { comparison } = recorded([5, 1.5, 1.5], null)
  const report = await compare(comparison, 2, () => {})
  expect(report).toMatchObject({ peer: null, result: 1.5, verdict: 'floor' })
  expect(tableOf(report, comparison)).toContain('result 1.50 ms (floor ≤ 2 ms')
})

test('a side that fails is closed all the same', async () => {
  const { comparison, log } = recorded([], [])
  const failing = {
    ...comparison,
    peer: async () => ({ round: () => Promise.reject(new Error('down')), close: async () => void log.push('closed') }),
  }
  await expect(compare(failing, 1, () => {})).rejects.toThrow('down')
  expect(log).toContain('ours closed')
  expect(log).toContain('closed')
})
