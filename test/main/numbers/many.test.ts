import { expect, test } from 'vitest'
import { startManaged } from './manage-kit.ts'

const MANY = 10_000

test('ten thousand numbers: listed by pages of a thousand, planned, applied once, read by pages, and unchanged the next time', async () => {
  const at = await startManaged()
  try {
    const { ada } = at
    await at.control('/numbers', { count: MANY })
    const listed = at.account.state.numbers.map(({ phoneNumber, sid }) => `${phoneNumber} ${sid}`).toSorted()
    const from = ada.events.length
    const plan = await ada.ask('numbers.planSync', {})
    expect(plan).toMatchObject({ listed: MANY + 3, removed: [], changed: [], missing: [], unchanged: 3 })
    expect(new Set(plan.added.map(({ phoneNumber }) => phoneNumber)).size).toBe(MANY)
    const progress = ada.events.slice(from).flatMap(({ event, payload }) => (event === 'numbers.progress' ? [payload] : []))
    const pages = Array.from({ length: 11 }, (_, page) => Math.min((page + 1) * 1000, MANY + 3))
    expect(progress).toEqual(pages.map((done) => ({ work: 'sync', done, total: null })))
    await ada.ask('numbers.applySync', { planId: plan.planId })

    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await ada.ask('numbers.list', { limit: 1000, ...(after === undefined ? {} : { after }) })
      expect(page.numbers.length).toBeLessThanOrEqual(1000)
      seen.push(...page.numbers.map(({ phoneNumber, sid }) => `${phoneNumber} ${sid}`))
      after = page.next ?? undefined
    } while (after !== undefined)
    expect(seen).toEqual(listed)

    const again = await ada.ask('numbers.planSync', {})
    expect(again).toMatchObject({ added: [], removed: [], changed: [], missing: [], unchanged: MANY + 3 })
    await ada.ask('numbers.applySync', { planId: again.planId })
    const { text } = await ada.ask('numbers.export', {})
    expect(text.split('\r\n')).toHaveLength(MANY + 3 + 2) // the header, and nothing after the last line's end
  } finally {
    await at.close()
  }
}, 180_000)
