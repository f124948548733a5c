import type { AppStatus, SessionView } from '../contract/desktop.ts'
import { FailureError } from '../contract/failure.ts'
import type { DeviceReport } from './account/device-report.ts'
import type { PreferenceService } from './account/preferences.ts'
import type { TwilioAccounts } from './account/twilio-accounts.ts'
import { twilioAccountHandlers } from './account/twilio-handlers.ts'
import type { Backups } from './backup/backups.ts'
import type { Handlers } from './bridge/bridge.ts'
import { backfillHandlers } from './calls/backfill.ts'
import { historyHandlers } from './calls/handlers.ts'
import type { RecordChanges } from './calls/records.ts'
import { findHandlers } from './calls/find.ts'
import { createTimeline } from './calls/timeline.ts'
import type { AppConfig } from './config.ts'
import type { MediaService } from './media/wiring.ts'
import type { Numbers } from './numbers/numbers.ts'
import { searchHandlers } from './numbers/search/handlers.ts'
import type { Prices } from './numbers/search/prices.ts'
import type { SearchService } from './numbers/search/search.ts'
import { purchaseHandlers } from './numbers/purchase/handlers.ts'
import type { Purchases } from './numbers/purchase/purchases.ts'
import { observedFacts } from './link/observed.ts'
import type { Outbox } from './link/outbox.ts'
import type { RelayClock } from './link/relay-clock.ts'
import type { SessionService } from './link/session.ts'
import type { VoiceToken } from './link/voice-token.ts'
import type { Store } from './store/store.ts'

export interface HandlerParts {
  config: Pick<AppConfig, 'sandbox' | 'version'>
  clock: RelayClock
  session: SessionService
  store: Store
  outbox: Outbox
  voiceToken: VoiceToken
  device: DeviceReport
  preferences: PreferenceService
  accounts: TwilioAccounts
  searches: SearchService
  prices: Prices
  purchases: Purchases
  numbers: Numbers
  records: RecordChanges
  backups: Pick<Backups, 'handlers'>
  media: Pick<MediaService, 'handlers'>
  status: () => AppStatus
  view: () => SessionView
  onCalls: (callIds: string[]) => void
}

/** What main answers to the page. */
export const createHandlers = (parts: HandlerParts): Handlers => ({
  ...accountHandlers(parts),
  ...callHandlers(parts),
  ...findHandlers(parts),
  ...historyHandlers(parts),
  ...backfillHandlers(parts),
  ...twilioAccountHandlers(parts),
  ...searchHandlers(parts),
  ...purchaseHandlers(parts.purchases),
  ...parts.numbers.handlers,
  ...parts.backups.handlers,
  ...parts.media.handlers,
})

const accountHandlers = ({ config, session, store, voiceToken, device, preferences, status, view }: HandlerParts) => ({
  'app.status': status,
  'device.report': (...claim: Parameters<DeviceReport['set']>) => {
    device.set(...claim)
    return {}
  },
  'session.get': view,
  'session.enroll': async ({ relayUrl, code }: { relayUrl: string; code: string }) => {
    await session.enroll(relayUrl, code.trim())
    return view()
  },
  'session.trySandbox': async () => {
    if (!config.sandbox || session.record()) throw new FailureError('sandbox-not-running', 'no sandbox was started beside this app')
    await session.enroll(config.sandbox.relayUrl, config.sandbox.invite)
    return view()
  },
  'session.signOut': async () => {
    await session.signOut()
    return view()
  },
  'voice.token': ({ renew }: { renew: boolean }) => voiceToken.get(renew),
  'users.list': () => store.reader.users(),
  'preferences.get': preferences.get,
  'preferences.set': preferences.set,
})

const callHandlers = ({ config, clock, session, store, outbox, onCalls }: HandlerParts) => ({
  'calls.timeline': createTimeline({ store, session, clock, version: config.version }),
  // First what the page will read, then what the relay must hear: each is harmless when it happens twice.
  'calls.observe': async ({ callId, facts }: Parameters<Handlers['calls.observe']>[0]) => {
    const observed = observedFacts(facts, clock.offsetMs())
    onCalls(await store.replica.observe(callId, observed))
    if (session.record()) await outbox.add({ name: 'call.observe', callId, facts: observed })
    return {}
  },
  'calls.declineEverywhere': async ({ callId }: { callId: string }) => {
    if (!session.record()) throw new FailureError('not-signed-in')
    await outbox.add({ name: 'call.decline-everywhere', callId })
    return {}
  },
})
