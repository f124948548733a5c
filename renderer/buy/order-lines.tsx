import { X } from 'lucide-react'
import { useMemo } from 'react'
import { sumDecimals } from '../../contract/money.ts'
import type { Money } from '../../contract/number.ts'
import type { PurchaseItem } from '../../contract/number-desktop.ts'
import type { Order } from '../state/purchases.ts'
import { useSettings } from '../state/use.ts'
import { IconButton } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { formatMoney } from '../ui/money.ts'
import { useNumberWords, type NumberT } from '../words/index.ts'
import { priceOf } from './model/order.ts'
import { useBuyingStore, useCountryName, useFormat, usePurchasesStore } from './use-buying.ts'

/** The number of a line, or that any of an area code is meant. */
export const lineName = ({ phoneNumber, areaCode }: PurchaseItem, format: (e164: string) => string, t: NumberT): string =>
  phoneNumber ? format(phoneNumber) : t('buy.any.line', { areaCode: areaCode ?? '' })

const isSame = (a: Money | null, b: Money | null) =>
  a?.currency === b?.currency && sumDecimals([a?.amount ?? '0']) === sumDecimals([b?.amount ?? '0'])

interface LinesProps {
  order: Order
  names: Readonly<Record<string, string>>
  onName: (intentId: string, name: string) => void
}

/** Which numbers, at what price each, under which name. */
export function Lines({ order: { lines, quote }, names, onName }: LinesProps) {
  const t = useNumberWords()
  const format = useFormat()
  const countryName = useCountryName()
  const store = usePurchasesStore()
  const buying = useBuyingStore()
  const drop = ({ intentId, phoneNumber }: PurchaseItem) => {
    // Left ticked, it would be back with the next review.
    if (phoneNumber) buying.getState().clearChosen([phoneNumber])
    void store.getState().drop(intentId)
  }
  return (
    <section aria-labelledby="order-numbers">
      <h3 id="order-numbers" className="text-small font-medium text-ink-2">
        {t('buy.confirm.numbers')}
      </h3>
      <ul aria-labelledby="order-numbers">
        {lines.map((line) => {
          const { item } = line
          const price = priceOf(line, quote)
          const name = lineName(item, format, t)
          const facts = [
            item.phoneNumber ? null : t('buy.any.chosenLater'),
            item.place,
            countryName(item.country),
            t(`numbers.types.${item.type}`),
          ]
          return (
            <li key={item.intentId} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2 last:border-b-0">
              <span className="min-w-0 flex-1">
                <span className="block font-medium tabular-nums">{name}</span>
                <span className="block text-small text-ink-2">{facts.filter(Boolean).join(' · ')}</span>
                {!isSame(price, item.monthly) && item.monthly && (
                  <span className="block text-small text-warn">{t('buy.confirm.changed', { was: formatMoney(item.monthly) })}</span>
                )}
              </span>
              <input
                aria-label={t('buy.confirm.name', { number: name })}
                placeholder={t('buy.confirm.nameHint')}
                maxLength={64}
                autoComplete="off"
                value={names[item.intentId] ?? ''}
                onChange={(event) => onName(item.intentId, event.target.value)}
                className="h-8 w-44 rounded-control max-wide:order-last max-wide:w-full border border-line-strong bg-surface px-2.5 hover:border-ink-3"
              />
              <span className="w-28 text-right tabular-nums">
                {price ? t('buy.results.month', { price: formatMoney(price) }) : t('buy.results.priceUnknown')}
              </span>
              {lines.length > 1 && (
                <IconButton label={t('buy.confirm.drop', { number: name })} onClick={() => drop(item)}>
                  <X className="size-4" strokeWidth={1.75} />
                </IconButton>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

interface AssignToProps {
  chosen: readonly string[]
  onChange: (chosen: readonly string[]) => void
}

/** Who gets the numbers, in the order of the ticks. */
export function AssignTo({ chosen, onChange }: AssignToProps) {
  const t = useNumberWords()
  const names = useSettings((state) => state.names)
  const users = useMemo(() => Object.entries(names).toSorted(([, a], [, b]) => a.localeCompare(b)), [names])
  return (
    <fieldset>
      <legend className="text-small font-medium text-ink-2">{t('buy.confirm.assign')}</legend>
      {users.length === 0 && <p className="text-ink-2">{t('buy.confirm.noUsers')}</p>}
      <div className="flex max-h-36 flex-wrap gap-x-5 overflow-y-auto">
        {users.map(([userId, name]) => (
          <Check
            key={userId}
            label={name}
            checked={chosen.includes(userId)}
            onChange={(event) => onChange(event.target.checked ? [...chosen, userId] : chosen.filter((one) => one !== userId))}
          />
        ))}
      </div>
      <p className="text-small text-ink-2">{t('buy.confirm.assignText')}</p>
    </fieldset>
  )
}
