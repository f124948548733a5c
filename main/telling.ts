import type { AppStatus, BridgeEvent, BridgeEventPayload } from '../contract/desktop.ts'
import type { BackfillState } from '../contract/history.ts'
import type { Purchase } from '../contract/number.ts'
import { recordKinds } from '../contract/record.ts'
import { createEmitter } from '../base/emitter.ts'
import { sessionView } from './account/session-view.ts'
import type { AppConfig } from './config.ts'
import type { Link, LinkOptions } from './link/link.ts'
import type { Ports } from './ports.ts'
import type { Services } from './services.ts'

/** An event on its way to the page. */
export type AppEvent = { [E in BridgeEvent]: { event: E; payload: BridgeEventPayload<E> } }[BridgeEvent]

const statusOf = ({ version }: AppConfig, { device, outbox }: Services, link: Link): AppStatus => ({
  ...device.get(),
  relay: link.state(),
  relaySeenAt: link.seenAt(),
  outbox: outbox.count(),
  version,
})

/** What the page is told, and when; and what the link says, to who listens in main. */
export function createTelling(ports: Ports, config: AppConfig, services: Services, link: () => Link) {
  const { session } = services
  const onError = (error: unknown) => ports.log.error({ error: String(error) }, 'a listener failed')
  const events = createEmitter<AppEvent>(onError)
  const welcome = createEmitter<void>(onError)
  const heard = createEmitter<Purchase[]>(onError)
  const snapshot = createEmitter<void>(onError)
  /** Tells the page of one kind of event. */
  const teller =
    <E extends BridgeEvent>(event: E) =>
    (payload: BridgeEventPayload<E>) =>
      events.emit({ event, payload } as AppEvent)
  const view = () => sessionView(session, config.sandbox !== undefined)
  const getStatus = () => statusOf(config, services, link())
  const status = () => teller('status.changed')(getStatus())
  const tell = { view, getStatus, status, ...listTelling(teller, services), account: teller('account.changed') }
  const ofLink = linkTelling(
    tell,
    { offer: teller('call.offered'), welcome: () => welcome.emit(), heard: heard.emit, snapshot: () => snapshot.emit() },
    services,
  )
  return {
    ...tell,
    teller,
    ofLink,
    on: events.on,
    /** The store is another: whatever a page shows may differ. */
    everything() {
      tell.numbers(null)
      teller('calls.changed')({ callIds: [] })
      teller('records.changed')({ callIds: [], kinds: recordKinds })
      teller('session.changed')(view())
    },
    onWelcome: welcome.on,
    /** A snapshot was taken: what the log told until then was not heard one by one. */
    onSnapshot: snapshot.on,
    /** What the relay's log says of purchases. */
    onPurchases: heard.on,
    session: () => teller('session.changed')(view()),
  }
}
type Teller = <E extends BridgeEvent>(event: E) => (payload: BridgeEventPayload<E>) => void

/** What lists show is different. */
const listTelling = (teller: Teller, { voiceToken }: Pick<Services, 'voiceToken'>) => ({
  calls: (callIds: string[]) => {
    if (callIds.length > 0) teller('calls.changed')({ callIds })
  },
  records: teller('records.changed'),
  /** Which numbers this user may use travels in the voice token's reply. */
  numbers: (phoneNumbers: string[] | null) => {
    voiceToken.forget()
    teller('numbers.changed')({ phoneNumbers })
  },
  purchases: (list: Purchase[]) => teller('purchases.changed')({ purchases: list }),
  backfill: teller('history.backfillChanged'),
})
export type Telling = ReturnType<typeof createTelling>

type LinkEvents = Pick<LinkOptions, 'onCalls' | 'onStatus' | 'onSnapshot' | 'onWelcome' | 'onChanges' | 'onOffer'>
interface Told {
  calls: (callIds: string[]) => void
  records: (payload: BridgeEventPayload<'records.changed'>) => void
  status: () => void
  numbers: (phoneNumbers: string[] | null) => void
  backfill: (state: BackfillState) => void
}
interface Heard {
  offer: (payload: BridgeEventPayload<'call.offered'>) => void
  welcome: () => void
  heard: (purchases: Purchase[]) => void
  snapshot: () => void
}

const linkTelling = (
  { calls, records, status, numbers, backfill }: Told,
  { offer, welcome, heard, snapshot }: Heard,
  { session }: Pick<Services, 'session'>,
): LinkEvents => ({
  onCalls: calls,
  onStatus: status,
  onSnapshot() {
    numbers(null)
    records({ callIds: [], kinds: recordKinds })
    snapshot()
  },
  onWelcome: welcome,
  onChanges({ callIds, phoneNumbers, purchases, recordKinds: kinds, backfill: state }) {
    calls(callIds)
    if (kinds.length > 0) records({ callIds, kinds })
    if (purchases.length > 0) heard(purchases)
    if (phoneNumbers.length > 0) numbers(phoneNumbers)
    if (state) backfill(state)
  },
  onOffer({ deviceIds, ...payload }, at) {
    const isForThisDevice = deviceIds.includes(session.record()?.device.deviceId ?? '')
    offer({ ...payload, at, isForThisDevice })
  },
})
