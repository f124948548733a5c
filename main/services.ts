import { createDeviceReport, type DeviceReport } from './account/device-report.ts'
import { createPreferences, type PreferenceService } from './account/preferences.ts'
import { createTwilioAccounts, type TwilioAccounts } from './account/twilio-accounts.ts'
import { createTwilioRecords } from './account/twilio-record.ts'
import type { AppConfig, Timings } from './config.ts'
import { createOutbox, type Outbox } from './link/outbox.ts'
import { createRelayClock, type RelayClock } from './link/relay-clock.ts'
import { createRelayHttp } from './link/relay-http.ts'
import { createSessionRecords } from './link/session-record.ts'
import { createSession, type SessionService } from './link/session.ts'
import { createVoiceToken, type VoiceToken } from './link/voice-token.ts'
import { createAnswers, type Answers } from './numbers/search/answers.ts'
import { createPrices, type Prices } from './numbers/search/prices.ts'
import { createRules, type Rules } from './numbers/search/rules.ts'
import { createSearch, type SearchService } from './numbers/search/search.ts'
import type { Ports } from './ports.ts'
import type { Store } from './store/store.ts'

/** What does not know of the link or the page. */
export interface Services {
  clock: RelayClock
  session: SessionService
  outbox: Outbox
  voiceToken: VoiceToken
  device: DeviceReport
  preferences: PreferenceService
  /** The Twilio account: `current()` to work with it. */
  accounts: TwilioAccounts
  /** What Twilio said today. */
  answers: Answers
  prices: Prices
  rules: Rules
  searches: SearchService
}

export async function createServices(ports: Ports, config: AppConfig, timings: Timings, store: Store): Promise<Services> {
  const clock = createRelayClock(ports.clock)
  const session = await createSession({
    clock,
    log: ports.log,
    tokenMargin: timings.tokenMargin,
    deviceName: config.deviceName,
    records: createSessionRecords(ports.secrets),
    http: createRelayHttp(ports, clock, timings.request),
  })
  const voiceToken = createVoiceToken(session, clock)
  const preferences = createPreferences(store, config.locale)
  const answers = createAnswers({ store, clock: ports.clock })
  const outbox = await createOutbox({ table: store.outbox, session, ports, timings })
  const accounts = await openAccounts({ ports, config, store, session, outbox, voiceToken, clock, preferences, answers })
  const prices = createPrices({ answers, accounts })
  return {
    clock,
    session,
    voiceToken,
    preferences,
    accounts,
    answers,
    prices,
    rules: createRules({ answers, accounts }),
    searches: createSearch({ accounts, answers, prices, log: ports.log }),
    outbox,
    device: createDeviceReport(ports.clock, (error) => ports.log.error({ error: String(error) }, 'a listener failed')),
  }
}

type AccountParts = Pick<Services, 'clock' | 'session' | 'outbox' | 'voiceToken' | 'preferences' | 'answers'> & {
  ports: Ports
  config: AppConfig
  store: Store
}

function openAccounts({ ports, config, store, outbox, preferences, answers, ...shared }: AccountParts): Promise<TwilioAccounts> {
  return createTwilioAccounts({
    ...shared,
    records: createTwilioRecords(ports.secrets),
    log: ports.log,
    deviceName: config.deviceName,
    demo: config.demoAccount,
    async connect(credentials, onRefused) {
      const { createTwilioAccount } = await import('./twilio/account.ts') // large, and only managers need it
      // Beside a sandbox that is not this workspace's (`--first-run` in a profile with its own relay) credentials still go to Twilio alone.
      const isElsewhere = config.demoAccount !== undefined && shared.session.record()?.workspace.isSandbox === false
      return createTwilioAccount(credentials, {
        apiBase: isElsewhere ? undefined : config.twilioApiBase,
        waits: config.twilioWaits,
        onRefused,
      })
    },
    preferences: {
      country: async () => (await preferences.get()).country,
      transferNumber: async () => (await store.reader.preferences()).find(({ name }) => name === 'transferNumber')?.value ?? null,
      keep: (number) => store.replica.setPreferences([{ name: 'transferNumber', value: number }]),
    },
    trace: (line) => outbox.add({ name: 'audit.tell', entries: [line] }),
    async onOther() {
      await answers.forget()
      await store.replica.forgetRemote() // another account's numbers would all look removed
    },
  })
}
