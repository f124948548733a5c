import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { enRecordings } from '../../words/en-recordings.ts'

/** Gives what is inside the words of `words/en-recordings`, which are loaded with it. */
export function RecordingWords({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation('en')
  // Before the first child asks for a word; adding them twice changes nothing.
  if (!i18n.hasResourceBundle('en', 'recordings')) i18n.addResourceBundle('en', 'recordings', enRecordings)
  return children
}
