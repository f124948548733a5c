import type { Purchase } from '../../contract/number.ts'
import type { SearchQuery } from '../../contract/number-desktop.ts'
import type { PurchasesState } from '../state/purchases.ts'
import { placeOf } from './model/results.ts'

/** A search for exactly this number. */
const exactly = ({ country, type, phoneNumber }: Pick<Purchase, 'country' | 'type' | 'phoneNumber'>): SearchQuery => ({
  countries: [country],
  types: [type],
  areaCodes: [],
  pattern: phoneNumber.slice(1),
  position: 'anywhere',
  locality: null,
  region: null,
  postalCode: null,
  nearNumber: null,
  capabilities: [],
  address: 'any',
  limit: 1,
})

/**
 * Opens the confirmation of what staff asked for, under the same intent, with today's price and papers where Twilio still sells it. What is
 * not found for sale can be tried all the same: the confirmation says so.
 */
export async function reviewRequest(store: Pick<PurchasesState, 'find' | 'review'>, purchase: Purchase): Promise<void> {
  const { intentId, phoneNumber, country, type, place, monthly, name, assignTo, byUserId } = purchase
  const found = await store.find(exactly(purchase))
  const offer = found.ok ? found.value.find((one) => one.phoneNumber === phoneNumber) : undefined
  const item = {
    intentId,
    phoneNumber,
    country,
    type,
    place: (offer && placeOf(offer)) ?? place,
    monthly: offer ? offer.monthly : monthly,
    name,
  }
  await store.review([{ item, papers: offer?.papers ?? null }], assignTo.length > 0 ? assignTo : [byUserId])
}
