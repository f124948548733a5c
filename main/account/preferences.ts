import { getCountries } from 'libphonenumber-js/min'
import { Value } from 'typebox/value'
import { Preferences } from '../../contract/desktop.ts'
import type { Store } from '../store/store.ts'

const countries = new Set<string>(getCountries())

/** The country that a locale speaks of (`en-GB` → GB), or the likeliest for its language; US when it names none we know. */
export function countryOfLocale(locale: string): string {
  try {
    const region = new Intl.Locale(locale).maximize().region
    return region && countries.has(region) ? region : 'US'
  } catch {
    return 'US'
  }
}

/** What this person prefers on this computer. A stored value that a later version no longer understands is as if never set. */
export function createPreferences(store: Pick<Store, 'reader' | 'replica'>, locale: string) {
  async function get(): Promise<Preferences> {
    const stored = Object.fromEntries((await store.reader.preferences()).map(({ name, value }) => [name, value]))
    const defaults: Preferences = { country: countryOfLocale(locale), callFrom: null, theme: 'system' }
    const { country, callFrom, theme } = Preferences.properties
    return {
      country: Value.Check(country, stored['country']) ? stored['country'] : defaults.country,
      callFrom: Value.Check(callFrom, stored['callFrom']) ? stored['callFrom'] : defaults.callFrom,
      theme: Value.Check(theme, stored['theme']) ? stored['theme'] : defaults.theme,
    }
  }
  return {
    get,
    set: async (some: Partial<Preferences>): Promise<Preferences> => {
      await store.replica.setPreferences(Object.entries(some).map(([name, value]) => ({ name, value: value ?? null })))
      return get()
    },
  }
}
export type PreferenceService = ReturnType<typeof createPreferences>
