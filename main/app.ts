import type { SessionView } from '../contract/desktop.ts'
import { Backups } from './backup/backups.ts'
import { createBridge, type BridgeServer, type Handlers } from './bridge/bridge.ts'
import { createRecordChanges } from './calls/records.ts'
import { defaultTimings, type AppConfig, type Timings } from './config.ts'
import { createHandlers } from './handlers.ts'
import { followSession } from './link/follow-session.ts'
import { createLink, type Link } from './link/link.ts'
import { createSessionRecords } from './link/session-record.ts'
import { createMediaService } from './media/wiring.ts'
import { createNumbers, type Numbers } from './numbers/numbers.ts'
import { createRelayNumbers } from './numbers/relay-numbers.ts'
import { Purchases } from './numbers/purchase/purchases.ts'
import type { Ports } from './ports.ts'
import { createServices, type Services } from './services.ts'
import { openStore, type Store } from './store/store.ts'
import { createTelling, type AppEvent, type Telling } from './telling.ts'

export type { AppEvent } from './telling.ts'

export interface App extends BridgeServer {
  /** Answers `/media/<ticket>` below the page's origin: recordings and exports. Never fails. */
  media: (request: Request) => Promise<Response>
  on: (listener: (event: AppEvent) => void) => () => void
  view: () => SessionView
  /** Signs in without a page: development and `npm start`. @throws FailureError */
  enroll: (relayUrl: string, code: string) => Promise<void>
  /** A sandbox's relay listens elsewhere than last time. Other relays do not move. */
  moveSandbox: (relayUrl: string) => Promise<void>
  /** Resolves true once the relay has said `welcome`; false when it has not within `ms`. */
  welcomed: (ms: number) => Promise<boolean>
  /** A page is gone, and the Device it owned with it. Without a name: the one that never said its own. */
  pageGone: (page?: string) => void
  close: () => Promise<void>
}

/**
 * Wires everything; `close()` undoes it. The hosts (Electron, loopback) differ only in what they put around this.
 * @throws FailureError `store-failed`, `schema-too-new`, `secrets-unavailable`
 */
export async function createApp(ports: Ports, config: AppConfig): Promise<App> {
  const timings: Timings = { ...defaultTimings, ...config.timings }
  const store = await openStore(config.profile, await createSessionRecords(ports.secrets).session())
  try {
    return wire(ports, config, timings, store, await createServices(ports, config, timings, store))
  } catch (error) {
    await store.close()
    throw error
  }
}

function wire(ports: Ports, config: AppConfig, timings: Timings, store: Store, services: Services): App {
  const { session, device } = services
  const tell = createTelling(ports, config, services, () => link)
  // A copy, or an export, would give back what may no longer be seen.
  const onAccess = () => {
    parts.backups.forget()
    void parts.media.forgetExports()
  }
  const link = createLink({ ...services, ports, timings, replica: store.replica, presence: device.get, ...tell.ofLink, onAccess })
  const parts = createParts({ ports, config, timings, store, services, tell, link, handlers: () => handlers })
  const offs = listen(ports, services, { tell, link, ...parts })
  begin(parts, services)
  const handlers = createHandlers({
    ...services,
    ...parts,
    config,
    store,
    status: tell.getStatus,
    view: tell.view,
    onCalls: tell.calls,
  })
  return {
    ...createBridge({ handlers, log: ports.log, checkValues: config.checkValues ?? false }),
    media: parts.media.respond,
    on: tell.on,
    view: tell.view,
    enroll: session.enroll,
    moveSandbox: session.moveTo,
    welcomed: (ms) => (link.state() === 'online' ? Promise.resolve(true) : heard(tell.onWelcome, ms)),
    pageGone: (page) => device.drop(page),
    close: async () => {
      for (const off of offs) off()
      await end(parts, services, link)
      await store.close()
    },
  }
}

interface PartWiring extends NumberWiring {
  config: AppConfig
  link: Link
  handlers: () => Handlers
}

