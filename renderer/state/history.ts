import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { Failure, Outcome } from '../../contract/failure.ts'
import type { CallFilter } from '../../contract/history.ts'
import { hitOf, isAfter, mergeCalls, pagesOf, type CallHit, type CallPage } from './call-pages.ts'
import { settled } from './settled.ts'

/** What is asked first fills a screen; what follows while one scrolls is more. */
export const FIRST = 50
const PAGE = 200
/** When more pages than these have changed the list is read again down to here, and goes on as one scrolls. */
const MANY_PAGES = 6
/** While somebody types on nothing is counted: the next rows come first. */
const COUNT_AFTER_MS = 150
/** So many are kept in the page, 200 MB of them: beyond, a span of days finds more than scrolling does. */
export const MOST_SHOWN = 200_000
/** Counted up to here; a list need not say more. */
export const MOST_COUNTED = 10_000

/** What the list shows. Narrowing by `text` asks for all of its words. */
export interface Question {
  text: string
  filter: CallFilter
}
export const everything: Question = { text: '', filter: {} }

export interface HistoryState {
  /** What `hits` answer; the question asked last may be on its way. */
  answered: Question | null
  asked: Question
  /** Newest first, as far as it was paged; null until the first page has come. */
  hits: readonly CallHit[] | null
  /** Null: `hits` are all there are. */
  next: string | null
  isLoading: boolean
  isLoadingMore: boolean
  failure: Failure | null
  /** Of what was asked, up to `MOST_COUNTED`; null: not known yet. */
  count: number | null
  /** Asks something. What is shown stays until its answer is there; a question that another has overtaken is never answered. */
  ask(question: Question): Promise<void>
  more(): Promise<void>
  retry(): Promise<void>
  /** Reads again what is shown. */
  refresh(): Promise<void>
}

type Store = Pick<StoreApi<HistoryState>, 'setState' | 'getState'>
interface Page {
  hits: readonly CallHit[]
  next: string | null
}
const nothing = { answered: null, hits: null, next: null, isLoading: false, isLoadingMore: false, failure: null, count: null } as const
const isSame = (a: Question, b: Question) => a === b || JSON.stringify(a) === JSON.stringify(b)

/** One page of a question. */
function createReader(bridge: Bridge) {
  return async ({ text, filter }: Question, limit: number, after?: string): Promise<Outcome<Page>> => {
    const args = { limit, filter, ...(after === undefined ? {} : { after }) }
    if (text.trim() === '') {
      const answer = await bridge.request('calls.page', args)
      return answer.ok ? { ok: true, value: { hits: answer.value.calls.map((call) => hitOf(call)), next: answer.value.next } } : answer
    }
    const answer = await bridge.request('calls.search', { ...args, text })
    if (!answer.ok) return answer
    return { ok: true, value: { ...answer.value, hits: answer.value.hits.map((one) => hitOf(one.call, one.matched, one.snippet)) } }
  }
}

/** What listing keeps besides the store: `run` counts questions, since an answer of an earlier one changes nothing. */
interface Progress {
  run: number
  pages: CallPage[]
}

/** Asks anew, from the newest call on; counts what there is. */
function createBeginning(bridge: Bridge, { setState: set, getState: get }: Store, at: Progress) {
  const read = createReader(bridge)
  const count = async () => {
    const mine = at.run
    const { asked, hits, next } = get()
    if (next === null && hits) return set({ count: hits.length })
    await new Promise((resolve) => setTimeout(resolve, COUNT_AFTER_MS))
    if (mine !== at.run) return
    const text = asked.text.trim()
    const answer = await bridge.request('calls.count', { filter: asked.filter, ...(text ? { text } : {}), most: MOST_COUNTED })
    if (mine === at.run && answer.ok) set({ count: answer.value.count })
  }
  const begin = async (isOther: boolean) => {
    const mine = ++at.run
    const question = get().asked
    set({ isLoading: true, isLoadingMore: false, ...(isOther ? { count: null } : {}) })
    const answer = await read(question, FIRST)
    if (mine !== at.run) return
    if (!answer.ok) return set({ isLoading: false, failure: answer.failure })
    at.pages = [{ after: undefined, from: undefined }]
    set({ ...answer.value, answered: question, isLoading: false, failure: null })
    void count()
  }
  return { read, count, begin }
}

/** What comes right after a page and is not in the list: calls that are new in its place push others out of it. */
function followerOf(shown: readonly CallHit[], pages: readonly CallPage[], page: CallPage, { hits, next }: Page): CallPage | null {
  const last = hits.at(-1)?.call
  const following = pages[pages.indexOf(page) + 1]
  if (!last || next === null) return null
  if (!following) return { after: next, from: last }
  const isGap = following.from !== undefined && isAfter(following.from, last) && shown.every(({ call }) => call.callId !== last.callId)
  return isGap ? { after: next, from: last } : null
}

const insert = (pages: CallPage[], page: CallPage, follower: CallPage) => pages.splice(pages.indexOf(page) + 1, 0, follower)

