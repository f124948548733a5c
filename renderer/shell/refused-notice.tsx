import { lazy, Suspense } from 'react'
import { createRefusedStore } from '../state/refused.ts'
import { useLater } from '../state/use.ts'

// Seldom needed, so its words are not loaded before.
const Said = lazy(async () => {
  const [{ Refused }, { CallWords }] = await Promise.all([import('../calls/refused.tsx'), import('../words/call-words.tsx')])
  return {
    default: ({ refused }: Parameters<typeof Refused>[0]) => (
      <CallWords>
        <Refused refused={refused} />
      </CallWords>
    ),
  }
})

/** Wherever one is: a change that was shown as done was taken back by the relay. */
export default function RefusedNotice() {
  const refused = useLater(createRefusedStore, (state) => state.refused)
  if (refused.length === 0) return null
  return (
    <div className="shrink-0 border-t border-line p-2">
      <Suspense>
        <Said refused={refused} />
      </Suspense>
    </div>
  )
}
