import type { Clock, Log } from '../ports.ts'
import type { CountryPrices } from '../twilio/port.ts'
import type { Prices } from './search/prices.ts'

export interface PriceListParts {
  accounts: { isSet: () => boolean }
  prices: Pick<Prices, 'known' | 'ofCountry'>
  clock: Clock
  log: Log
  /** What is shown of any number may be different now. */
  onNumbers: (phoneNumbers: null) => void
}

/** A country's prices are looked after in the background this often, ms. */
const PRICE_LOOK_MS = 3_600_000
/** Prices as last heard. A list never waits for Twilio: what is not known yet, or may be old, is asked for behind it. */
export function createPriceList({ prices, accounts, clock, log, onNumbers }: PriceListParts) {
  const lookedAt = new Map<string, number>()
  const running = new Set<Promise<unknown>>()
  async function look(country: string, before: CountryPrices | undefined): Promise<void> {
    const now = await prices.ofCountry(country)
    if (JSON.stringify(now) !== JSON.stringify(before)) onNumbers(null)
  }
  return {
    async of(countries: ReadonlySet<string>): Promise<Map<string, CountryPrices>> {
      const list = new Map<string, CountryPrices>()
      for (const country of countries) {
        const known = await prices.known(country)
        if (known) list.set(country, known)
        const now = clock.now().getTime()
        if (!accounts.isSet() || now - (lookedAt.get(country) ?? 0) < PRICE_LOOK_MS) continue
        lookedAt.set(country, now)
        const quiet = look(country, known)
          .catch((error: unknown) => log.info({ country, error: String(error) }, 'prices are not known'))
          .finally(() => running.delete(quiet))
        running.add(quiet)
      }
      return list
    },
    settled: () => Promise.allSettled(running),
  }
}
