import { afterEach, describe, expect, test, vi } from 'vitest'
import { createNumberViewStore } from '../../../renderer/state/number-view.ts'
import { createNumbersStore } from '../../../renderer/state/numbers.ts'
import { createAuditStore } from '../../../renderer/state/recordings.ts'
import { fakeBridge, signedIn } from '../kit/app-kit.tsx'
import { owned } from '../numbers/kit.tsx'

/** Longer than the time between two events of the stream: who waits for rest waits for ever. */
const SETTLE_MS = 30
let timer: ReturnType<typeof setInterval> | undefined
afterEach(() => clearInterval(timer))

const number = owned(0)
const audit = { rows: [], next: null, counts: { wanted: 0, complete: 0, pending: 0, trouble: 0 } }
const main = () =>
  fakeBridge(signedIn, [], {
    'numbers.list': () => ({ numbers: [number], next: null, syncedAt: null }),
    'numbers.get': () => ({ number, drift: [] }),
    'recordings.audit': () => audit,
  })
type Main = ReturnType<typeof main>

const lists = [
  {
    name: 'the list of numbers',
    asks: 'numbers.list',
    event: 'numbers.changed',
    payload: { phoneNumbers: [number.phoneNumber] },
    open: async ({ bridge }: Main) => {
      const store = createNumbersStore(bridge, SETTLE_MS)
      await store.getState().load()
    },
  },
  {
    name: 'an open number',
    asks: 'numbers.get',
    event: 'numbers.changed',
    payload: { phoneNumbers: null },
    open: async ({ bridge }: Main) => {
      const store = createNumberViewStore(bridge, SETTLE_MS)
      await store.getState().open(number.phoneNumber)
    },
  },
  {
    name: 'a list made of calls',
    asks: 'recordings.audit',
    event: 'calls.changed',
    payload: { callIds: [] },
    open: async ({ bridge }: Main) => {
      const store = createAuditStore(bridge, SETTLE_MS)
      await store.getState().load()
    },
  },
]

describe.each(lists)('$name', ({ asks, event, payload, open }) => {
  const times = ({ asked }: Main) => asked.filter(({ name }) => name === asks).length

  test('is read again and again while events never rest', async () => {
    const page = main()
    await open(page)
    expect(times(page)).toBe(1)
    timer = setInterval(() => page.emit(event, payload), 2)
    await vi.waitFor(() => expect(times(page)).toBeGreaterThan(3))
  })

  test('is not read for somebody who has signed out meanwhile', async () => {
    const page = main()
    await open(page)
    page.emit(event, payload)
    page.emit('session.changed', { ...signedIn, state: 'signed-out' })
    await new Promise((resolve) => setTimeout(resolve, 3 * SETTLE_MS))
    expect(times(page)).toBe(1)
  })
})