/** Reads pages again. `isCut`: the list ends with the last of these, and goes on from there when one scrolls. */
function createRereading({ setState: set, getState: get }: Store, at: Progress, { read, count }: ReturnType<typeof createBeginning>) {
  return async (stale: readonly CallPage[], isCut: boolean) => {
    const mine = at.run
    const pages = [...stale]
    for (const page of pages) {
      const answer = await read(get().answered ?? everything, page.after === undefined ? FIRST : PAGE, page.after)
      if (mine !== at.run) return
      if (!answer.ok) return set({ failure: answer.failure })
      const { hits, next } = answer.value
      const { hits: before, next: goesOn } = get()
      const isLast = page === at.pages.at(-1)
      const isEnd = next === null || (isCut && page === pages.at(-1)) || pages.length > stale.length + MANY_PAGES
      const merged = mergeCalls(before ?? [], page.from, hits, isEnd)
      const isWhole = isLast && goesOn === null && merged.at(-1)?.call.callId === hits.at(-1)?.call.callId
      set({ hits: merged, failure: null, ...(isEnd || isWhole ? { next } : {}) })
      if (isEnd) {
        at.pages = at.pages.slice(0, at.pages.indexOf(page) + 1)
        break
      }
      const follower = isWhole || (isLast && goesOn !== null) ? null : followerOf(before ?? [], at.pages, page, answer.value)
      if (!follower) continue
      insert(at.pages, page, follower)
      insert(pages, page, follower)
    }
    void count()
  }
}

function createListing(bridge: Bridge, store: Store) {
  const { setState: set, getState: get } = store
  const at: Progress = { run: 0, pages: [] }
  const beginning = createBeginning(bridge, store, at)
  const readAgain = createRereading(store, at, beginning)
  const more = async () => {
    const { next, isLoading, isLoadingMore, hits, answered } = get()
    if (next === null || isLoading || isLoadingMore || !answered || (hits?.length ?? 0) >= MOST_SHOWN) return
    const mine = at.run
    const page: CallPage = { after: next, from: hits?.at(-1)?.call }
    set({ isLoadingMore: true })
    const answer = await beginning.read(answered, PAGE, next)
    if (mine !== at.run) return
    if (!answer.ok) return set({ isLoadingMore: false, failure: answer.failure })
    at.pages.push(page)
    const merged = mergeCalls(get().hits ?? [], page.from, answer.value.hits, answer.value.next === null)
    set({ hits: merged, next: answer.value.next, isLoadingMore: false, failure: null })
  }
  /** What changed; null: anything. */
  const refresh = async (callIds: ReadonlySet<string> | null) => {
    const { hits, isLoading } = get()
    if (isLoading || !hits || at.pages.length === 0) return beginning.begin(false)
    const stale = callIds ? pagesOf(at.pages, hits, callIds, get().next === null) : at.pages
    return stale.length > MANY_PAGES ? readAgain(at.pages.slice(0, MANY_PAGES), true) : readAgain(stale, false)
  }
  const forget = () => {
    at.run += 1
    at.pages = []
    set({ ...nothing, asked: everything })
  }
  return { begin: beginning.begin, more, refresh, forget }
}

/** Reads again what changed: a burst once. Another person, or another role, sees other calls: everything is forgotten and asked anew. */
function followChanges(bridge: Bridge, { getState: get }: Store, listing: ReturnType<typeof createListing>, settleMs: number): void {
  let waiting: Set<string> | null = new Set()
  const again = settled(async () => {
    const ids = waiting
    waiting = new Set()
    if (get().hits !== null) await listing.refresh(ids)
  }, settleMs)
  /** These, or any (none). Nothing to read again while nobody has looked. */
  const changed = (callIds: readonly string[]) => {
    if (get().hits === null) return
    waiting = callIds.length === 0 || waiting === null ? null : new Set([...waiting, ...callIds])
    again()
  }
  bridge.on('calls.changed', ({ callIds }) => changed(callIds))
  bridge.on('records.changed', ({ callIds }) => changed(callIds))
  bridge.on('numbers.changed', () => get().asked.text.trim() !== '' && changed([])) // their names are searched, too
  let person = ''
  bridge.on('session.changed', ({ state, user }) => {
    const now = `${state} ${user?.userId} ${user?.role}`
    const isOther = person !== '' && now !== person
    person = now
    const { asked, hits } = get()
    if (state !== 'signed-in') return listing.forget()
    if (!isOther || hits === null) return
    listing.forget()
    void get().ask(asked)
  })
}

/** The calls that a question finds, newest first, as far as one scrolled. Changes are read again page by page; the rest stays in place. */
export function createHistoryStore(bridge: Bridge, settleMs = 80) {
  return createStore<HistoryState>()((set, get, store) => {
    const listing = createListing(bridge, store)
    followChanges(bridge, store, listing, settleMs)
    return {
      ...nothing,
      asked: everything,
      async ask(question) {
        if (isSame(question, get().asked) && get().hits !== null && !get().failure) return
        set({ asked: question })
        await listing.begin(true)
      },
      more: listing.more,
      refresh: async () => (get().hits === null ? undefined : listing.refresh(null)),
      retry: () => (get().hits === null ? listing.begin(true) : get().next === null ? listing.refresh(null) : listing.more()),
    }
  })
}
