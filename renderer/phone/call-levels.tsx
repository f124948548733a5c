import { useCallback } from 'react'
import { useApp } from '../state/use.ts'
import { LevelBar } from '../ui/level-bar.tsx'
import { useWords } from '../words/index.ts'

/** What we send and what we hear, as it happens. */
export function CallLevels() {
  const t = useWords()
  const { phone } = useApp()
  const you = useCallback((show: (level: number) => void) => phone.onLevels((levels) => show(levels.you * 2)), [phone])
  const them = useCallback((show: (level: number) => void) => phone.onLevels((levels) => show(levels.them * 2)), [phone])
  return (
    <div className="flex w-full flex-col gap-2">
      <LevelBar label={t('call.levelYou')} subscribe={you} />
      <LevelBar label={t('call.levelThem')} subscribe={them} />
    </div>
  )
}
