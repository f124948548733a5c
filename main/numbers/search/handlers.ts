import type { BridgeArgs } from '../../../contract/desktop.ts'
import { toFailure } from '../../../contract/failure.ts'
import type { NumberOffer, Quote, SavedSearch } from '../../../contract/number-desktop.ts'
import { requireManager } from '../../account/manager.ts'
import type { SessionService } from '../../link/session.ts'
import type { Clock } from '../../ports.ts'
import type { Store } from '../../store/store.ts'
import type { TwilioAccount } from '../../twilio/port.ts'
import type { Prices } from './prices.ts'
import { quoteOf } from './quote.ts'
import type { SearchService } from './search.ts'

export interface SearchHandlerParts {
  session: Pick<SessionService, 'record'>
  accounts: { current: () => Promise<TwilioAccount> }
  searches: SearchService
  prices: Prices
  store: Store
  clock: Clock
}

/** Not known is null. @throws what is wrong with the account: then nothing can be bought */
function unlessWrong(error: unknown): null {
  const { code } = toFailure(error)
  if (code === 'account-wrong' || code === 'account-suspended') throw error
  return null
}

/** The bridge's requests about numbers for sale. Managers only. */
export const searchHandlers = ({ session, accounts, searches, prices, store, clock }: SearchHandlerParts) => ({
  'numbers.listRemote': async () => (await accounts.current()).numbers(),
  'numbers.countries': () => {
    requireManager(session)
    return searches.countries()
  },
  'numbers.search': searches.search,
  'numbers.cancelSearch': ({ searchId }: BridgeArgs<'numbers.cancelSearch'>) => {
    searches.cancel(searchId)
    return {}
  },
  'numbers.savedSearches': async ({ save, remove }: BridgeArgs<'numbers.savedSearches'>): Promise<SavedSearch[]> => {
    requireManager(session)
    if (remove !== undefined) await store.replica.removeSearch(remove)
    if (save) await store.replica.saveSearch({ ...save, savedAt: clock.now().toISOString() })
    return store.reader.savedSearches()
  },
  'numbers.shortlist': async ({ add = [], remove = [] }: BridgeArgs<'numbers.shortlist'>): Promise<NumberOffer[]> => {
    requireManager(session)
    if (add.length > 0 || remove.length > 0) await store.replica.changeShortlist(add, remove)
    return store.reader.shortlist()
  },
  /** Prices as Twilio says them now; without an answer a number is unpriced, and the balance unknown. */
  'numbers.quote': async ({ items }: BridgeArgs<'numbers.quote'>): Promise<Quote> => {
    const twilio = await accounts.current()
    const [balance, ...monthly] = await Promise.all([
      twilio.balance().catch(unlessWrong),
      ...items.map(({ country, type }) => prices.now(country, type).catch(unlessWrong)),
    ])
    return quoteOf(items, monthly, balance)
  },
})
