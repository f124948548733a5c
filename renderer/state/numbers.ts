import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import type { Failure } from '../../contract/failure.ts'
import type { NumberPatch } from '../../contract/number.ts'
import { patched } from '../model/number-patch.ts'
import { mergePage, pagesOf, type Page } from './number-pages.ts'
import { settled } from './settled.ts'

export const PAGE = 1000
/** Beyond so many pages it is one listing. */
const MANY_PAGES = 3

export interface Change {
  phoneNumber: string
  patch: NumberPatch
}
/** What became of a change of many numbers: those that failed, each with why, or why nothing was done at all. */
export type BulkOutcome = { ok: true; failed: { phoneNumber: string; failure: Failure }[] } | { ok: false; failure: Failure }

export interface NumbersState {
  /** Ordered by number; null until the first page has come. */
  numbers: readonly OwnedNumber[] | null
  /** Pages are still coming. */
  isLoading: boolean
  /** Why the last listing ended early; what came before it is shown. */
  failure: Failure | null
  /** Lists everything, page by page; what is shown stays until its page has come. */
  load(): Promise<void>
  /** Shows the change at once, and takes back what failed. */
  update: (changes: readonly Change[]) => Promise<BulkOutcome>
}

type Store = Pick<StoreApi<NumbersState>, 'setState' | 'getState'>
/** Changes that are shown already and not confirmed yet: a page that was read before must not take them back. */
type Pending = Map<string, NumberPatch>

/** Reads one page into the store. @returns the page after it, null at the end, undefined when it failed or is no longer wanted */
function createPageReader(bridge: Bridge, { setState: set, getState: get }: Store, pending: Pending) {
  const overlaid = (number: OwnedNumber) => {
    const patch = pending.get(number.phoneNumber)
    return patch ? patched(number, patch) : number
  }
  return async ({ after, from }: Page, isWanted: () => boolean): Promise<Page | null | undefined> => {
    const answer = await bridge.request('numbers.list', { limit: PAGE, ...(after === undefined ? {} : { after }) })
    if (!isWanted()) return undefined
    if (!answer.ok) {
      set({ failure: answer.failure })
      return undefined
    }
    const { numbers, next } = answer.value
    set({ numbers: mergePage(get().numbers ?? [], from, numbers.map(overlaid), next === null), failure: null })
    return next === null ? null : { after: next, from: numbers.at(-1)?.phoneNumber }
  }
}

/** Reads the list. Only the latest listing goes on: what began before it ends without a word. */
function createPaging(bridge: Bridge, store: Store, pending: Pending) {
  const { setState: set, getState: get } = store
  const readPage = createPageReader(bridge, store, pending)
  let pages: Page[] = []
  let run = 0
  const loadAll = async () => {
    const mine = ++run
    set({ isLoading: true })
    pages = []
    let page: Page | null | undefined = { after: undefined, from: undefined }
    while (page) {
      pages.push(page)
      page = await readPage(page, () => mine === run)
    }
    if (mine === run) set({ isLoading: false })
  }
  const loadPages = async (stale: readonly Page[]) => {
    const mine = run // a listing that begins now covers these; another few pages do not
    for (const page of stale) {
      const next = await readPage(page, () => mine === run)
      // The last page has grown past its size: there is another one now.
      if (next && page === pages.at(-1)) return loadAll()
    }
  }
  return {
    loadAll,
    /** The pages of these numbers; everything when they are spread widely, or a reading is under way. */
    async loadSome(numbers: ReadonlySet<string>) {
      const stale = pagesOf(pages, numbers)
      await (get().isLoading || stale.length > MANY_PAGES ? loadAll() : loadPages(stale))
    },
    forget() {
      run += 1
      pages = []
    },
  }
}

/** What changes ask for again; a burst asks once, and a stream that never rests (an import) again and again. */
function createRefreshing(paging: ReturnType<typeof createPaging>, isShown: () => boolean, settleMs: number) {
  let waiting: ReadonlySet<string> | 'all' = new Set<string>()
  const again = settled(async () => {
    const wanted = waiting
    waiting = new Set()
    if (isShown()) await (wanted === 'all' ? paging.loadAll() : paging.loadSome(wanted))
  }, settleMs)
  return (phoneNumbers: readonly string[] | null) => {
    waiting = phoneNumbers === null || waiting === 'all' ? 'all' : new Set([...waiting, ...phoneNumbers])
    again()
  }
}

/** The company's numbers, or a staff member's own. A change of a few asks again for their pages only. */
export function createNumbersStore(bridge: Bridge, settleMs = 120) {
  return createStore<NumbersState>()((set, get, store) => {
    const pending: Pending = new Map()
    const paging = createPaging(bridge, store, pending)
    // Nobody has looked at them before the first listing: nothing to refresh.
    const isShown = () => get().numbers !== null
    const refresh = createRefreshing(paging, isShown, settleMs)
    bridge.on('numbers.changed', ({ phoneNumbers }) => isShown() && refresh(phoneNumbers))
    bridge.on('session.changed', ({ state }) => {
      if (state === 'signed-in') return
      paging.forget()
      set({ numbers: null, isLoading: false, failure: null })
    })
    const replace = (rows: ReadonlyMap<string, OwnedNumber>) =>
      set({ numbers: get().numbers?.map((one) => rows.get(one.phoneNumber) ?? one) ?? null })

    return {
      numbers: null,
      isLoading: false,
      failure: null,
      load: paging.loadAll,
      async update(changes) {
        const patches = new Map(changes.map(({ phoneNumber, patch }) => [phoneNumber, patch]))
        const before = (get().numbers ?? []).filter((one) => patches.has(one.phoneNumber))
        for (const [phoneNumber, patch] of patches) pending.set(phoneNumber, { ...pending.get(phoneNumber), ...patch })
        replace(new Map(before.map((one) => [one.phoneNumber, patched(one, patches.get(one.phoneNumber) ?? {})])))
        const outcome = bulkOutcome(await bridge.request('numbers.update', { changes: [...changes] }))
        for (const phoneNumber of patches.keys()) pending.delete(phoneNumber)
        const failed = outcome.ok ? new Set(outcome.failed.map((one) => one.phoneNumber)) : patches
        replace(new Map(before.filter((one) => failed.has(one.phoneNumber)).map((one) => [one.phoneNumber, one])))
        return outcome
      },
    }
  })
}

type BulkAnswer =
  { ok: true; value: { results: readonly { phoneNumber: string; ok: boolean; failure?: Failure }[] } } | { ok: false; failure: Failure }

/** What main answered about many numbers, as what failed. */
export function bulkOutcome(answer: BulkAnswer): BulkOutcome {
  if (!answer.ok) return answer
  const failed = answer.value.results.flatMap(({ phoneNumber, ok, failure }) =>
    ok ? [] : [{ phoneNumber, failure: failure ?? { code: 'internal', retry: 'later' as const } }],
  )
  return { ok: true, failed }
}
