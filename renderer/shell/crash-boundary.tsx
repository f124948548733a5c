import { Component, type ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { useWords } from '../words/index.ts'

/** A screen that throws is replaced by a sentence; the phone lives outside of React and goes on. */
export class CrashBoundary extends Component<{ children: ReactNode }, { hasCrashed: boolean }> {
  override state = { hasCrashed: false }
  static getDerivedStateFromError = () => ({ hasCrashed: true })
  override render = () => (this.state.hasCrashed ? <Crashed /> : this.props.children)
}

function Crashed() {
  const t = useWords()
  return (
    <main className="flex h-full flex-col items-center justify-center gap-3 p-6 text-center">
      <h1 className="text-title font-semibold">{t('shell.crash.title')}</h1>
      <p className="text-ink-2">{t('shell.crash.text')}</p>
      <Button look="primary" onClick={() => location.reload()}>
        {t('shell.crash.reload')}
      </Button>
    </main>
  )
}
