import { Search, X } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import type { SearchQuery } from '../../contract/number-desktop.ts'
import { useNumbering, useSettings } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Check } from '../ui/check.tsx'
import { Select } from '../ui/select.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useNumberWords } from '../words/index.ts'
import { CountryChoice, Choice } from './country-choice.tsx'
import { limits, plainDraft, queryOf, type Draft, type DraftErrors } from './model/query.ts'
import { searchCount, typesOf } from './model/relax.ts'
import { useBuying, useBuyingStore } from './use-buying.ts'

const positions = ['anywhere', 'start', 'end'] as const
const capabilities = ['voice', 'sms', 'mms', 'fax'] as const
const addresses = ['any', 'none', 'no-local', 'no-foreign'] as const
const sizes = [10, 20, 30, limits.perSearch] as const
const usualTypes = ['local', 'toll-free', 'mobile'] as const

/** What was typed last, or the usual for this country; without the types that none of its countries has. And the types they have. */
export function useDraft(): { draft: Draft; types: readonly Draft['types'][number][] } {
  const country = useSettings((state) => state.country)
  const countries = useBuying((state) => state.countries)
  const typed = useBuying((state) => state.draft)
  const isSold = !countries || countries.some((one) => one.country === country)
  const draft = typed ?? plainDraft(isSold ? country : (countries[0]?.country ?? country))
  if (!countries) return { draft, types: [...new Set([...usualTypes, ...draft.types])] }
  const types = typesOf(countries, draft.countries)
  return { draft: { ...draft, types: draft.types.filter((type) => types.includes(type)) }, types }
}

/** What to search for. Enter searches. */
export function QueryForm({ onSearch }: { onSearch: (query: SearchQuery) => void }) {
  const t = useNumberWords()
  const store = useBuyingStore()
  const countries = useBuying((state) => state.countries)
  const toE164 = useNumbering((state) => state.toE164)
  const { draft, types } = useDraft()
  const [isAsked, setAsked] = useState(false)
  const read = queryOf(draft, toE164)
  const errors = isAsked && 'errors' in read ? read.errors : {}
  const count = 'query' in read ? searchCount(read.query, countries ?? []) : 0
  const change = (part: Partial<Draft>) => store.getState().edit({ ...draft, ...part })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setAsked(true)
    if ('query' in read) onSearch(read.query)
  }
  return (
    <form noValidate aria-label={t('buy.query.label')} className="flex flex-col" onSubmit={submit}>
      <div className="flex flex-col gap-4">
        <CountryChoice chosen={draft.countries} error={errors.countries} onChange={(chosen) => change({ countries: chosen })} />
        <Choice legend={t('buy.query.types')} error={errors.types === 'none' ? t('buy.wrong.types.none') : undefined}>
          {types.map((type) => (
            <Check
              key={type}
              label={t(`numbers.types.${type}`)}
              checked={draft.types.includes(type)}
              onChange={(event) => change({ types: toggled(draft.types, type, event.target.checked) })}
            />
          ))}
        </Choice>
        <NumberFields draft={draft} errors={errors} onChange={change} />
        <PlaceFields draft={draft} errors={errors} onChange={change} />
        <Choice legend={t('buy.query.capabilities')}>
          {capabilities.map((one) => (
            <Check
              key={one}
              label={t(`numbers.capabilities.${one}`)}
              checked={draft.capabilities.includes(one)}
              onChange={(event) => change({ capabilities: toggled(draft.capabilities, one, event.target.checked) })}
            />
          ))}
        </Choice>
        <LastFields draft={draft} onChange={change} />
      </div>
      <div className="sticky bottom-0 -mx-5 mt-4 flex items-center gap-3 border-t border-line bg-surface px-5 py-3">
        <Button type="submit" look="primary" isLarge icon={<Search className="size-4" strokeWidth={1.75} aria-hidden="true" />}>
          {t('buy.query.search')}
        </Button>
        <span className="min-w-0 flex-1 text-small text-ink-2">{count > 1 && t('buy.query.count', { count })}</span>
        <Button
          look="quiet"
          icon={<X className="size-4" strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => {
            setAsked(false)
            change({ ...plainDraft(draft.countries[0] ?? 'US'), countries: draft.countries })
          }}
        >
          {t('buy.query.clear')}
        </Button>
      </div>
    </form>
  )
}

