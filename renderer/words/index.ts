import { createInstance, type i18n } from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { enCalls } from '../../words/en-calls.ts'
import type { enNumbers } from '../../words/en-numbers.ts'
import type { enRecordings } from '../../words/en-recordings.ts'
import { en } from '../../words/en.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'en'
    resources: { en: typeof en; numbers: typeof enNumbers; calls: typeof enCalls; recordings: typeof enRecordings }
  }
}

/** The catalogue for the page, ready at once: it is part of the bundle. */
export function createWords(): i18n {
  const words = createInstance()
  void words.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    ns: ['en'],
    defaultNS: 'en',
    resources: { en: { en } },
    interpolation: { escapeValue: false }, // React escapes
    initAsync: false,
  })
  return words
}

/** `t` with typed keys. */
export const useWords = () => useTranslation('en').t
export type Words = ReturnType<typeof useWords>

/** `t` with the typed keys of `words/en-numbers`; only inside of `NumberWords`, which brings them. */
export const useNumberWords = () => useTranslation('numbers').t
export type NumberT = ReturnType<typeof useNumberWords>

/** `t` with the typed keys of `words/en-calls`; only inside of `CallWords`, which brings them. */
export const useCallWords = () => useTranslation('calls').t
export type CallT = ReturnType<typeof useCallWords>

/** `t` with the typed keys of `words/en-recordings`; only inside of `RecordingWords`, which brings them. */
export const useRecordingWords = () => useTranslation('recordings').t
export type RecordingT = ReturnType<typeof useRecordingWords>
