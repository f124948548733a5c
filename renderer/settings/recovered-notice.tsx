import { lazy, Suspense, useEffect } from 'react'
import { createBackupStore } from '../state/keeping.ts'
import { useApp, useLater } from '../state/use.ts'

// Almost never needed, so its words are not loaded before.
const Said = lazy(async () => {
  const [{ Recovered }, { NumberWords }] = await Promise.all([import('./recovered.tsx'), import('../words/number-words.tsx')])
  return {
    default: ({ recovered }: Parameters<typeof Recovered>[0]) => (
      <NumberWords>
        <Recovered recovered={recovered} />
      </NumberWords>
    ),
  }
})

/** Wherever one is: the history was found broken. Asked for once per visit, and told by main. */
export default function RecoveredNotice() {
  const store = useApp().state.later(createBackupStore)
  const recovered = useLater(createBackupStore, (state) => state.backup?.recovered ?? null)
  useEffect(() => {
    if (!store.getState().backup) void store.getState().load()
  }, [store])
  if (!recovered) return null
  return (
    <div className="shrink-0 border-t border-line p-2">
      <Suspense>
        <Said recovered={recovered} />
      </Suspense>
    </div>
  )
}
