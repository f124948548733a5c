import { Receipt } from 'lucide-react'
import { useState } from 'react'
import type { Purchase } from '../../contract/number.ts'
import { Pane } from '../phone/turn-on.tsx'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { Button } from '../ui/button.tsx'
import { useNumberWords } from '../words/index.ts'
import { PurchaseRow } from './purchase-row.tsx'
import { numberText } from './purchase-words.ts'
import { reviewRequest } from './review-request.ts'
import { useFormat, useIsManager, usePurchases, usePurchasesStore } from './use-buying.ts'

const STEP = 50

/** Everything bought or asked for, newest first; requests wait here for a manager. */
export function PurchasesList() {
  const t = useNumberWords()
  const store = usePurchasesStore()
  const purchases = usePurchases((state) => state.purchases)
  const isManager = useIsManager()
  const failure = usePurchases((state) => state.failure ?? (isManager ? state.askFailure : null)) // staff asked in the form
  const [most, setMost] = useState(STEP)
  return (
    <>
      {failure && (
        <FailureNotice failure={failure}>
          <Button onClick={() => void store.getState().load()}>{t('buy.purchases.retry')}</Button>
        </FailureNotice>
      )}
      {!purchases && !failure && <p className="animate-late px-2 text-ink-2">{t('buy.purchases.loading')}</p>}
      {purchases?.length === 0 && (
        <div className="flex justify-center py-10">
          <Pane
            icon={<Receipt className="size-6" strokeWidth={1.5} aria-hidden="true" />}
            title={t('buy.purchases.empty')}
            text={isManager ? t('buy.purchases.emptyText') : t('buy.purchases.emptyStaff')}
          />
        </div>
      )}
      {purchases && purchases.length > 0 && (
        <ul aria-label={t('buy.purchases.label')}>
          {purchases.slice(0, most).map((purchase) => (
            <PurchaseRow key={purchase.intentId} purchase={purchase}>
              {isManager && purchase.state === 'requested' && <Decide purchase={purchase} />}
            </PurchaseRow>
          ))}
        </ul>
      )}
      {purchases && purchases.length > most && (
        <Button className="self-center" onClick={() => setMost(most + STEP)}>
          {t('buy.purchases.more')}
        </Button>
      )}
    </>
  )
}

/** A manager's answer to a request: the confirmation, with the same intent, or no. */
function Decide({ purchase }: { purchase: Purchase }) {
  const t = useNumberWords()
  const store = usePurchasesStore()
  const asking = usePurchases((state) => state.asking)
  const [isLooking, setLooking] = useState(false)
  const number = numberText(purchase.phoneNumber, useFormat(), t)
  const approve = async () => {
    setLooking(true)
    await reviewRequest(store.getState(), purchase)
    setLooking(false)
  }
  return (
    <span className="flex flex-wrap gap-2 pt-1.5">
      <Button
        look="primary"
        disabled={isLooking || asking !== null}
        title={t('buy.purchases.approveNamed', { number })}
        onClick={() => void approve()}
      >
        {isLooking ? t('buy.confirm.lookingUp') : t('buy.purchases.approve')}
      </Button>
      <Button
        disabled={isLooking || asking !== null}
        title={t('buy.purchases.refuseNamed', { number })}
        onClick={() => void store.getState().refuse(purchase.intentId)}
      >
        {t('buy.purchases.refuse')}
      </Button>
    </span>
  )
}
