import type { NumberOffer } from '../../../contract/number-desktop.ts'
import type { AvailableNumber, CountryPrices, TwilioAccount } from '../../twilio/port.ts'
import type { Answers } from './answers.ts'
import { createPaperLookup, papersOf, type AccountPapers } from './papers.ts'
import { minutePriceOf, priceOf, type Prices } from './prices.ts'

/** A number for sale with its price and papers. Pure. */
export const offerOf = (number: AvailableNumber, prices: CountryPrices | undefined, papers: AccountPapers): NumberOffer => ({
  phoneNumber: number.phoneNumber,
  country: number.country,
  type: number.type,
  locality: number.locality,
  region: number.region,
  postalCode: number.postalCode,
  capabilities: number.capabilities,
  monthly: prices ? priceOf(prices, number.type) : null,
  perMinute: prices ? minutePriceOf(prices, number.type) : null,
  papers: papersOf(number.addressRequirements, number.country, papers),
  isBeta: number.isBeta,
})

const groupOf = ({ country, type }: AvailableNumber) => `${country} ${type}`

export interface JoinParts {
  twilio: TwilioAccount
  prices: Pick<Prices, 'ofCountry' | 'known'>
  answers: Answers
}

/** Joins found numbers with prices and papers: one look-up per country and type. Where Twilio does not answer, the price is null and the papers unknown. */
export async function joinOffers(found: readonly AvailableNumber[], { twilio, prices, answers }: JoinParts): Promise<NumberOffer[]> {
  const groups = Map.groupBy(found, groupOf)
  const lookUp = createPaperLookup(answers, twilio)
  const joined = new Map<string, { prices: CountryPrices | undefined; papers: AccountPapers }>()
  await Promise.all(
    [...groups].map(async ([group, numbers]) => {
      const [{ country, type }] = numbers as [AvailableNumber]
      const needsAddress = numbers.some(({ addressRequirements }) => addressRequirements !== 'none')
      const [ofCountry, papers] = await Promise.all([
        prices.ofCountry(country).catch(() => prices.known(country)),
        lookUp(country, type, needsAddress),
      ])
      joined.set(group, { prices: ofCountry, papers })
    }),
  )
  return found.map((number) => {
    const of = joined.get(groupOf(number)) as NonNullable<ReturnType<typeof joined.get>>
    return offerOf(number, of.prices, of.papers)
  })
}
