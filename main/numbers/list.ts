import { countryOf } from '../../contract/e164.ts'
import { FailureError } from '../../contract/failure.ts'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import { signedIn } from '../account/manager.ts'
import type { SessionService } from '../link/session.ts'
import type { KeptNumber, NumberState } from '../store/number-rows.ts'
import type { Store } from '../store/store.ts'
import { createPriceList, type PriceListParts } from './price-list.ts'
import { priceOf } from './search/prices.ts'
import { kindOf, ownedNumber, type ViewContext } from './view.ts'

export interface ListParts extends PriceListParts {
  session: Pick<SessionService, 'record'>
  store: Pick<Store, 'reader'>
}

/** Numbers read at once when all are needed. */
const PAGE = 1000

/** Parsing a number takes long for thousands of them, and its country does not change. */
function rememberedCountries(most = 50_000): (phoneNumber: string) => string | null {
  const known = new Map<string, string | null>()
  return (phoneNumber) => {
    const before = known.get(phoneNumber)
    if (before !== undefined) return before
    const parsed = countryOf(phoneNumber) ?? ''
    const country = /^[A-Z]{2}$/.test(parsed) ? parsed : null
    if (known.size >= most) known.clear()
    known.set(phoneNumber, country)
    return country
  }
}

/** A number with what its row is made of, for who needs more than the row. */
export interface Viewed {
  kept: KeptNumber
  owned: OwnedNumber
  context: ViewContext
}

/** What of a number may be shown to staff: their own, as the relay told; nothing of Twilio's. */
function visible(kept: KeptNumber, only: string | null): KeptNumber | undefined {
  if (only === null) return kept
  return kept.relay?.userIds.includes(only) ? { ...kept, remote: null, guard: null } : undefined
}

/** Reads rows, and what they are seen in the light of. `only`: the staff member whose numbers are meant; null for managers. */
function createReading(parts: ListParts) {
  const { store, clock } = parts
  const countryNow = rememberedCountries()
  const priceList = createPriceList(parts)
  async function contextOf(numbers: readonly KeptNumber[], { wiring, usageAt }: NumberState): Promise<ViewContext> {
    const kinds = numbers.map((kept) => kindOf(kept, { countryOf: countryNow }).country)
    const known = await priceList.of(new Set(kinds.filter((country) => country !== null)))
    const monthly: ViewContext['monthly'] = (country, type) => {
      const of = country === null ? undefined : known.get(country)
      return of && type ? priceOf(of, type) : null
    }
    return { now: clock.now(), countryOf: countryNow, wiring, usageAt, monthly }
  }
  return {
    async page(limit: number, after: string | undefined, only: string | null) {
      const { numbers, next, state } = await store.reader.numbers(limit, after)
      const shown = numbers.map((kept) => visible(kept, only)).filter((kept) => kept !== undefined)
      const context = await contextOf(shown, state)
      return { numbers: shown.map((kept) => ownedNumber(kept, context)), next, syncedAt: only === null ? state.syncedAt : null }
    },
    async some(phoneNumbers: readonly string[], only: string | null): Promise<Viewed[]> {
      const found = await store.reader.someNumbers(phoneNumbers)
      const shown = found.map((kept) => visible(kept, only)).filter((kept) => kept !== undefined)
      const context = await contextOf(shown, await store.reader.numberState())
      return shown.map((kept) => ({ kept, owned: ownedNumber(kept, context), context }))
    },
    contextOf,
    settled: priceList.settled,
  }
}

/** The numbers as the page shows them. Staff see those that are assigned to them, as the relay told. Asks nobody but this profile's store. */
export function createNumberViews(parts: ListParts) {
  const { session, store } = parts
  const reading = createReading(parts)
  /** The relay's word of one's role may be newer than the session's. */
  async function onlyOf(): Promise<string | null> {
    const { user } = signedIn(session)
    const isManager = user.role === 'manager' && (await store.reader.roleOf(user.userId)) !== 'staff'
    return isManager ? null : user.userId
  }
  return {
    /** `numbers.list`: ordered by number; `next` is the `after` of the following page. @throws FailureError `not-signed-in` */
    list: async ({ after, limit }: { after?: string; limit: number }) => reading.page(limit, after, await onlyOf()),
    /** Every number the user may see, left ones included. @throws FailureError `not-signed-in` */
    async all(): Promise<OwnedNumber[]> {
      const only = await onlyOf()
      const numbers: OwnedNumber[] = []
      let after: string | undefined
      do {
        const page = await reading.page(PAGE, after, only)
        numbers.push(...page.numbers)
        after = page.next ?? undefined
      } while (after !== undefined)
      return numbers
    },
    /** Those of them that are known and may be seen, in the order asked for. @throws FailureError `not-signed-in` */
    some: async (phoneNumbers: readonly string[]): Promise<Viewed[]> => reading.some(phoneNumbers, await onlyOf()),
    /** One number. @throws FailureError `not-found` for one that is unknown, or not for this user to see */
    async one(phoneNumber: string): Promise<Viewed> {
      const [viewed] = await reading.some([phoneNumber], await onlyOf())
      if (!viewed) throw new FailureError('not-found', 'no such number', { phoneNumber })
      return viewed
    },
    /** What these numbers are seen in the light of. */
    async context(numbers: readonly KeptNumber[]): Promise<ViewContext> {
      return reading.contextOf(numbers, await store.reader.numberState())
    },
    settled: reading.settled,
  }
}
export type NumberViews = ReturnType<typeof createNumberViews>
