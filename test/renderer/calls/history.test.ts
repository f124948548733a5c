import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { Bridge } from '../../../contract/desktop.ts'
import type { CallItem } from '../../../contract/history.ts'
import { failure } from '../../../contract/failure.ts'
import { hitOf, isAfter, mergeCalls, pagesOf, type CallPage } from '../../../renderer/state/call-pages.ts'
import { createHistoryStore, everything } from '../../../renderer/state/history.ts'
import { createState } from '../../../renderer/state/index.ts'
import { settled } from '../../../renderer/state/settled.ts'
import { fakeBridge, signedIn } from '../kit/app-kit.tsx'
import { callsMain, item, many } from './kit.tsx'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString()
const calls = fc
  .uniqueArray(
    fc.record({ id: fc.integer({ min: 0, max: 99 }), minute: fc.integer({ min: 0, max: 20 }), talk: fc.integer({ min: 0, max: 2 }) }),
    {
      selector: (one) => one.id,
      maxLength: 40,
    },
  )
  .map((all) =>
    all
      .map(({ id, minute, talk }) => item({ callId: `c${String(id).padStart(2, '0')}`, startedAt: at(minute), talkSeconds: talk }))
      .toSorted((a, b) => (isAfter(a, b) ? 1 : -1)),
  )
const hits = (all: readonly CallItem[]) => all.map((call) => hitOf(call))
const ids = (all: readonly { call: CallItem }[]) => all.map(({ call }) => `${call.callId} ${call.talkSeconds}`)

describe('pages', () => {
  test('reading every page again gives what is there now, whatever changed', () => {
    fc.assert(
      fc.property(calls, calls, fc.integer({ min: 1, max: 10 }), (before, now, size) => {
        let list: readonly ReturnType<typeof hitOf>[] = hits(before)
        for (let start = 0; start === 0 || start < now.length; start += size) {
          const page = hits(now.slice(start, start + size))
          list = mergeCalls(list, now[start - 1], page, start + size >= now.length)
        }
        expect(ids(list)).toEqual(ids(hits(now)))
      }),
    )
  })

  test('a page read again never holds a call twice, and keeps the rows that read as before', () => {
    fc.assert(
      fc.property(calls, calls, (before, now) => {
        const old = hits(before)
        const list = mergeCalls(old, undefined, hits(now.slice(0, 5)), now.length <= 5)
        const callIds = list.map(({ call }) => call.callId)
        expect(new Set(callIds).size).toBe(callIds.length)
      }),
    )
    const list = hits(many(5))
    expect(mergeCalls(list, undefined, hits(many(5)), true)).toBe(list)
  })

  test('a changed call asks for its page, and for the first', () => {
    const list = hits(many(30))
    const pages: CallPage[] = [0, 10, 20].map((start) => ({ after: start === 0 ? undefined : `p${start}`, from: list[start - 1]?.call }))
    expect(pagesOf(pages, list, new Set(['call-000025']))).toEqual([pages[0], pages[2]])
    expect(pagesOf(pages, list, new Set(['unknown']))).toEqual([pages[0]])
  })
})

/** The store over a main with these calls. */
function open(all: CallItem[], answers: Record<string, (args: never) => object> = {}) {
  const main = fakeBridge(signedIn, [], { ...callsMain(all), ...answers })
  return { ...main, store: createHistoryStore(main.bridge, 0) }
}
const user = (role: 'manager' | 'staff') => ({ ...signedIn, user: { userId: 'ada', name: 'Ada', role } })
const shownIds = (store: ReturnType<typeof createHistoryStore>) => store.getState().hits?.map(({ call }) => call.callId)

