import { FailureNotice } from '../shell/failure-notice.tsx'
import type { Order } from '../state/purchases.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { formatBalance, formatMonies } from '../ui/money.ts'
import { Spinner } from '../ui/spinner.tsx'
import { useNumberWords } from '../words/index.ts'
import { costText } from './cost-text.ts'
import { firstOf, priceOf } from './model/order.ts'
import { totalsOf } from './model/results.ts'
import { usePurchasesStore } from './use-buying.ts'

/** What it costs a month and at once, and whether the balance covers it. Stands first. */
export function OrderMoney({ order }: { order: Order }) {
  const t = useNumberWords()
  const store = usePurchasesStore()
  const { lines, quote, quoteFailure } = order
  const monthly = lines.map((line) => priceOf(line, quote))
  const first = totalsOf(lines.map((line) => firstOf(line, quote)))
  return (
    <div className="flex flex-col gap-2">
      <div>
        <p className="text-title font-semibold tabular-nums">{costText(monthly, t)}</p>
        <p className="text-ink-2 tabular-nums">
          {first.unpriced > 0 ? t('buy.confirm.firstUnknown') : t('buy.confirm.first', { money: formatMonies(first.sums) })}
        </p>
      </div>
      {quote ? (
        <Balance quote={quote} />
      ) : quoteFailure ? (
        <FailureNotice failure={quoteFailure}>
          <Button onClick={() => void store.getState().quote()}>{t('buy.confirm.again')}</Button>
        </FailureNotice>
      ) : (
        <p className="flex items-center gap-2 text-ink-2">
          <Spinner />
          {t('buy.confirm.asking')}
        </p>
      )}
    </div>
  )
}

function Balance({ quote: { balance, isEnough } }: { quote: NonNullable<Order['quote']> }) {
  const t = useNumberWords()
  if (!balance) return <p className="text-ink-2">{t('buy.confirm.balanceUnknown')}</p>
  const word = isEnough === null ? t('buy.confirm.notKnown') : isEnough ? t('buy.confirm.enough') : t('buy.confirm.notEnough')
  return (
    <p className="tabular-nums">
      {t('buy.confirm.balance', { money: formatBalance(balance) })}
      <span className={cx('pl-1.5', isEnough === null ? 'text-ink-2' : isEnough ? 'text-call' : 'font-medium text-warn')}>{word}</span>
    </p>
  )
}
