import type { i18n } from 'i18next'
import { lazy, Suspense } from 'react'
import { I18nextProvider } from 'react-i18next'
import type { AppModel } from './model/app.ts'
import { CrashBoundary } from './shell/crash-boundary.tsx'
import { FailureNotice } from './shell/failure-notice.tsx'
import { Shell } from './shell/shell.tsx'
import { AppContext, useSession } from './state/use.ts'
import { useWords } from './words/index.ts'

// Seen once: not loaded with every page.
const FirstRun = lazy(async () => ({ default: (await import('./first-run/first-run.tsx')).FirstRun }))

/** The page. Everything it needs is handed in. */
export function App({ model, words }: { model: AppModel; words: i18n }) {
  return (
    <I18nextProvider i18n={words}>
      <AppContext value={model}>
        <CrashBoundary>
          <Screens />
        </CrashBoundary>
      </AppContext>
    </I18nextProvider>
  )
}

function Screens() {
  const t = useWords()
  const state = useSession((one) => one.session?.state)
  const failure = useSession((one) => (one.session ? null : one.failure))
  if (failure?.code === 'unauthorized')
    return (
      <main className="flex h-full flex-col items-center justify-center gap-3 p-6 text-center">
        <h1 className="text-title font-semibold">{t('shell.noToken.title')}</h1>
        <p className="max-w-100 text-ink-2">{t('shell.noToken.text')}</p>
      </main>
    )
  if (failure)
    return (
      <main className="mx-auto flex h-full max-w-100 flex-col justify-center p-6">
        <FailureNotice failure={failure} />
      </main>
    )
  const loading = <p className="flex h-full animate-late items-center justify-center text-ink-2">{t('shell.loading')}</p>
  if (!state) return loading
  return state === 'signed-in' ? (
    <Shell />
  ) : (
    <Suspense fallback={loading}>
      <FirstRun />
    </Suspense>
  )
}
