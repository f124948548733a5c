import { useNumberWords } from '../words/index.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { costText } from './cost-text.ts'
import { itemOf } from './model/order.ts'
import { useBuying, useBuyingStore, usePurchasesStore } from './use-buying.ts'

/** As many as one purchase takes (contract: numbers.purchase). */
const MOST = 50

/** What is ticked and costs, over all searches; from here to the confirmation. */
export function TotalBar() {
  const t = useNumberWords()
  const store = useBuyingStore()
  const purchases = usePurchasesStore()
  const chosen = useBuying((state) => state.chosen)
  const shortlist = useBuying((state) => state.shortlist)
  const listed = new Set(shortlist.map(({ phoneNumber }) => phoneNumber))
  const isAllListed = chosen.length > 0 && chosen.every(({ phoneNumber }) => listed.has(phoneNumber))
  const isTooMany = chosen.length > MOST
  const numbers = () => chosen.map(({ phoneNumber }) => phoneNumber)
  return (
    <section
      aria-label={t('buy.total.label')}
      className={cx(
        'flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-t border-line bg-canvas px-5 py-2.5',
        chosen.length === 0 && 'max-wide:hidden',
      )}
    >
      <p aria-live="polite" className="min-w-0 flex-1 tabular-nums max-wide:basis-full">
        {chosen.length === 0 ? (
          <span className="text-ink-2">{t('buy.total.none')}</span>
        ) : (
          <>
            <span className="font-medium">
              {costText(
                chosen.map(({ monthly }) => monthly),
                t,
              )}
            </span>
            <span className="pl-2 text-ink-2">{t('buy.total.chosen', { count: chosen.length })}</span>
            {isTooMany && <span className="pl-2 text-alarm">{t('buy.total.most')}</span>}
          </>
        )}
      </p>
      {chosen.length > 0 && (
        <Button look="quiet" onClick={() => store.getState().clearChosen()}>
          {t('buy.total.clear')}
        </Button>
      )}
      {isAllListed ? (
        <Button onClick={() => void store.getState().removeFromShortlist(numbers())}>{t('buy.shortlist.remove')}</Button>
      ) : (
        <Button disabled={chosen.length === 0} onClick={() => void store.getState().addToShortlist(chosen)}>
          {t('buy.shortlist.add')}
        </Button>
      )}
      <Button
        look="primary"
        isLarge
        disabled={chosen.length === 0 || isTooMany}
        onClick={() => void purchases.getState().review(chosen.map((offer) => ({ item: itemOf(offer), papers: offer.papers })))}
      >
        {t('buy.total.review')}
      </Button>
    </section>
  )
}
