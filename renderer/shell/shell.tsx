import { lazy, Suspense, useCallback, useState, type ComponentType, type ReactNode } from 'react'
import { isLive } from '../model/phone.ts'
import { IncomingCall } from '../phone/incoming-call.tsx'
import { PhoneScreen } from '../phone/phone-screen.tsx'
import { useNumbering, usePhone } from '../state/use.ts'
import { useWords } from '../words/index.ts'
import { CallDock } from './call-dock.tsx'
import { Navigation } from './navigation.tsx'
import { OfferNotice } from './offer-notice.tsx'
import { usePlace, useScreen, type Screen } from './route.ts'
import { StatusBar } from './status-bar.tsx'
import { useAttention } from './use-attention.ts'
import { useDue } from './use-due.ts'
import { useKeys } from './use-keys.ts'

const AccountDialog = lazy(() => import('./account-dialog.tsx'))
const DueNotice = lazy(() => import('./due-notice.tsx'))
const KeysDialog = lazy(() => import('./keys-dialog.tsx'))
const RefusedNotice = lazy(() => import('./refused-notice.tsx'))
const RecoveredNotice = lazy(() => import('../settings/recovered-notice.tsx'))

const inWords = (Words: ComponentType<{ children: ReactNode }>, Content: ComponentType) => () => (
  <Words>
    <Content />
  </Words>
)
/** A screen that is loaded when it is first opened, together with the words that only such screens need. */
const laterIn = (loadWords: () => Promise<ComponentType<{ children: ReactNode }>>) => (load: () => Promise<ComponentType>) =>
  lazy(async () => {
    const [Words, Content] = await Promise.all([loadWords(), load()])
    return { default: inWords(Words, Content) }
  })
const later = laterIn(async () => (await import('../words/number-words.tsx')).NumberWords)
const laterOfCalls = laterIn(async () => (await import('../words/call-words.tsx')).CallWords)
const CallsScreen = laterOfCalls(async () => (await import('../calls/calls-screen.tsx')).CallsScreen)
const RecordingsScreen = laterIn(async () => (await import('../words/recording-words.tsx')).RecordingWords)(
  async () => (await import('../recordings/recordings-screen.tsx')).RecordingsScreen,
)
const NumbersScreen = later(async () => (await import('../numbers/numbers-screen.tsx')).NumbersScreen)
const BuyPane = later(async () => (await import('../buy/buy-pane.tsx')).BuyPane)
const SettingsScreen = later(async () => (await import('../settings/settings-screen.tsx')).SettingsScreen)
const laterScreens = { calls: CallsScreen, recordings: RecordingsScreen, numbers: NumbersScreen, settings: SettingsScreen } as const

function CurrentScreen({ screen }: { screen: Screen }) {
  const t = useWords()
  const place = usePlace()
  if (screen === 'phone') return <PhoneScreen />
  const Content = screen === 'numbers' && place === 'search' ? BuyPane : laterScreens[screen]
  return (
    <Suspense fallback={<p className="animate-late p-5 text-ink-2">{t('shell.loading')}</p>}>
      <Content />
    </Suspense>
  )
}

/** The frame: rail, screen, what rings, the call in hand, the status bar. */
export function Shell() {
  const screen = useScreen()
  const call = usePhone((view) => view.call)
  const incoming = usePhone((view) => view.incoming)
  const [isKeysOpen, setKeysOpen] = useState(false)
  const [isAccountOpen, setAccountOpen] = useState(false)
  const openKeys = useCallback(() => setKeysOpen(true), [])
  useKeys(openKeys)
  useAttention()
  const due = useDue(screen === 'numbers')
  const hasRest = useNumbering((state) => state.isComplete) // what can wait is loaded by now
  const isTalking = call !== null && isLive(call.state)
  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-0 flex-1 max-wide:flex-col-reverse">
        <Navigation due={due.count} onKeys={openKeys} onAccount={() => setAccountOpen(true)} />
        <div className="relative flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
          <main className="min-h-0 flex-1">
            <CurrentScreen screen={screen} />
          </main>
          <OfferNotice />
          {hasRest && (
            <Suspense>
              <RecoveredNotice />
              <RefusedNotice />
            </Suspense>
          )}
          {due.isNew && (
            <Suspense>
              <DueNotice count={due.count} onLater={due.later} />
            </Suspense>
          )}
          {incoming && <IncomingCall key={incoming.callId} call={incoming} isSlim={isTalking} />}
          {call && screen !== 'phone' && <CallDock call={call} />}
        </div>
      </div>
      <StatusBar />
      {isAccountOpen && (
        <Suspense>
          <AccountDialog onClose={() => setAccountOpen(false)} />
        </Suspense>
      )}
      {isKeysOpen && (
        <Suspense>
          <KeysDialog onClose={() => setKeysOpen(false)} />
        </Suspense>
      )}
    </div>
  )
}
