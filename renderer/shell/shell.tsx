import { lazy, Suspense, useCallback, useState } from 'react'
import { CallsScreen } from '../calls/calls-screen.tsx'
import { isLive } from '../model/phone.ts'
import { IncomingCall } from '../phone/incoming-call.tsx'
import { PhoneScreen } from '../phone/phone-screen.tsx'
import { usePhone } from '../state/use.ts'
import { CallDock } from './call-dock.tsx'
import { Navigation } from './navigation.tsx'
import { OfferNotice } from './offer-notice.tsx'
import { useScreen } from './route.ts'
import { StatusBar } from './status-bar.tsx'
import { useAttention } from './use-attention.ts'
import { useKeys } from './use-keys.ts'

const AccountDialog = lazy(() => import('./account-dialog.tsx'))
const KeysDialog = lazy(() => import('./keys-dialog.tsx'))

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
  const isTalking = call !== null && isLive(call.state)
  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-0 flex-1 max-wide:flex-col-reverse">
        <Navigation onKeys={openKeys} onAccount={() => setAccountOpen(true)} />
        <div className="relative flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
          <main className="min-h-0 flex-1">{screen === 'calls' ? <CallsScreen /> : <PhoneScreen />}</main>
          <OfferNotice />
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
