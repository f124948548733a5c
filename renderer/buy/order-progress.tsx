import { isPurchaseOver, unpaidOf, type Order } from '../state/purchases.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useNumberWords } from '../words/index.ts'
import { lineName } from './order-lines.tsx'
import { PurchaseGlyph, PurchaseState } from './purchase-row.tsx'
import { numberText } from './purchase-words.ts'
import { useFormat, usePurchases, usePurchasesStore } from './use-buying.ts'
import { WithoutRelay } from './without-relay.tsx'

/** How far each number of the order is. Closing it stops nothing. */
export function OrderProgress({ order }: { order: Order }) {
  const t = useNumberWords()
  const store = usePurchasesStore()
  const format = useFormat()
  const all = usePurchases((state) => state.purchases)
  const close = () => store.getState().close()
  const lines = order.lines.map(({ item }) => ({ item, purchase: all?.find(({ intentId }) => intentId === item.intentId) }))
  const isOver = lines.every(({ purchase }) => purchase && isPurchaseOver(purchase.state))
  const bought = lines.filter(({ purchase }) => purchase?.sid && isPurchaseOver(purchase.state)).length
  const canRetry = isOver && order.stage === 'sent' && unpaidOf(order, all ?? []).length > 0
  const isWithoutRelay = canRetry && unpaidOf(order, all ?? [], 'relay-unreachable').length > 0
  const summary =
    bought === 0
      ? t('buy.progress.none')
      : bought === lines.length
        ? t('buy.progress.bought', { count: bought })
        : t('buy.progress.partly', { done: bought, count: lines.length })
  return (
    <Dialog
      title={t('buy.confirm.title')}
      isWide
      onClose={close}
      footer={
        <>
          {canRetry && (
            <Button isLarge onClick={() => void store.getState().reviewAgain()}>
              {t('buy.progress.again')}
            </Button>
          )}
          {/* The second click of a double click on the button that bought, which stood here, closes nothing. */}
          <Button look={isOver ? 'primary' : 'plain'} isLarge onClick={(event) => event.detail < 2 && close()}>
            {t('buy.progress.close')}
          </Button>
        </>
      }
    >
      <p aria-live="polite" className="flex items-center gap-2 font-medium">
        {!isOver && <Spinner />}
        {isOver ? summary : t('buy.progress.going')}
      </p>
      {isWithoutRelay && <WithoutRelay onAgree={() => void store.getState().buyWithoutRelay()} />}
      <ul aria-label={t('buy.progress.list')}>
        {lines.map(({ item, purchase }) => (
          <li key={item.intentId} className="flex gap-3 border-b border-line py-2.5 last:border-b-0">
            <PurchaseGlyph purchase={purchase ?? { state: 'intended', sid: null }} />
            <div className="flex min-w-0 flex-1 flex-col gap-0.5">
              <span className="font-medium tabular-nums">
                {purchase ? numberText(purchase.phoneNumber, format, t) : lineName(item, format, t)}
              </span>
              {purchase ? <PurchaseState purchase={purchase} /> : <span className="text-ink-2">{t('buy.progress.sending')}</span>}
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
