import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { enCalls } from '../../words/en-calls.ts'

/** Gives what is inside the words of `words/en-calls`, which are loaded with it. */
export function CallWords({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation('en')
  // Before the first child asks for a word; adding them twice changes nothing.
  if (!i18n.hasResourceBundle('en', 'calls')) i18n.addResourceBundle('en', 'calls', enCalls)
  return children
}
