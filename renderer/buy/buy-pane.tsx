import { useNumberWords } from '../words/index.ts'

export function BuyPane() {
  const t = useNumberWords()
  return <h1 className="px-5 pt-4 text-title font-semibold tracking-tight">{t('buy.title')}</h1>
}
