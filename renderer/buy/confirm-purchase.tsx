import { useState } from 'react'
import type { Order } from '../state/purchases.ts'
import { Button } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useNumberWords } from '../words/index.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { buyText } from './cost-text.ts'
import { lacks, papersKey, papersNeeded, priceOf, sendable, type TypedPapers } from './model/order.ts'
import { AssignTo, Lines } from './order-lines.tsx'
import { OrderMoney } from './order-money.tsx'
import { OrderPapers } from './order-papers.tsx'
import { OrderProgress } from './order-progress.tsx'
import { WithoutRelay } from './without-relay.tsx'
import { useBuyingStore, usePurchases, usePurchasesStore } from './use-buying.ts'

/** The confirmation, and how far it is once it is given; nothing is bought before its button. */
export function ConfirmPurchase() {
  const order = usePurchases((state) => state.order)
  if (!order) return null
  return order.stage === 'review' ? <Review key={order.orderId} order={order} /> : <OrderProgress order={order} />
}

function Review({ order }: { order: Order }) {
  const t = useNumberWords()
  const store = usePurchasesStore()
  const buying = useBuyingStore()
  const { lines, quote, quoteFailure, failure } = order
  const needed = papersNeeded(lines)
  const [names, setNames] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(lines.map(({ item }) => [item.intentId, item.name ?? ''])),
  )
  const [assignTo, setAssignTo] = useState<readonly string[]>(order.sent?.assignTo ?? order.assignTo)
  const [typed, setTyped] = useState<Readonly<Record<string, TypedPapers>>>({})
  const [acceptsUnknown, setAcceptsUnknown] = useState(false)
  const papersOf = (key: string) => typed[key] ?? needed.find((one) => one.key === key)?.typed
  const prices = lines.map((line) => priceOf(line, quote))
  const isPriced = !prices.includes(null)
  const isQuoted = quote !== null || quoteFailure !== null
  const areaPapers = lines.map((line) => ({ line, mine: papersOf(papersKey(line.item)) }))
  const isLacking = areaPapers.some(({ line, mine }) => mine && lacks(line.papers, mine) !== null)
  const blocked = isLacking ? t('buy.confirm.blockedPapers') : isPriced || acceptsUnknown ? '' : t('buy.confirm.blockedPrice')
  const buy = (withoutRelay: boolean) => {
    const items = areaPapers.map(({ line, mine }) => sendable(line, quote, names[line.item.intentId] ?? '', mine))
    void store.getState().buy({ items, assignTo: [...assignTo] }, withoutRelay)
    buying.getState().clearChosen(items.map(({ phoneNumber }) => phoneNumber ?? ''))
  }
  return (
    <Dialog
      title={t('buy.confirm.title')}
      isWide
      onClose={() => store.getState().close()}
      footer={
        <>
          {blocked && (
            <p id="buy-blocked" className="min-w-0 flex-1 self-center text-warn">
              {blocked}
            </p>
          )}
          <Button isLarge onClick={() => store.getState().close()}>
            {t('buy.confirm.cancel')}
          </Button>
          <Button
            look="primary"
            isLarge
            className="h-auto! min-h-10 shrink! py-1 tabular-nums"
            disabled={!isQuoted || blocked !== ''}
            aria-describedby={blocked ? 'buy-blocked' : undefined}
            onClick={() => buy(false)}
          >
            {buyText(prices, t)}
          </Button>
        </>
      }
    >
      <OrderMoney order={order} />
      {!isPriced && isQuoted && (
        <Check
          label={t('buy.confirm.acceptUnknown')}
          checked={acceptsUnknown}
          onChange={(event) => setAcceptsUnknown(event.target.checked)}
        />
      )}
      {failure?.code === 'relay-unreachable' && <WithoutRelay isBlocked={blocked !== ''} onAgree={() => buy(true)} />}
      {failure && failure.code !== 'relay-unreachable' && <FailureNotice failure={failure} />}
      <Lines order={order} names={names} onName={(intentId, name) => setNames({ ...names, [intentId]: name })} />
      {needed.map(({ key, item, papers }) => (
        <OrderPapers
          key={key}
          item={item}
          papers={papers}
          typed={papersOf(key) ?? { addressSid: '', bundleSid: '', identitySid: '' }}
          onChange={(mine) => setTyped({ ...typed, [key]: mine })}
        />
      ))}
      <AssignTo chosen={assignTo} onChange={setAssignTo} />
    </Dialog>
  )
}
