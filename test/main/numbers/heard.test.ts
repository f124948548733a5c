import { expect, test, vi } from 'vitest'
import { createHeard } from '../../../main/numbers/heard.ts'
import { memoryLog } from '../../relay/kit.ts'

const HOUR = 3_600_000

/** Sayings of a Twilio that a test speaks for. */
function heardOf(role: 'manager' | 'staff' = 'manager') {
  const known = new Map<string, string>()
  const asked: string[] = []
  const at = { now: Date.parse('2026-11-21T10:00:00Z'), isSet: true, failure: null as Error | null, told: 0 }
  const { lines, log } = memoryLog()
  const heard = createHeard(
    {
      what: 'prices',
      known: (of: string) => Promise.resolve(known.get(of)),
      async ask(of: string) {
        asked.push(of)
        await Promise.resolve()
        if (at.failure) throw at.failure
        known.set(of, `${of}!`)
        return `${of}!`
      },
    },
    {
      session: { record: () => ({ user: { role } }) as never },
      accounts: { isSet: () => at.isSet },
      clock: { now: () => new Date(at.now) },
      log,
      onNumbers: () => void at.told++,
    },
  )
  return { at, known, asked, lines, heard, of: async (...keys: string[]) => heard.of(new Map(keys.map((key) => [key, key]))) }
}

test('what is known is told at once; what is not is asked for behind, once, and told of when it is there', async () => {
  const { at, known, asked, of } = heardOf()
  known.set('US', 'US!')
  expect(await of('US', 'DE', 'GB')).toEqual(new Map([['US', 'US!']]))
  await of('US', 'DE', 'GB')
  await vi.waitFor(() => expect(at.told).toBe(2))
  expect(asked.toSorted()).toEqual(['DE', 'GB', 'US'])
  expect((await of('US', 'DE')).get('DE')).toBe('DE!')
  at.now += HOUR
  await of('DE')
  await vi.waitFor(() => expect(asked).toHaveLength(4))
})

test('what failed is asked for again after an hour; what was forgotten, at once', async () => {
  const { at, known, asked, lines, of } = heardOf()
  at.failure = new Error('away')
  await of('DE')
  await vi.waitFor(() => expect(lines).toMatchObject([{ level: 'info', what: 'prices', of: 'DE' }]))
  await of('DE')
  expect(asked).toEqual(['DE'])
  at.failure = null
  at.now += HOUR
  await of('DE')
  await vi.waitFor(() => expect(at.told).toBe(1))
  known.clear()
  await vi.waitFor(async () => {
    await of('DE')
    expect(asked).toHaveLength(3)
  })
})

test('nothing is asked by staff, without an account, or after the end', async () => {
  const staff = heardOf('staff')
  await staff.of('US')
  const none = heardOf()
  none.at.isSet = false
  await none.of('US')
  const ended = heardOf()
  await ended.heard.close()
  await ended.of('US')
  expect([...staff.asked, ...none.asked, ...ended.asked]).toEqual([])
})
