import { memo } from 'react'
import type { NumberOffer, SearchQuery } from '../../contract/number-desktop.ts'
import { formatMoney } from '../ui/money.ts'
import { useNumberWords } from '../words/index.ts'
import { markPattern } from './model/vanity.ts'
import { PapersBadge } from './papers.tsx'
import { useFormat } from './use-buying.ts'

const capabilities = ['voice', 'sms', 'mms', 'fax'] as const

interface OfferRowProps {
  offer: NumberOffer
  isChosen: boolean
  /** Bought meanwhile: it is not for sale any more. */
  isOurs: boolean
  /** What was searched for, to mark it in the number. */
  pattern: SearchQuery['pattern']
  position: SearchQuery['position']
  onChoose: (offer: NumberOffer, isChosen: boolean) => void
}

/** A number for sale: what it reads, can do, costs and needs. The tick only chooses it. */
export const OfferRow = memo(function OfferRow({ offer, isChosen, isOurs, pattern, position, onChoose }: OfferRowProps) {
  const t = useNumberWords()
  const format = useFormat()
  const formatted = format(offer.phoneNumber)
  const { pieces, spelled } = markPattern(formatted, offer.phoneNumber, pattern, position)
  const can = capabilities.filter((one) => offer.capabilities[one]).map((one) => t(`numbers.capabilities.${one}`))
  const { monthly, perMinute } = offer
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-3 rounded-control px-2 transition-colors duration-150 hover:bg-hover">
      <label className="flex min-h-8 min-w-0 flex-1 cursor-pointer items-center gap-3">
        <input
          type="checkbox"
          aria-label={formatted}
          checked={isChosen}
          disabled={isOurs}
          onChange={(event) => onChoose(offer, event.target.checked)}
          className="size-4 shrink-0 accent-accent-fill"
        />
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-3">
          <span className="font-medium whitespace-nowrap tabular-nums">
            {pieces.map(({ text, isMatch }) =>
              isMatch ? (
                <mark key={text} className="rounded-[3px] bg-accent-wash text-accent">
                  {text}
                </mark>
              ) : (
                text
              ),
            )}
          </span>
          {spelled && <span className="text-small font-medium text-accent">{t('buy.results.spelled', { text: spelled })}</span>}
          <span className="text-small text-ink-2" title={t('buy.results.can', { what: can.join(', ') })}>
            {can.join(' · ')}
          </span>
          {isOurs && <span className="text-small font-medium text-call">{t('buy.results.ours')}</span>}
          {offer.isBeta && <span className="text-small text-ink-2">{t('buy.results.beta')}</span>}
        </span>
      </label>
      <PapersBadge offer={offer} />
      <span className="flex shrink-0 flex-col items-end text-right tabular-nums max-wide:w-full max-wide:flex-row max-wide:justify-end max-wide:gap-3 max-wide:pb-1.5">
        <span>{monthly ? t('buy.results.month', { price: formatMoney(monthly) }) : t('buy.results.priceUnknown')}</span>
        {perMinute && <span className="text-small text-ink-2">{t('buy.results.minute', { price: formatMoney(perMinute) })}</span>}
      </span>
    </li>
  )
})
