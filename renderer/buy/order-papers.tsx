import type { Papers, PurchaseItem } from '../../contract/number-desktop.ts'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords } from '../words/index.ts'
import { isWrongSid, type TypedPapers } from './model/order.ts'
import { PapersDetail } from './papers.tsx'
import { useCountryName } from './use-buying.ts'

interface OrderPapersProps {
  item: Pick<PurchaseItem, 'country' | 'type'>
  /** Null: not known, since the number was not found for sale. */
  papers: Papers | null
  typed: TypedPapers
  onChange: (typed: TypedPapers) => void
}

/** The papers that go with the purchase: what fits of the account stands there already, another can be entered. */
export function OrderPapers({ item, papers, typed, onChange }: OrderPapersProps) {
  const t = useNumberWords()
  const countryName = useCountryName()
  const what = `${countryName(item.country)}, ${t(`numbers.types.${item.type}`)}`
  const plain = { autoComplete: 'off', spellCheck: false } as const
  const wants = { address: !papers || papers.address !== 'none', bundle: !papers || papers.bundle !== 'none' }
  return (
    <fieldset className="flex flex-col gap-2 rounded-panel border border-line p-3">
      <legend className="px-1 text-small font-medium text-ink-2">{t('buy.papers.title', { what })}</legend>
      {papers ? <PapersDetail papers={papers} /> : <p className="text-warn">{t('buy.confirm.notForSale')}</p>}
      {wants.address && (
        <TextField
          {...plain}
          label={t('buy.papers.addressSid')}
          value={typed.addressSid}
          error={isWrongSid('addressSid', typed.addressSid) ? t('buy.papers.wrongAddress') : undefined}
          onChange={(event) => onChange({ ...typed, addressSid: event.target.value })}
        />
      )}
      {wants.bundle && (
        <TextField
          {...plain}
          label={t('buy.papers.bundleSid')}
          value={typed.bundleSid}
          error={isWrongSid('bundleSid', typed.bundleSid) ? t('buy.papers.wrongBundle') : undefined}
          onChange={(event) => onChange({ ...typed, bundleSid: event.target.value })}
        />
      )}
      <TextField
        {...plain}
        label={t('buy.papers.identitySid')}
        placeholder={t('buy.papers.optional')}
        value={typed.identitySid}
        error={isWrongSid('identitySid', typed.identitySid) ? t('buy.papers.wrongIdentity') : undefined}
        onChange={(event) => onChange({ ...typed, identitySid: event.target.value })}
      />
    </fieldset>
  )
}
