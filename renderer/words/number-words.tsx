import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { enNumbers } from '../../words/en-numbers.ts'

/** Gives what is inside the words of `words/en-numbers`, which are loaded with it. */
export function NumberWords({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation('en')
  // Before the first child asks for a word; adding them twice changes nothing.
  if (!i18n.hasResourceBundle('en', 'numbers')) i18n.addResourceBundle('en', 'numbers', enNumbers)
  return children
}
