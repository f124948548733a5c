import { useMemo, useState } from 'react'
import type { NumberOffer, SearchQuery } from '../../contract/number-desktop.ts'
import { Button } from '../ui/button.tsx'
import { useNumberWords } from '../words/index.ts'
import { firstOf, groupByPlace, type PlaceGroup, type Sort } from './model/results.ts'
import { OfferRow } from './offer-row.tsx'
import { useBuying, useBuyingStore, useCountryName, usePurchases } from './use-buying.ts'

/** Rows drawn at first, and added per press: thousands at once would make a slow page. */
const STEP = 200

interface OfferListProps {
  offers: readonly NumberOffer[]
  sort: Sort
  query: Pick<SearchQuery, 'pattern' | 'position'> | null
}

/** Offers by place. */
export function OfferList({ offers, sort, query }: OfferListProps) {
  const t = useNumberWords()
  const [most, setMost] = useState(STEP)
  const groups = useMemo(() => groupByPlace(offers, sort), [offers, sort])
  const left = offers.length - most
  return (
    <div className="flex flex-col gap-4">
      {firstOf(groups, most).map((group) => (
        <Group key={group.key} group={group} query={query} />
      ))}
      {left > 0 && (
        <Button className="self-center" onClick={() => setMost(most + STEP)}>
          {t('buy.results.more', { count: Math.min(left, STEP) })}
        </Button>
      )}
    </div>
  )
}

function Group({ group, query }: { group: PlaceGroup; query: OfferListProps['query'] }) {
  const t = useNumberWords()
  const store = useBuyingStore()
  const chosen = useBuying((state) => state.chosen)
  const purchases = usePurchases((state) => state.purchases)
  const country = useCountryName()(group.country)
  const isOurs = (offer: NumberOffer) => (purchases ?? []).some(({ sid, phoneNumber }) => sid !== null && phoneNumber === offer.phoneNumber)
  const isChosen = (offer: NumberOffer) => chosen.some(({ phoneNumber }) => phoneNumber === offer.phoneNumber)
  const free = group.offers.filter((offer) => !isOurs(offer))
  const isAll = free.length > 0 && free.every(isChosen)
  const name = group.place
    ? t('buy.results.place', { place: group.place, country })
    : t('buy.results.noPlace', { type: group.type ? t(`numbers.types.${group.type}`) : '', country })
  return (
    <section aria-label={name}>
      <h3 className="px-2 text-small font-medium text-ink-2">
        <label className="flex min-h-8 cursor-pointer items-center gap-3">
          <input
            type="checkbox"
            aria-label={group.place ? t('buy.results.all', { place: group.place }) : t('buy.results.these', { count: group.offers.length })}
            checked={isAll}
            disabled={free.length === 0}
            onChange={(event) => store.getState().chooseAll(free, event.target.checked)}
            className="size-4 shrink-0 accent-accent-fill"
          />
          {name}
        </label>
      </h3>
      <ul aria-label={name}>
        {group.offers.map((offer) => (
          <OfferRow
            key={offer.phoneNumber}
            offer={offer}
            isOurs={isOurs(offer)}
            isChosen={isChosen(offer)}
            pattern={query?.pattern ?? null}
            position={query?.position ?? 'anywhere'}
            onChoose={store.getState().choose}
          />
        ))}
      </ul>
    </section>
  )
}
