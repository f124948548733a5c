import { negateDecimal, sumDecimals } from '../../../contract/money.ts'
import type { Money, NumberType } from '../../../contract/number.ts'
import type { NumberOffer } from '../../../contract/number-desktop.ts'
import { sumMonies } from '../../ui/money.ts'

export type Sort = 'number' | 'price'

/** Offers of one place. Without a place the type says what they have in common. */
export interface PlaceGroup {
  key: string
  country: string
  /** "San Francisco, CA", or null. */
  place: string | null
  type: NumberType | null
  offers: NumberOffer[]
}

type Placed = Pick<NumberOffer, 'locality' | 'region'>
/** City and region as one, as purchases keep it; null when neither is known. */
export const placeOf = ({ locality, region }: Placed): string | null => [locality, region].filter(Boolean).join(', ') || null

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Cheapest first, currencies apart, unknown prices last. */
function byPrice(a: Money | null, b: Money | null): number {
  if (!a || !b) return Number(!a) - Number(!b)
  if (a.currency !== b.currency) return byText(a.currency, b.currency)
  const difference = sumDecimals([a.amount, negateDecimal(b.amount)])
  return difference === '0' ? 0 : difference.startsWith('-') ? -1 : 1
}

const orders: Record<Sort, (a: NumberOffer, b: NumberOffer) => number> = {
  number: (a, b) => byText(a.phoneNumber, b.phoneNumber),
  price: (a, b) => byPrice(a.monthly, b.monthly) || byText(a.phoneNumber, b.phoneNumber),
}

/** Offers by place. Sorted by price, the place with the cheapest number comes first. */
export function groupByPlace(offers: readonly NumberOffer[], sort: Sort): PlaceGroup[] {
  const groups = new Map<string, PlaceGroup>()
  for (const offer of offers.toSorted(orders[sort])) {
    const place = placeOf(offer)
    const type = place ? null : offer.type
    const key = `${offer.country} ${place ?? `~${offer.type}`}`
    const group = groups.get(key) ?? { key, country: offer.country, place, type, offers: [] }
    group.offers.push(offer)
    groups.set(key, group)
  }
  const all = [...groups.values()] // by price: in the order of their first, hence cheapest
  return sort === 'price' ? all : all.toSorted((a, b) => byText(a.key, b.key))
}

/** The first `most` offers, in the order in which they are shown. */
export function firstOf(groups: readonly PlaceGroup[], most: number): PlaceGroup[] {
  let left = most
  const shown: PlaceGroup[] = []
  for (const group of groups) {
    if (left <= 0) break
    shown.push({ ...group, offers: group.offers.slice(0, left) })
    left -= group.offers.length
  }
  return shown
}

/** Sums per currency, and how many have no known price: unknown is never 0. */
export const totalsOf = (prices: readonly (Money | null)[]): { sums: Money[]; unpriced: number } => ({
  sums: sumMonies(prices).toSorted((a, b) => byText(a.currency, b.currency)),
  unpriced: prices.filter((price) => price === null).length,
})

/** What buying it takes, and whether the account has it: `missing` blocks buying, `ready` will be sent along. */
export function papersState({ papers }: Pick<NumberOffer, 'papers'>): 'none' | 'ready' | 'missing' | 'unknown' {
  const isAddressMissing = papers.address !== 'none' && !papers.addressSid
  const isBundleMissing = papers.bundle === 'required' && !papers.bundleSid
  if (isAddressMissing || isBundleMissing) return 'missing'
  if (papers.bundle === 'unknown') return 'unknown'
  return papers.address === 'none' && papers.bundle === 'none' ? 'none' : 'ready'
}
