import type { SessionView } from '../contract/desktop.ts'
import { createBridge, type BridgeServer } from './bridge/bridge.ts'
import { defaultTimings, type AppConfig, type Timings } from './config.ts'
import { createHandlers } from './handlers.ts'
import { followSession } from './link/follow-session.ts'
import { createLink, type Link } from './link/link.ts'
import { createRelayNumbers } from './numbers/relay-numbers.ts'
import { Purchases } from './numbers/purchase/purchases.ts'
import type { Ports } from './ports.ts'
import { createServices, type Services } from './services.ts'
import { openStore, type Store } from './store/store.ts'
import { createTelling, type AppEvent, type Telling } from './telling.ts'

export type { AppEvent } from './telling.ts'

export interface App extends BridgeServer {
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
  const store = await openStore(config.profile)
  try {
    return wire(ports, config, timings, store, await createServices(ports, config, timings, store))
  } catch (error) {
    await store.close()
    throw error
  }
}

function wire(ports: Ports, config: AppConfig, timings: Timings, store: Store, services: Services): App {
  const { session, outbox, device } = services
  const tell = createTelling(ports, config, services, () => link)
  const link = createLink({ ...services, ports, timings, replica: store.replica, presence: device.get, ...tell.ofLink })
  const purchases = createPurchases({ ports, timings, store, services, tell })
  const follow = followSession({ ...services, store, link, log: ports.log, onWiped: () => tell.numbers(null) })
  const offs = listen(ports, services, { tell, link, follow, purchases })
  follow.next()
  services.accounts.follow()
  void purchases.resume()
  const handlers = createHandlers({ ...services, config, store, purchases, status: tell.getStatus, view: tell.view, onCalls: tell.calls })
  return {
    ...createBridge({ handlers, log: ports.log, checkValues: config.checkValues ?? false }),
    on: tell.on,
    view: tell.view,
    enroll: session.enroll,
    moveSandbox: session.moveTo,
    welcomed: (ms) => (link.state() === 'online' ? Promise.resolve(true) : heard(tell.onWelcome, ms)),
    pageGone: (page) => device.drop(page),
    close: async () => {
      for (const off of offs) off()
      await follow.settled()
      await purchases.close()
      await services.accounts.close()
      await link.stop()
      await outbox.close()
      await store.close()
    },
  }
}

interface Listeners {
  tell: Telling
  link: Link
  follow: ReturnType<typeof followSession>
  purchases: Purchases
}

/** Who hears of what; the functions undo it. */
function listen(ports: Ports, { outbox, device, session, accounts, searches }: Services, { tell, link, follow, purchases }: Listeners) {
  const resume = () => void purchases.resume()
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
    tell.onWelcome(resume),
    tell.onPurchases(purchases.heard),
  ]
}

interface PurchaseWiring {
  ports: Ports
  timings: Timings
  store: Store
  services: Services
  tell: Telling
}

const createPurchases = ({ ports, timings, store, services: { session, clock, accounts }, tell }: PurchaseWiring): Purchases =>
  new Purchases({
    ports,
    timings,
    session,
    clock,
    relay: createRelayNumbers(session),
    table: store.purchases,
    current: accounts.current,
    onChange: tell.purchases,
    async onBought(number) {
      await store.replica.upsertRemote([number], clock.now().toISOString())
      tell.numbers([number.phoneNumber])
    },
  })

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