/** What knows of the link or tells the page. */
function createParts({ handlers, link, ...wiring }: PartWiring) {
  const { ports, config, timings, store, services, tell } = wiring
  const { clock, log } = ports
  const media = createMediaService({ ...wiring, ask: handlers })
  const follow = followSession({
    ...services,
    store,
    link,
    log,
    onWiping() {
      backups.forget()
      return media.forget()
    },
    onWiped: () =>
      media.wipe().finally(() => {
        backups.forget() // what was copied meanwhile
        tell.numbers(null)
      }),
  })
  const backups = new Backups({
    profile: config.profile,
    store,
    holder: services.session.record,
    timings,
    clock,
    log,
    pausing: (during) => follow.pausing(during),
    onChange: tell.teller('backup.changed'),
    replaced: () => media.replaced(),
    onReplaced() {
      tell.everything()
      void records.resume() // what the copy shows as waiting was answered long ago: it is answered alike
    },
  })
  const records = createRecordChanges({ ...services, store, log, tell })
  return { ...createNumberServices(wiring), media, follow, backups, records }
}
type Parts = ReturnType<typeof createParts>

/** Goes on with what the last run left. */
function begin({ follow, purchases, numbers, records, backups }: Parts, { accounts }: Services): void {
  follow.next()
  accounts.follow()
  void purchases.resume()
  void numbers.resume()
  void records.resume()
  backups.start()
}

async function end({ backups, follow, media, purchases, numbers, records }: Parts, { accounts, outbox }: Services, link: Link) {
  await backups.close()
  await follow.settled()
  for (const part of [media, purchases, numbers, records, accounts]) await part.close()
  await link.stop()
  await outbox.close()
}

interface Listeners extends Parts {
  tell: Telling
  link: Link
}

/** Who hears of what; the functions undo it. */
function listen(
  ports: Ports,
  { outbox, device, session, accounts, searches }: Services,
  { tell, link, follow, purchases, numbers, media }: Listeners,
) {
  const resume = () => {
    void purchases.resume()
    void numbers.resume()
  }
  return [
    outbox.onChange(tell.status),
    device.onChange(link.tellPresence),
    device.onChange(tell.status),
    ports.onWake(link.wake),
    session.onChange(tell.session),
    session.onChange(follow.next),
    session.onChange(accounts.follow),
    session.onChange(resume),
    accounts.onChange(tell.account),
    searches.onProgress(tell.teller('numbers.searched')),
    accounts.onChange(resume),
    tell.onWelcome(accounts.welcomed), // before whatever asks Twilio
    tell.onWelcome(resume),
    tell.onPurchases(purchases.heard),
    tell.onSnapshot(() => void purchases.missed()),
    tell.onSnapshot(media.settle),
    tell.onWelcome(numbers.sync.reconnected),
    tell.on(({ event }) => event === 'calls.changed' && numbers.facts.callsChanged()),
    tell.on(({ event }) => (event === 'numbers.changed' || event === 'session.changed') && numbers.due.again()),
    tell.onWelcome(media.changed),
    tell.on(({ event }) => (event === 'calls.changed' || event === 'records.changed') && media.changed()),
    tell.onWelcome(numbers.due.again), // the relay's time is known now
  ]
}

interface NumberWiring {
  ports: Ports
  timings: Timings
  store: Store
  services: Services
  tell: Telling
}

/** The account's numbers, and buying them. */
function createNumberServices({ ports, timings, store, services, tell }: NumberWiring): { numbers: Numbers; purchases: Purchases } {
  const { session, clock, accounts } = services
  const relay = createRelayNumbers(session)
  const numbers = createNumbers({
    ...services,
    relay,
    store,
    timings,
    log: ports.log,
    onProgress: tell.teller('numbers.progress'),
    // Not `tell.numbers`: who may use a number, of which the voice token tells, is the relay's alone to change.
    onNumbers: (phoneNumbers) => tell.teller('numbers.changed')({ phoneNumbers }),
    onDue: tell.teller('numbers.dueChanged'),
  })
  const purchases = new Purchases({
    ports,
    timings,
    session,
    clock,
    relay,
    table: store.purchases,
    current: accounts.current,
    onChange: tell.purchases,
    onBought: (number) => numbers.sync.afterPurchase([number]),
  })
  return { numbers, purchases }
}

/** Whether the event comes within `ms`. */
function heard(on: (listener: () => void) => () => void, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (isHeard: boolean) => {
      clearTimeout(timer)
      off()
      resolve(isHeard)
    }
    const off = on(() => done(true))
    const timer = setTimeout(() => done(false), ms)
  })
}
