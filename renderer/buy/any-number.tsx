import { useState, type SubmitEvent } from 'react'
import type { Failure } from '../../contract/failure.ts'
import type { NumberType } from '../../contract/number.ts'
import { FailureNotice } from '../shell/failure-notice.tsx'
import { useSettings } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Select } from '../ui/select.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords } from '../words/index.ts'
import { plainDraft, queryOf } from './model/query.ts'
import { useBuying, useCountryName, usePurchasesStore } from './use-buying.ts'

/** Where Twilio knows area codes (facts: AvailablePhoneNumbers). */
const countries = ['US', 'CA'] as const

/** The number does not matter, its area code does: price and papers come from one for sale, the number is chosen when it is bought. */
export function AnyNumber() {
  const t = useNumberWords()
  const purchases = usePurchasesStore()
  const nameOf = useCountryName()
  const own = useSettings((state) => state.country)
  const sold = useBuying((state) => state.countries)
  const [country, setCountry] = useState<string>(countries.find((one) => one === own) ?? 'US')
  const [areaCode, setAreaCode] = useState('')
  const [state, setState] = useState<'ready' | 'wrong' | 'checking' | 'none' | Failure>('ready')
  const type: NumberType = sold?.find((one) => one.country === country)?.types.find((one) => one === 'local') ?? 'local'
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const code = areaCode.trim()
    const read = queryOf({ ...plainDraft(country), types: [type], areaCodes: code, limit: 1 }, () => undefined)
    if (!/^[2-9]\d\d$/.test(code) || 'errors' in read) return setState('wrong')
    setState('checking')
    const found = await purchases.getState().find(read.query)
    if (!found.ok) return setState(found.failure)
    const offer = found.value[0]
    setState(offer ? 'ready' : 'none')
    if (!offer) return
    const item = { areaCode: code, country, type, place: null, monthly: offer.monthly, name: null }
    void purchases.getState().review([{ item, papers: offer.papers }])
  }
  return (
    <section aria-labelledby="any-number" className="flex flex-col gap-3 pb-4">
      <div>
        <h2 id="any-number" className="font-semibold">
          {t('buy.any.title')}
        </h2>
        <p className="text-ink-2">{t('buy.any.text')}</p>
      </div>
      <form noValidate className="flex flex-col gap-3" onSubmit={(event) => void submit(event)}>
        <div className="grid grid-cols-2 gap-2 [&_select]:h-10">
          <TextField
            label={t('buy.any.areaCode')}
            placeholder={t('buy.any.areaCodeHint')}
            inputMode="numeric"
            autoComplete="off"
            maxLength={3}
            value={areaCode}
            error={state === 'wrong' ? t('buy.any.wrong') : undefined}
            onChange={(event) => {
              setAreaCode(event.target.value)
              setState('ready')
            }}
          />
          <Select label={t('buy.any.country')} value={country} onChange={(event) => setCountry(event.target.value)}>
            {countries.map((code) => (
              <option key={code} value={code}>
                {nameOf(code)}
              </option>
            ))}
          </Select>
        </div>
        {state === 'none' && <Notice isWarning title={t('buy.any.none')} />}
        {typeof state === 'object' && <FailureNotice failure={state} />}
        <Button type="submit" className="self-start" disabled={state === 'checking'} icon={state === 'checking' && <Spinner />}>
          {state === 'checking' ? t('buy.any.checking') : t('buy.any.check')}
        </Button>
      </form>
    </section>
  )
}
