import { getCountries } from 'libphonenumber-js/min'
import { useId, useMemo } from 'react'
import { useApp, useSettings } from '../state/use.ts'
import { Check } from '../ui/check.tsx'
import { Select } from '../ui/select.tsx'
import { useNumberWords } from '../words/index.ts'
import { Section } from './section.tsx'

const themes = ['system', 'light', 'dark'] as const

/** Theme, and the country whose numbers are written without their code. */
export function AppearanceSection() {
  const t = useNumberWords()
  const { settings } = useApp().state
  const theme = useSettings((state) => state.theme)
  const country = useSettings((state) => state.country)
  const countries = useMemo(() => namedCountries(), [])
  const group = useId()
  return (
    <Section id="settings-appearance" title={t('settings.appearance.title')}>
      <fieldset>
        <legend className="mb-1 text-small font-medium text-ink-2">{t('settings.appearance.theme')}</legend>
        <div className="flex flex-wrap gap-x-5">
          {themes.map((one) => (
            <Check
              key={one}
              type="radio"
              name={group}
              label={t(`settings.appearance.themes.${one}`)}
              checked={theme === one}
              onChange={() => void settings.getState().choose({ theme: one })}
            />
          ))}
        </div>
      </fieldset>
      <div className="max-w-80">
        <Select
          label={t('settings.appearance.country')}
          text={t('settings.appearance.countryText')}
          value={country}
          onChange={(event) => void settings.getState().choose({ country: event.target.value })}
        >
          {countries.map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </Select>
      </div>
    </Section>
  )
}

/** Code and name of every country with a numbering plan, by name. */
function namedCountries(): [code: string, name: string][] {
  const words = new Intl.DisplayNames(undefined, { type: 'region' })
  return getCountries()
    .map((code): [string, string] => [code, words.of(code) ?? code])
    .toSorted(([, a], [, b]) => a.localeCompare(b))
}
