import type { Failure, Outcome } from '../../contract/failure.ts'

export const PAGE = 50
/** What one request may give at most. */
const MOST = 200

export interface ListState<T> {
  /** Newest first, as far as it was paged; null until the first page has come. */
  items: readonly T[] | null
  next: string | null
  isLoading: boolean
  isLoadingMore: boolean
  failure: Failure | null
}
export const emptyList = { items: null, next: null, isLoading: false, isLoadingMore: false, failure: null } as const

interface Ports<T> {
  get: () => ListState<T>
  set: (change: Partial<ListState<T>>) => void
  read: (limit: number, after?: string) => Promise<Outcome<{ items: readonly T[]; next: string | null }>>
  keyOf: (item: T) => string
}

/** A list paged by keyset. An answer that a later `load` has overtaken changes nothing. */
export function createPaging<T>({ get, set, read, keyOf }: Ports<T>) {
  let run = 0
  const without = (items: readonly T[], known: readonly T[]) => {
    const keys = new Set(known.map(keyOf))
    return items.filter((item) => !keys.has(keyOf(item)))
  }
  return {
    /** Reads the beginning again; `isOther`: of another question, so what was there does not follow on it. What is shown stays until then. */
    async load(isOther = false) {
      const mine = ++run
      set({ isLoading: true, isLoadingMore: false })
      const limit = isOther ? PAGE : Math.min(MOST, Math.max(PAGE, get().items?.length ?? 0))
      const answer = await read(limit)
      if (mine !== run) return
      if (!answer.ok) return set({ isLoading: false, failure: answer.failure })
      const { items, next } = answer.value
      const before = isOther ? [] : (get().items ?? [])
      // Rows beyond what one request gives stay as they were read.
      const rest = items.length === MOST && next !== null ? without(before.slice(MOST), items) : []
      set({ items: [...items, ...rest], next: rest.length > 0 ? get().next : next, isLoading: false, failure: null })
    },
    async more() {
      const { next, isLoading, isLoadingMore, items } = get()
      if (next === null || isLoading || isLoadingMore) return
      const mine = run
      set({ isLoadingMore: true })
      const answer = await read(PAGE, next)
      if (mine !== run) return
      if (!answer.ok) return set({ isLoadingMore: false, failure: answer.failure })
      const fresh = without(answer.value.items, items ?? [])
      set({ items: [...(items ?? []), ...fresh], next: answer.value.next, isLoadingMore: false, failure: null })
    },
    forget() {
      run += 1
      set(emptyList)
    },
  }
}
