import { useNumberWords } from '../words/index.ts'

export function SettingsScreen() {
  const t = useNumberWords()
  return <h1 className="px-5 pt-4 text-title font-semibold tracking-tight">{t('settings.title')}</h1>
}
