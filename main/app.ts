import type { AppStatus, BridgeEvent, BridgeEventPayload, SessionView } from '../contract/desktop.ts'
import type { AccountView } from '../contract/number-desktop.ts'
import { createEmitter } from '../base/emitter.ts'
import { sessionView } from './account/session-view.ts'
import { createBridge, type BridgeServer } from './bridge/bridge.ts'
import { defaultTimings, type AppConfig, type Timings } from './config.ts'
import { createHandlers } from './handlers.ts'
import { followSession } from './link/follow-session.ts'
import { createLink, type Link, type LinkOptions } from './link/link.ts'
import type { Ports } from './ports.ts'
import { createServices, type Services } from './services.ts'
import { openStore, type Store } from './store/store.ts'

/** An event on its way to the page. */
export type AppEvent = { [E in BridgeEvent]: { event: E; payload: BridgeEventPayload<E> } }[BridgeEvent]

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
  const follow = followSession({ ...services, store, link, log: ports.log, onWiped: () => tell.numbers(null) })
  const offs = [
    outbox.onChange(tell.status),
    device.onChange(link.tellPresence),
    device.onChange(tell.status),
    ports.onWake(link.wake),
    session.onChange(tell.session),
    session.onChange(follow.next),
    session.onChange(services.accounts.follow),
    services.accounts.onChange(tell.account),
  ]
  follow.next()
  services.accounts.follow()
  const handlers = createHandlers({ ...services, config, store, status: tell.getStatus, view: tell.view, onCalls: tell.calls })
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
      await services.accounts.close()
      await link.stop()
      await outbox.close()
      await store.close()
    },
  }
}

/** What the page is told, and when. */
function createTelling(ports: Ports, config: AppConfig, { session, outbox, device, voiceToken }: Services, link: () => Link) {
  const onError = (error: unknown) => ports.log.error({ error: String(error) }, 'a listener failed')
  const events = createEmitter<AppEvent>(onError)
  const welcome = createEmitter<void>(onError)
  const view = () => sessionView(session, config.sandbox !== undefined)
  const getStatus = (): AppStatus => ({
    ...device.get(),
    relay: link().state(),
    relaySeenAt: link().seenAt(),
    outbox: outbox.count(),
    version: config.version,
  })
  const status = () => events.emit({ event: 'status.changed', payload: getStatus() })
  const calls = (callIds: string[]) => {
    if (callIds.length > 0) events.emit({ event: 'calls.changed', payload: { callIds } })
  }
  /** Which numbers this user may use travels in the voice token's reply. */
  const numbers = (phoneNumbers: string[] | null) => {
    voiceToken.forget()
    events.emit({ event: 'numbers.changed', payload: { phoneNumbers } })
  }
  const ofLink: Pick<LinkOptions, 'onCalls' | 'onStatus' | 'onSnapshot' | 'onWelcome' | 'onChanges' | 'onOffer'> = {
    onCalls: calls,
    onStatus: status,
    onSnapshot: () => numbers(null),
    onWelcome: () => welcome.emit(),
    onChanges({ callIds, phoneNumbers }) {
      calls(callIds)
      if (phoneNumbers.length > 0) numbers(phoneNumbers)
    },
    onOffer({ deviceIds, ...offer }, at) {
      const isForThisDevice = deviceIds.includes(session.record()?.device.deviceId ?? '')
      events.emit({ event: 'call.offered', payload: { ...offer, at, isForThisDevice } })
    },
  }
  const account = (payload: AccountView) => events.emit({ event: 'account.changed', payload })
  const tellSession = () => events.emit({ event: 'session.changed', payload: view() })
  return { on: events.on, onWelcome: welcome.on, view, getStatus, status, calls, numbers, account, session: tellSession, ofLink }
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
