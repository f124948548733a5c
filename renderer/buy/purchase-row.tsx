import { Check, CircleDashed, Clock3, LoaderCircle, X, TriangleAlert, type LucideIcon } from 'lucide-react'
import { createElement, type ReactNode } from 'react'
import type { Purchase } from '../../contract/number.ts'
import { createNumbersStore } from '../state/numbers.ts'
import { isPurchaseOver } from '../state/purchases.ts'
import { useLater, useSession, useSettings } from '../state/use.ts'
import { cx } from '../ui/class-names.ts'
import { formatMoney } from '../ui/money.ts'
import { formatMoment } from '../ui/time.ts'
import { useNumberWords, useWords } from '../words/index.ts'
import { chargeText, numberText, otherBuyer, remedyOf, sentenceOf, stateText } from './purchase-words.ts'
import { useFormat, usePurchases } from './use-buying.ts'

function glyphOf({ state, sid }: Pick<Purchase, 'state' | 'sid'>): [LucideIcon, string] {
  if (state === 'done') return [Check, 'text-call']
  if (state === 'requested') return [Clock3, 'text-ink-2']
  if (state === 'failed') return sid ? [TriangleAlert, 'text-warn'] : [X, 'text-alarm']
  if (state === 'cancelled' || state === 'refused') return [X, 'text-ink-3']
  return state === 'looking' ? [CircleDashed, 'text-warn'] : [LoaderCircle, 'animate-spin text-accent']
}

/** The state of a purchase at a glance; its words stand beside it. */
export function PurchaseGlyph({ purchase }: { purchase: Pick<Purchase, 'state' | 'sid'> }) {
  const [glyph, tone] = glyphOf(purchase)
  return createElement(glyph, { className: cx('mt-0.5 size-4 shrink-0', tone), strokeWidth: 1.75, 'aria-hidden': true })
}

const isOf =
  ({ phoneNumber }: Purchase) =>
  (one: { phoneNumber: string }) =>
    one.phoneNumber === phoneNumber

/** How far one purchase is, and where it failed: why, whether it cost anything, what to do. */
export function PurchaseState({ purchase }: { purchase: Purchase }) {
  const t = useNumberWords()
  const common = useWords()
  const names = useSettings((state) => state.names)
  const all = usePurchases((state) => state.purchases)
  const isManager = useSession((state) => state.session?.user?.role === 'manager')
  const owners = useLater(createNumbersStore, (state) => state.numbers?.find(isOf(purchase))?.userIds)
  const isUnanswered = purchase.state === 'done' && (owners ?? purchase.assignTo).length === 0
  const { failureCode, twilioCode } = purchase
  const isTold = failureCode !== null && isPurchaseOver(purchase.state)
  const byName = otherBuyer(purchase, all ?? [], (userId) => names[userId])
  const remedy = failureCode ? remedyOf(failureCode, common) : ''
  const charge = chargeText(purchase, t)
  const told = [
    byName && t(failureCode === 'number-already-ours' ? 'buy.purchases.boughtBy' : 'buy.purchases.leasedBy', { name: byName }),
    remedy,
    remedy.includes(charge) ? '' : charge,
    twilioCode !== null && t('buy.purchases.twilio', { code: twilioCode }),
  ]
  return (
    <>
      <span className={cx(isTold && 'font-medium')}>
        {isUnanswered ? t('buy.purchases.unanswered') : stateText(purchase, t)}
        {isUnanswered && isManager && (
          <>
            {' '}
            <a href={`#/numbers/${purchase.phoneNumber}`} className="font-medium text-accent underline underline-offset-2">
              {t('buy.purchases.assign')}
            </a>
          </>
        )}
      </span>
      {isTold && (
        <span className="text-ink-2">
          <span className="text-ink">{sentenceOf(failureCode, common)}</span> {told.filter(Boolean).join(' ')}
        </span>
      )}
    </>
  )
}

/** A purchase as a line of the list. */
export function PurchaseRow({ purchase, children }: { purchase: Purchase; children?: ReactNode }) {
  const t = useNumberWords()
  const format = useFormat()
  const names = useSettings((state) => state.names)
  const { phoneNumber, place, monthly, assignTo, note, state, byUserId, buyerUserId, name, at } = purchase
  const who = names[(state === 'requested' ? byUserId : (buyerUserId ?? byUserId)) ?? '']
  const facts = [
    name,
    place,
    monthly ? t('buy.results.month', { price: formatMoney(monthly) }) : t('buy.results.priceUnknown'),
    who && t(state === 'requested' ? 'buy.purchases.requestedBy' : 'buy.purchases.by', { name: who }),
    assignTo.length > 0 && t('buy.purchases.for', { names: assignTo.map((userId) => names[userId] ?? userId).join(', ') }),
    formatMoment(Date.parse(at)),
  ]
  return (
    <li className="flex gap-3 border-b border-line px-2 py-3 last:border-b-0">
      <PurchaseGlyph purchase={purchase} />
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-medium tabular-nums">{numberText(phoneNumber, format, t)}</span>
          <span className="text-small text-ink-2 tabular-nums">{facts.filter(Boolean).join(' · ')}</span>
        </span>
        <PurchaseState purchase={purchase} />
        {note && <span className="break-words text-ink-2">{t('buy.purchases.note', { text: note })}</span>}
        {children}
      </div>
    </li>
  )
}