const toggled = <T,>(all: readonly T[], one: T, isOn: boolean): T[] => (isOn ? [...all, one] : all.filter((other) => other !== one))

interface FieldsProps {
  draft: Draft
  errors: DraftErrors
  onChange: (part: Partial<Draft>) => void
}

function NumberFields({ draft, errors, onChange }: FieldsProps) {
  const t = useNumberWords()
  return (
    <>
      <TextField
        data-screen-search=""
        label={t('buy.query.areaCodes')}
        placeholder={t('buy.query.areaCodesHint')}
        title={t('buy.query.areaCodesText')}
        inputMode="numeric"
        autoComplete="off"
        value={draft.areaCodes}
        error={errors.areaCodes && t(`buy.wrong.areaCodes.${errors.areaCodes === 'many' ? 'many' : 'shape'}`)}
        onChange={(event) => onChange({ areaCodes: event.target.value })}
      />
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <TextField
            label={t('buy.query.pattern')}
            placeholder={t('buy.query.patternHint')}
            title={t('buy.query.patternText')}
            autoComplete="off"
            spellCheck={false}
            value={draft.pattern}
            error={errors.pattern && t('buy.wrong.pattern.shape')}
            onChange={(event) => onChange({ pattern: event.target.value })}
          />
        </div>
        <div className="w-30 shrink-0 [&_select]:h-10">
          <Select
            label={t('buy.query.position')}
            value={draft.position}
            onChange={(event) => onChange({ position: positions.find((one) => one === event.target.value) ?? 'anywhere' })}
          >
            {positions.map((one) => (
              <option key={one} value={one}>
                {t(`buy.query.positions.${one}`)}
              </option>
            ))}
          </Select>
        </div>
      </div>
    </>
  )
}

function PlaceFields({ draft, errors, onChange }: FieldsProps) {
  const t = useNumberWords()
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="sr-only">{t('buy.query.place')}</legend>
      <TextField
        label={t('buy.query.locality')}
        autoComplete="off"
        maxLength={80}
        value={draft.locality}
        onChange={(event) => onChange({ locality: event.target.value })}
      />
      <div className="grid grid-cols-2 gap-2">
        <TextField
          label={t('buy.query.region')}
          placeholder={t('buy.query.regionHint')}
          autoComplete="off"
          maxLength={80}
          value={draft.region}
          onChange={(event) => onChange({ region: event.target.value })}
        />
        <TextField
          label={t('buy.query.postalCode')}
          autoComplete="off"
          maxLength={20}
          value={draft.postalCode}
          onChange={(event) => onChange({ postalCode: event.target.value })}
        />
      </div>
      <TextField
        label={t('buy.query.near')}
        placeholder={t('buy.query.nearHint')}
        inputMode="tel"
        autoComplete="off"
        value={draft.near}
        error={errors.near && t('buy.wrong.near.shape')}
        onChange={(event) => onChange({ near: event.target.value })}
      />
      <p className="text-small text-ink-2">{t('buy.query.nearText')}</p>
    </fieldset>
  )
}

function LastFields({ draft, onChange }: Omit<FieldsProps, 'errors'>) {
  const t = useNumberWords()
  return (
    <div className="grid grid-cols-2 gap-2">
      <Select
        label={t('buy.query.address')}
        value={draft.address}
        onChange={(event) => onChange({ address: addresses.find((one) => one === event.target.value) ?? 'any' })}
      >
        {addresses.map((one) => (
          <option key={one} value={one}>
            {t(`buy.query.addresses.${one}`)}
          </option>
        ))}
      </Select>
      <Select label={t('buy.query.limit')} value={draft.limit} onChange={(event) => onChange({ limit: Number(event.target.value) })}>
        {[...new Set([...sizes, draft.limit])].map((size) => (
          <option key={size} value={size}>
            {size}
          </option>
        ))}
      </Select>
    </div>
  )
}
