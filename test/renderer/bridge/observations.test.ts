import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failure, type FailureCode } from '../../../contract/failure.ts'
import { gatherObservations } from '../../../renderer/bridge/observations.ts'
import { callFacts } from '../../../renderer/voice/facts.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** `trouble`: how main answers from now on. */
function gathered() {
  const sent: [string, string[]][] = []
  const trouble: { code: FailureCode | null } = { code: null }
  const send = (callId: string, facts: { field: string }[]) => {
    sent.push([callId, facts.map((fact) => fact.field)])
    return Promise.resolve(trouble.code ? failure(trouble.code) : undefined)
  }
  return { sent, trouble, ...gatherObservations(send, { settleMs: 50, retryMs: 1000 }) }
}
const beginning = callFacts(0, { direction: 'outgoing' })
const after = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('what is observed of calls', () => {
  test('is sent together while a call of ours begins, and at once afterwards', async () => {
    const { sent, observe } = gathered()
    observe('a', beginning)
    observe('a', callFacts(1, { startedAt: '' }))
    expect(sent).toEqual([])
    await after(50)
    expect(sent).toEqual([['a', ['direction', 'startedAt']]])
    observe('a', callFacts(2, { clicked: 'hangup' }))
    expect(sent[1]).toEqual(['a', ['clicked']])
    await after(5000)
    expect(sent).toHaveLength(2)
  })

  test.each(['endAt', 'endedBy', 'failure'])('does not wait when the call is over: %s', (field) => {
    const { sent, observe } = gathered()
    observe('a', beginning)
    observe('a', callFacts(1, { [field]: 'us' }))
    expect(sent).toEqual([['a', ['direction', field]]])
  })

  test('does not wait when a call rings, nor for another call', async () => {
    const { sent, observe } = gathered()
    observe('a', beginning)
    observe('b', callFacts(0, { direction: 'incoming' }))
    expect(sent).toEqual([['b', ['direction']]])
    observe('c', beginning)
    expect(sent[1]).toEqual(['a', ['direction']])
    await after(50)
    expect(sent[2]).toEqual(['c', ['direction']])
  })

  test('is sent at once when the page goes, and not again', async () => {
    const { sent, observe, flush } = gathered()
    observe('a', beginning)
    flush()
    await after(5000)
    expect(sent).toHaveLength(1)
  })

  test('goes in requests of at most a hundred facts, which is what main takes', async () => {
    const { sent, observe } = gathered()
    observe('a', beginning)
    for (let index = 0; index < 249; index++) observe('a', callFacts(index, { isMuted: true }))
    await after(50)
    expect(sent.map(([, fields]) => fields.length)).toEqual([100, 100, 50])
  })

  test('is kept while main is away, and sent when it is back', async () => {
    const { sent, trouble, observe } = gathered()
    trouble.code = 'internal'
    observe('a', callFacts(0, { endedBy: 'us' }))
    observe('b', callFacts(0, { endedBy: 'them' }))
    await after(1000)
    expect(sent).toHaveLength(4)
    trouble.code = null
    await after(4000)
    expect(sent.slice(4)).toEqual([
      ['a', ['endedBy']],
      ['b', ['endedBy']],
    ])
    await after(60_000)
    expect(sent).toHaveLength(6)
  })

  test('what main will never take is not offered again', async () => {
    const { sent, trouble, observe } = gathered()
    trouble.code = 'bad-request'
    observe('a', callFacts(0, { endedBy: 'us' }))
    await after(60_000)
    expect(sent).toHaveLength(1)
  })

  test('what waits for main goes with the page, too', async () => {
    const { sent, trouble, observe, flush } = gathered()
    trouble.code = 'internal'
    observe('a', callFacts(0, { endedBy: 'us' }))
    await after(0)
    flush()
    expect(sent).toHaveLength(2)
  })

  test('of one call goes in order: what follows waits until main has what came before', async () => {
    const sent: string[][] = []
    const answers: (() => void)[] = []
    const { observe } = gatherObservations(
      (callId, facts) => {
        sent.push([callId, ...facts.map(({ field }) => field)])
        return new Promise((resolve) => answers.push(() => resolve(undefined)))
      },
      { settleMs: 50, retryMs: 1000 },
    )
    observe('a', beginning)
    observe('a', callFacts(1, { failure: 'offline' }))
    observe('a', callFacts(2, { clicked: 'hangup' }))
    observe('b', callFacts(2, { clicked: 'answer' }))
    await after(100)
    expect(sent).toEqual([
      ['a', 'direction', 'failure'],
      ['b', 'clicked'],
    ])
    answers[0]?.()
    await after(0)
    expect(sent[2]).toEqual(['a', 'clicked'])
  })
})
