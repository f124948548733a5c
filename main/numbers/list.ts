import { countryOf } from '../../contract/e164.ts'
import { FailureError } from '../../contract/failure.ts'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import type { NumberType } from '../../contract/number.ts'
import { signedIn } from '../account/manager.ts'
import type { KeptNumber, NumberState } from '../store/number-rows.ts'
import type { Store } from '../store/store.ts'
import { createHeard, type HeardParts } from './heard.ts'
import { priceOf, type Prices } from './search/prices.ts'
import type { Rules } from './search/rules.ts'
import { bundleSidOf, kindOf, ownedNumber, type ViewContext } from './view.ts'

export interface ListParts extends HeardParts {
  prices: Pick<Prices, 'known' | 'ofCountry'>
  rules: Pick<Rules, 'known' | 'ofKind' | 'ofBundle' | 'knownBundle'>
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

interface Kind {
  country: string
  type: NumberType
}
const keyOf = (country: string, type: NumberType) => `${country} ${type}`

/** What Twilio says of the countries and kinds of numbers, as last heard. */
function createSayings(parts: ListParts) {
  const { prices, rules } = parts
  const rents = createHeard({ what: 'prices', known: prices.known, ask: prices.ofCountry }, parts)
  const papers = createHeard(
    {
      what: 'rules',
      known: ({ country, type }: Kind) => rules.known(country, type),
      ask: ({ country, type }: Kind) => rules.ofKind(country, type),
    },
    parts,
  )
  const bundles = createHeard({ what: 'bundles', known: rules.knownBundle, ask: rules.ofBundle }, parts)
  return {
    async of(
      numbers: readonly KeptNumber[],
      countryNow: ViewContext['countryOf'],
    ): Promise<Pick<ViewContext, 'monthly' | 'needsBundle' | 'bundle'>> {
      const countries = new Map<string, string>()
      const both = new Map<string, Kind>()
      const sids = new Map<string, string>()
      for (const kept of numbers) {
        const { country, type } = kindOf(kept, { countryOf: countryNow })
        const bundleSid = bundleSidOf(kept)
        if (bundleSid) sids.set(bundleSid, bundleSid)
        if (country !== null) countries.set(country, country)
        if (country !== null && type !== null) both.set(keyOf(country, type), { country, type })
      }
      const [priced, ruled, judged] = [await rents.of(countries), await papers.of(both), await bundles.of(sids)]
      return {
        monthly(country, type) {
          const of = country === null ? undefined : priced.get(country)
          return of && type ? priceOf(of, type) : null
        },
        needsBundle: (country, type) => (country && type ? (ruled.get(keyOf(country, type))?.needsBundle ?? null) : null),
        bundle: (sid) => judged.get(sid) ?? null,
      }
    },
    close: () => Promise.all([rents.close(), papers.close(), bundles.close()]),
  }
}

/** Reads rows, and what they are seen in the light of. `only`: the staff member whose numbers are meant; null for managers. */
function createReading(parts: ListParts) {
  const { store, clock } = parts
  const countryNow = rememberedCountries()
  const sayings = createSayings(parts)
  async function contextOf(numbers: readonly KeptNumber[], { wiring, usageAt }: NumberState): Promise<ViewContext> {
    const said = await sayings.of(numbers, countryNow)
    return { now: clock.now(), countryOf: countryNow, wiring, usageAt, ...said }
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
    /** Asks Twilio, behind, for what is not known of the numbers' countries and kinds. */
    lookAfter: async (): Promise<void> => {
      for (let after: string | undefined, isMore = true; isMore;) {
        const { numbers, next, state } = await store.reader.numbers(PAGE, after)
        await contextOf(numbers, state)
        after = next ?? undefined
        isMore = next !== null
      }
    },
    close: sayings.close,
  }
}

/** The numbers as the page shows them. Staff see those that are assigned to them, as the relay told. Asks nobody but this profile's store. */
export function createNumberViews(parts: ListParts) {
  const { session, store } = parts
  const reading = createReading(parts)
  let looking = Promise.resolve()
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
    /** The numbers may be others now: of new countries and kinds Twilio is asked for prices and rules, behind. Never throws. */
    lookAfter(): void {
      if (parts.accounts.isSet()) looking = looking.then(reading.lookAfter).catch(() => undefined)
    },
    async close(): Promise<void> {
      await Promise.all([looking, reading.close()])
    },
  }
}
export type NumberViews = ReturnType<typeof createNumberViews>