describe('the store', () => {
  test('an answer that a later question has overtaken changes nothing', async () => {
    const { bridge } = fakeBridge(signedIn, [], callsMain([item({ callId: 'a', tags: ['x'] }), item({ callId: 'b', tags: ['y'] })]))
    const waiting: (() => void)[] = []
    const slow: Bridge = {
      on: (event, listener) => bridge.on(event, listener),
      request: (name, args) => new Promise((resolve) => waiting.push(() => resolve(bridge.request(name, args)))),
    }
    const store = createHistoryStore(slow, 0)
    const first = store.getState().ask({ text: '', filter: { tags: ['x'] } })
    const second = store.getState().ask({ text: '', filter: { tags: ['y'] } })
    waiting[1]!()
    await second
    waiting[0]!()
    await first
    expect(shownIds(store)).toEqual(['b'])
  })

  test('pages follow on each other to the end, each call once; calls that come meanwhile move nothing', async () => {
    const all = many(450)
    const { store, emit } = open(all)
    await store.getState().ask(everything)
    all.push(item({ callId: 'new', startedAt: new Date().toISOString() }))
    while (store.getState().next !== null) await store.getState().more()
    expect(shownIds(store)).toEqual(many(450).map((one) => one.callId))
    emit('calls.changed', { callIds: ['new'] })
    await vi.waitFor(() => expect(shownIds(store)).toEqual(['new', ...many(450).map((one) => one.callId)]))
  })

  test('when much has changed the list is read again from its beginning, and goes on from there', async () => {
    const all = many(2500)
    const { store, emit } = open(all)
    await store.getState().ask(everything)
    while (store.getState().next !== null) await store.getState().more()
    all.splice(0, all.length, ...many(2500).filter((_, index) => index % 2 === 0))
    emit('calls.changed', { callIds: [] })
    const expected = all.map((one) => one.callId)
    await vi.waitFor(() => expect(shownIds(store)).toEqual(expected.slice(0, shownIds(store)!.length)))
    while (store.getState().next !== null) await store.getState().more()
    expect(shownIds(store)).toEqual(expected)
  })

  test.each([15, 50, 120, 250])('a list of %i that was at its end goes on when older calls are loaded', async (count) => {
    const all = many(count + 600)
    const older = all.splice(count)
    const { store, emit } = open(all)
    await store.getState().ask(everything)
    while (store.getState().next !== null) await store.getState().more()
    await vi.waitFor(() => expect(store.getState().count).toBe(count))
    all.push(...older)
    emit('calls.changed', { callIds: older.map((one) => one.callId) })
    await vi.waitFor(() => expect(store.getState().count).toBe(count + 600))
    while (store.getState().next !== null) await store.getState().more()
    expect(shownIds(store)).toEqual(all.map((one) => one.callId))
  })

  test.each([40, 50, 130])('a list of %i at its end keeps its rows, each once, when newer calls push them over a page', async (count) => {
    const all = many(count)
    const { store, emit } = open(all)
    await store.getState().ask(everything)
    while (store.getState().next !== null) await store.getState().more()
    const newer = Array.from({ length: 230 }, (_, index) =>
      item({ callId: `new-${index}`, startedAt: new Date(Date.UTC(2026, 11, 1) + index * 1000).toISOString() }),
    )
    all.push(...newer)
    emit('calls.changed', { callIds: newer.map((one) => one.callId) })
    await vi.waitFor(() => expect(store.getState().count).toBe(count + 230))
    while (store.getState().next !== null) await store.getState().more()
    expect(shownIds(store)).toEqual(all.toSorted((a, b) => (isAfter(a, b) ? 1 : -1)).map((one) => one.callId))
  })

  test('a page that fails says so, and is asked for again', async () => {
    const all = many(100)
    const state = { isBroken: false }
    const page = callsMain(all)['calls.page']!
    const { store } = open(all, { 'calls.page': (args) => (state.isBroken ? failure('store-failed') : page(args)) })
    await store.getState().ask(everything)
    state.isBroken = true
    await store.getState().more()
    expect(store.getState().failure?.code).toBe('store-failed')
    expect(shownIds(store)).toHaveLength(50)
    state.isBroken = false
    await store.getState().retry()
    expect(store.getState().failure).toBeNull()
    expect(shownIds(store)).toHaveLength(100)
  })

  test('who signs out, or has another role, sees nothing of before', async () => {
    const all = [item({ callId: 'mine' }), item({ callId: 'theirs' })]
    const { store, emit } = open(all)
    emit('session.changed', user('manager'))
    await store.getState().ask(everything)
    expect(shownIds(store)).toHaveLength(2)
    all.pop()
    emit('session.changed', user('staff'))
    expect(store.getState().hits).toBeNull()
    await vi.waitFor(() => expect(shownIds(store)).toEqual(['mine']))
    emit('session.changed', { ...signedIn, state: 'signed-out', user: null })
    expect(store.getState().hits).toBeNull()
  })

  test('events that were lost are made up for by asking again', async () => {
    const all = [item({ callId: 'a' })]
    const { bridge } = fakeBridge(signedIn, [], callsMain(all))
    const state = createState(bridge, 'US')
    const store = state.later(createHistoryStore)
    await store.getState().ask(everything)
    all.push(item({ callId: 'b' }))
    state.refreshLater()
    await vi.waitFor(() => expect(shownIds(store)).toEqual(['b', 'a']))
  })

  test('rows of calls that are over are kept without their legs', () => {
    const leg = { legId: 'l', role: 'party', status: 'completed' } as CallItem['legs'][number]
    expect(hitOf(item({ outcome: 'answered', legs: [leg] })).call.legs).toEqual([])
    expect(hitOf(item({ outcome: 'ongoing', legs: [leg] })).call.legs).toEqual([leg])
  })
})

test('work that is wanted without rest is done again and again, never twice at once', async () => {
  let running = 0
  let most = 0
  let done = 0
  const want = settled(async () => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, 5))
    running -= 1
    done += 1
  }, 1)
  const timer = setInterval(want, 1)
  await vi.waitFor(() => expect(done).toBeGreaterThan(3))
  clearInterval(timer)
  expect(most).toBe(1)
})
