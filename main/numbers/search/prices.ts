import { FailureError } from '../../../contract/failure.ts'
import type { Money, NumberType } from '../../../contract/number.ts'
import type { CountryPrices, TwilioAccount } from '../../twilio/port.ts'
import type { Answers } from './answers.ts'

export interface PricesOptions {
  answers: Answers
  accounts: { current: () => Promise<Pick<TwilioAccount, 'prices'>> }
}

/** Twilio names no price: null, never 0. Pure. */
const priceIn = ({ currency }: CountryPrices, amount: string | undefined): Money | null =>
  amount === undefined || currency === '' ? null : { amount, currency }

/** What a number of this type costs per month (which is also its first charge), or null when Twilio names no price. Pure. */
export const priceOf = (prices: CountryPrices, type: NumberType): Money | null => priceIn(prices, prices.monthly[type])

/** What a minute of an incoming call to it costs, or null. Pure. */
export const minutePriceOf = (prices: CountryPrices, type: NumberType): Money | null => priceIn(prices, prices.incomingMinute[type])

const questionOf = (country: string) => `prices:${country}`

/**
 * Prices by country, asked at most once a day and kept. `known` and `monthly` serve lists: they never fail, and an old price is better than none;
 * `ofCountry` serves searches; `now` serves the moment of buying, and asks Twilio in any case.
 */
export function createPrices({ answers, accounts }: PricesOptions) {
  const ask = (country: string) => async () => (await accounts.current()).prices(country)
  const ofCountry = (country: string) => answers.get<CountryPrices>(questionOf(country), ask(country))
  const known = async (country: string) => (await answers.known(questionOf(country)))?.answer as CountryPrices | undefined
  return {
    /** Of today. @throws FailureError */
    ofCountry,
    /** What was last heard; undefined when never. Asks nobody. */
    known,
    /** The monthly price as far as it can be known: of today, else an older one, else null. */
    async monthly(country: string, type: NumberType): Promise<Money | null> {
      const prices = await ofCountry(country).catch((error: unknown) => {
        if (error instanceof FailureError) return known(country)
        throw error
      })
      return prices ? priceOf(prices, type) : null
    },
    /** The monthly price as Twilio says it now. @throws FailureError */
    now: async (country: string, type: NumberType): Promise<Money | null> =>
      priceOf(await answers.fresh(questionOf(country), ask(country)), type),
  }
}
export type Prices = ReturnType<typeof createPrices>
