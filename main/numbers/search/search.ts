import { FailureError, toFailure } from '../../../contract/failure.ts'
import type { NumberCountry, SearchQuery, SearchReply } from '../../../contract/number-desktop.ts'
import { createEmitter } from '../../../base/emitter.ts'
import type { Log } from '../../ports.ts'
import type { AvailableNumber, TwilioAccount } from '../../twilio/port.ts'
import type { Answers } from './answers.ts'
import { joinOffers } from './offers.ts'
import { planSearch, type SearchPart } from './plan.ts'
import type { Prices } from './prices.ts'
import { relaxOf } from './relax.ts'

export interface SearchOptions {
  accounts: { current: () => Promise<TwilioAccount> }
  answers: Answers
  prices: Prices
  log: Log
}

export interface SearchProgress {
  searchId: string
  done: number
  total: number
  found: number
}

/** Failures that every part would have: the search is over. */
const OF_ACCOUNT = new Set(['account-wrong', 'account-forbidden', 'account-suspended', 'account-missing'])
const isOfAccount = (error: unknown): boolean => error instanceof FailureError && OF_ACCOUNT.has(error.code)

/** One running search: what is in so far. */
interface Running {
  searchId: string
  twilio: TwilioAccount
  parts: readonly SearchPart[]
  end: AbortController
  limit: number
}

/** Searches for numbers: many requests, one answer. Nothing is reserved or bought. */
export function createSearch({ accounts, answers, prices, log }: SearchOptions) {
  const progress = createEmitter<SearchProgress>((error) => log.error({ error: String(error) }, 'a listener failed'))
  const running = new Map<string, AbortController>()

  /** @throws FailureError of the account */
  const countries = (): Promise<NumberCountry[]> =>
    answers.get('countries', async () => {
      const rows = await (await accounts.current()).countries()
      return rows.toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
    })

  async function search({ searchId, query }: { searchId: string; query: SearchQuery }): Promise<SearchReply> {
    const end = new AbortController()
    running.get(searchId)?.abort() // the same search again: the first one is of no interest any more
    running.set(searchId, end)
    try {
      const [twilio, sold] = [await accounts.current(), await countries()]
      const parts = planSearch(query, sold)
      const { found, failures } = await askAll({ searchId, twilio, parts, end, limit: query.limit }, progress.emit)
      const offers = await joinOffers(found, { twilio, prices, answers })
      const isCancelled = end.signal.aborted
      const isEmpty = offers.length === 0 && !isCancelled // what failed may be just what is to be loosened
      return { searchId, offers, failures, isCancelled, relax: isEmpty ? relaxOf(query, sold) : [] }
    } finally {
      if (running.get(searchId) === end) running.delete(searchId)
    }
  }
  return {
    countries,
    search,
    /** Ends a running search: it answers with what is in. */
    cancel: (searchId: string): void => running.get(searchId)?.abort(),
    onProgress: progress.on,
  }
}
export type SearchService = ReturnType<typeof createSearch>

/** Asks every part; Twilio's client bounds how many at once. Merged in the order of the parts, no number twice. @throws FailureError of the account */
async function askAll({ searchId, twilio, parts, end, limit }: Running, tell: (progress: SearchProgress) => void) {
  const found = new Map<string, AvailableNumber>()
  const rows: AvailableNumber[][] = parts.map(() => [])
  const failures: SearchReply['failures'] = []
  let done = 0
  const ask = async (part: SearchPart, at: number): Promise<void> => {
    try {
      if (part.query instanceof FailureError) throw part.query
      const numbers = (await twilio.search(part.query, end.signal)).filter(part.fits).slice(0, limit)
      rows[at] = numbers
      for (const number of numbers) found.set(number.phoneNumber, number)
    } catch (error) {
      if (end.signal.aborted) return
      if (isOfAccount(error)) throw error
      const { country, type, areaCode } = part
      failures.push({ country, type, areaCode, failure: toFailure(error) })
    }
    tell({ searchId, done: ++done, total: parts.length, found: found.size })
  }
  await Promise.all(parts.map(ask)).catch((error: unknown) => {
    end.abort() // the other parts are of no use either
    throw error
  })
  const merged = new Map(rows.flat().map((number) => [number.phoneNumber, number]))
  return { found: [...merged.values()], failures }
}
