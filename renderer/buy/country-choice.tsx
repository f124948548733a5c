import { useState, type ReactNode } from 'react'
import { Check } from '../ui/check.tsx'
import { useNumberWords } from '../words/index.ts'
import type { DraftErrors } from './model/query.ts'
import { useBuying, useCountryName } from './use-buying.ts'

/** Ticks under one heading. */
export function Choice({ legend, error, children }: { legend: string; error?: string | undefined; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="text-small font-medium text-ink-2">{legend}</legend>
      <div className="flex flex-wrap gap-x-4">{children}</div>
      {error && <p className="text-small text-alarm">{error}</p>}
    </fieldset>
  )
}

interface CountryChoiceProps {
  chosen: readonly string[]
  error: DraftErrors['countries']
  onChange: (chosen: string[]) => void
}

/** Several of the account's countries. The chosen ones stand first; the others are found by typing. */
export function CountryChoice({ chosen, error, onChange }: CountryChoiceProps) {
  const t = useNumberWords()
  const countries = useBuying((state) => state.countries)
  const failure = useBuying((state) => state.failures.load)
  const nameOf = useCountryName()
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [before, setBefore] = useState(chosen)
  const top = [...new Set([...before, ...chosen])] // an unticked one stays where it was, to be ticked again
  const others = (countries ?? []).filter(({ country }) => !top.includes(country))
  const change = (next: string[]) => {
    setBefore(top)
    onChange(next)
  }
  const found = others.filter(({ name, country }) => `${name} ${country}`.toLowerCase().includes(text.trim().toLowerCase()))
  const wrong = error === 'many' ? t('buy.wrong.countries.many') : error && t('buy.wrong.countries.none')
  return (
    <div>
      <Choice legend={t('buy.query.countries')} error={wrong}>
        {top.map((code) => (
          <Check
            key={code}
            label={nameOf(code)}
            checked={chosen.includes(code)}
            onChange={(event) => change(event.target.checked ? [...chosen, code] : chosen.filter((one) => one !== code))}
          />
        ))}
      </Choice>
      {!countries && !failure && <p className="animate-late text-small text-ink-2">{t('buy.query.countriesLoading')}</p>}
      {others.length > 0 && (
        <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary className="flex min-h-8 cursor-pointer items-center text-accent">{t('buy.query.moreCountries')}</summary>
          <input
            type="search"
            aria-label={t('buy.query.findCountry')}
            placeholder={t('buy.query.findCountry')}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault() // one country left: that one is meant; never a search
              const only = found.length === 1 ? found[0] : undefined
              if (only) {
                change([...chosen, only.country])
                setText('')
              }
            }}
            className="h-8 w-full rounded-control border border-line-strong bg-surface px-2.5 hover:border-ink-3"
          />
          <div className="mt-1 max-h-44 overflow-y-auto">
            {isOpen &&
              found.map(({ country, name }) => (
                <Check key={country} label={name} checked={false} onChange={() => change([...chosen, country])} />
              ))}
          </div>
        </details>
      )}
    </div>
  )
}
