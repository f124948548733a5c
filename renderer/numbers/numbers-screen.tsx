import { useNumberWords } from '../words/index.ts'

/** The company's numbers. */
export function NumbersScreen() {
  const t = useNumberWords()
  return <h1 className="px-5 pt-4 text-title font-semibold tracking-tight">{t('numbers.title')}</h1>
}
