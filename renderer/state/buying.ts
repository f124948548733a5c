import { v7 as uuid } from 'uuid'
import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { Failure } from '../../contract/failure.ts'
import type { NumberCountry, NumberOffer, SavedSearch, SearchQuery, SearchReply } from '../../contract/number-desktop.ts'
import type { Draft } from '../buy/model/query.ts'

export interface Searching {
  searchId: string
  done: number
  /** 0 until main has said how many. */
  total: number
  found: number
  isCancelling: boolean
}

export interface BuyingState {
  /** Countries numbers can be bought in; null until they have come. */
  countries: NumberCountry[] | null
  /** What stands in the form; null until somebody typed. */
  draft: Draft | null
  running: Searching | null
  /** What was last searched for, and what came of it. */
  searched: SearchQuery | null
  reply: SearchReply | null
  saved: SavedSearch[]
  shortlist: NumberOffer[]
  /** Ticked to be bought, over several searches. */
  chosen: NumberOffer[]
  /** What failed last, by what was asked. */
  failures: Partial<Record<'load' | 'search' | 'saved' | 'shortlist', Failure>>
  load(): Promise<void>
  edit(draft: Draft): void
  search(query: SearchQuery): Promise<void>
  cancel(): Promise<void>
  save(name: string, query: SearchQuery): Promise<boolean>
  removeSaved(name: string): Promise<void>
  addToShortlist(offers: NumberOffer[]): Promise<void>
  removeFromShortlist: (phoneNumbers: string[]) => Promise<void>
  choose: (offer: NumberOffer, isChosen: boolean) => void
  chooseAll(offers: readonly NumberOffer[], isChosen: boolean): void
  clearChosen: (phoneNumbers?: readonly string[]) => void
}

type Get = () => BuyingState
type Set = (part: Partial<BuyingState>) => void

const nothing = {
  countries: null,
  draft: null,
  running: null,
  searched: null,
  reply: null,
  saved: [],
  shortlist: [],
  chosen: [],
  failures: {},
} satisfies Partial<BuyingState>

/** Search, saved searches, the shortlist and what is ticked. Nothing here buys. */
export function createBuyingStore(bridge: Bridge) {
  return createStore<BuyingState>()((set, get) => {
    bridge.on('session.changed', ({ state }) => state === 'signed-in' || set(nothing))
    bridge.on('numbers.searched', ({ searchId, done, total, found }) => {
      const { running } = get()
      if (running?.searchId === searchId) set({ running: { ...running, done, total, found } })
    })
    bridge.on('purchases.changed', ({ purchases }) => {
      const { chosen, shortlist, clearChosen, removeFromShortlist } = get()
      const bought = new Set(purchases.filter(({ sid }) => sid !== null).map(({ phoneNumber }) => phoneNumber))
      const isOurs = ({ phoneNumber }: NumberOffer) => bought.has(phoneNumber)
      if (chosen.some(isOurs)) clearChosen([...bought])
      if (shortlist.some(isOurs)) void removeFromShortlist(shortlist.filter(isOurs).map(({ phoneNumber }) => phoneNumber))
    })
    return {
      ...nothing,
      edit: (draft) => set({ draft }),
      ...searching(bridge, set, get),
      ...keeping(bridge, set, get),
      ...choosing(set, get),
    }
  })
}

/** The failure of one kind of request; undefined: it went well. */
const failed = (get: Get, what: keyof BuyingState['failures'], failure?: Failure) => {
  const { [what]: _, ...others } = get().failures
  return { failures: failure ? { ...others, [what]: failure } : others }
}

const searching = (bridge: Bridge, set: Set, get: Get): Pick<BuyingState, 'load' | 'search' | 'cancel'> => ({
  async load() {
    const [countries, saved, shortlist] = await Promise.all([
      bridge.request('numbers.countries', {}),
      bridge.request('numbers.savedSearches', {}),
      bridge.request('numbers.shortlist', {}),
    ])
    if (countries.ok) set({ countries: countries.value })
    if (saved.ok) set({ saved: saved.value })
    if (shortlist.ok) set({ shortlist: shortlist.value })
    set(failed(get, 'load', countries.ok ? undefined : countries.failure))
  },
  async search(query) {
    const searchId = uuid()
    const before = get().running
    set({ running: { searchId, done: 0, total: 0, found: 0, isCancelling: false }, searched: query, ...failed(get, 'search') })
    if (before) void bridge.request('numbers.cancelSearch', { searchId: before.searchId })
    const answer = await bridge.request('numbers.search', { searchId, query })
    if (get().running?.searchId !== searchId) return // a later search has taken its place
    set(answer.ok ? { running: null, reply: answer.value } : { running: null, reply: null, ...failed(get, 'search', answer.failure) })
  },
  async cancel() {
    const { running } = get()
    if (!running || running.isCancelling) return
    set({ running: { ...running, isCancelling: true } })
    await bridge.request('numbers.cancelSearch', { searchId: running.searchId }) // the search answers with what it has
  },
})

type Keeping = 'save' | 'removeSaved' | 'addToShortlist' | 'removeFromShortlist'
const keeping = (bridge: Bridge, set: Set, get: Get): Pick<BuyingState, Keeping> => ({
  async save(name, query) {
    const answer = await bridge.request('numbers.savedSearches', { save: { name, query } })
    set(answer.ok ? { saved: answer.value, ...failed(get, 'saved') } : failed(get, 'saved', answer.failure))
    return answer.ok
  },
  async removeSaved(name) {
    const answer = await bridge.request('numbers.savedSearches', { remove: name })
    set(answer.ok ? { saved: answer.value, ...failed(get, 'saved') } : failed(get, 'saved', answer.failure))
  },
  async addToShortlist(offers) {
    const answer = await bridge.request('numbers.shortlist', { add: offers })
    set(answer.ok ? { shortlist: answer.value, ...failed(get, 'shortlist') } : failed(get, 'shortlist', answer.failure))
  },
  async removeFromShortlist(remove) {
    const answer = await bridge.request('numbers.shortlist', { remove })
    set(answer.ok ? { shortlist: answer.value, ...failed(get, 'shortlist') } : failed(get, 'shortlist', answer.failure))
  },
})

const choosing = (set: Set, get: Get): Pick<BuyingState, 'choose' | 'chooseAll' | 'clearChosen'> => ({
  choose: (offer, isChosen) => get().chooseAll([offer], isChosen),
  chooseAll(offers, isChosen) {
    const these = new Set(offers.map(({ phoneNumber }) => phoneNumber))
    const others = get().chosen.filter(({ phoneNumber }) => !these.has(phoneNumber))
    set({ chosen: isChosen ? [...others, ...offers] : others })
  },
  clearChosen(phoneNumbers) {
    set({ chosen: phoneNumbers ? get().chosen.filter((one) => !phoneNumbers.includes(one.phoneNumber)) : [] })
  },
})
