import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Desktop } from '../kit/desktop.ts'
import { fact } from '../kit/facts.ts'

let desktop: Desktop
beforeAll(async () => {
  desktop = await new Desktop().start()
  for (const second of [1, 2, 3]) await tell(`c${second}`, second)
  await tell('us', 4, '+14155550142')
})
afterAll(() => desktop.end())

const tell = (callId: string, second: number, to = '+442079460018') =>
  desktop.ask('calls.observe', {
    callId,
    facts: [
      fact('call', 'direction', 'outgoing', 'sdk'),
      fact('call', 'to', to, 'sdk'),
      fact('call', 'startedAt', `2026-11-21T10:00:${String(second).padStart(2, '0')}.000Z`, 'sdk'),
    ],
  })

describe('over the bridge', () => {
  test('a page, its filter, and the next one', async () => {
    const filter = { party: '+442079460018' }
    const first = await desktop.ask('calls.page', { limit: 2, filter })
    expect(first.calls.map(({ callId, tags, noteCount, missed }) => ({ callId, tags, noteCount, missed }))).toEqual([
      { callId: 'c3', tags: [], noteCount: 0, missed: null },
      { callId: 'c2', tags: [], noteCount: 0, missed: null },
    ])
    const second = await desktop.ask('calls.page', { limit: 2, filter, after: first.next ?? '' })
    expect(second).toMatchObject({ calls: [{ callId: 'c1' }], next: null })
  })

  test('a search spelled as at home, here and after a change of country', async () => {
    const found = async (text: string) => (await desktop.ask('calls.search', { text, limit: 9 })).hits.map(({ call }) => call.callId)
    expect(await found('+44 20 7946 0018')).toEqual(['c3', 'c2', 'c1'])
    await desktop.ask('preferences.set', { country: 'GB' })
    expect(await found('(020) 79460018')).toEqual(['c3', 'c2', 'c1'])
    await desktop.ask('preferences.set', { country: 'US' })
    expect(await found('1 (415) 555-0142')).toEqual(['us'])
    expect(await desktop.ask('calls.search', { text: '0142', limit: 9 })).toMatchObject({
      hits: [{ matched: ['number'], snippet: null }],
      next: null,
    })
  })

  test('a count goes no further than it is asked to', async () => {
    expect(await desktop.ask('calls.count', { filter: {}, most: 1_000_000 })).toEqual({ count: 4 })
    expect(await desktop.ask('calls.count', { filter: {}, text: '7946', most: 2 })).toEqual({ count: 2 })
    expect(await desktop.ask('calls.count', { filter: { directions: ['incoming'] }, most: 9 })).toEqual({ count: 0 })
  })

  test.each([
    ['a place that no page ended at', 'calls.page', { limit: 2, after: '2026-11-21~c1' }],
    ['an instant that is none', 'calls.page', { limit: 2, filter: { from: 'yesterday' } }],
    ['the same in a search', 'calls.search', { text: 'x', limit: 2, filter: { to: '2026-99-99' } }],
    ['and in a count', 'calls.count', { most: 2, filter: { to: '' } }],
    ['no money', 'calls.page', { limit: 2, filter: { costAtLeast: { amount: '1,5', currency: 'USD' } } }],
    ['an unknown field', 'calls.page', { limit: 2, filter: { colour: 'red' } }],
  ])('%s is refused', async (_what, name, args) => {
    expect(await desktop.fails(name, args)).toMatchObject({ code: 'bad-request' })
  })
})
