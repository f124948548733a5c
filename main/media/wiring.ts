import path from 'node:path'
import type { Handlers } from '../bridge/bridge.ts'
import { defaultMediaLimits, type AppConfig, type Timings } from '../config.ts'
import { Exports, type ExportSource } from '../exports/exports.ts'
import { createRelayStream, type RelayStream } from '../link/relay-stream.ts'
import type { Ports } from '../ports.ts'
import type { Services } from '../services.ts'
import type { Store } from '../store/store.ts'
import type { Telling } from '../telling.ts'
import { MediaCache } from './cache.ts'
import { Downloads } from './downloads.ts'
import { createGreetings } from './greetings.ts'
import { Keeper } from './keeper.ts'
import { Media } from './media.ts'
import { createTickets } from './tickets.ts'

export interface MediaWiring {
  ports: Ports
  config: AppConfig
  timings: Timings
  store: Store
  services: Pick<Services, 'session' | 'preferences'>
  tell: Pick<Telling, 'teller'>
  /** What the page asks, asked by main itself: an export holds what the lists show. */
  ask: () => Pick<Handlers, 'calls.page' | 'calls.search' | 'calls.count' | 'recordings.get' | 'greetings.list'>
}

/** Rows of one page of an export: as many as the bridge gives. */
const PAGE = 200
const MOST_CALLS = 1_000_000

function exportSource({ ask, store, services }: MediaWiring): ExportSource {
  return {
    count: async ({ filter, text }) =>
      (await ask()['calls.count']({ filter, most: MOST_CALLS, ...(text === undefined ? {} : { text }) })).count,
    async page({ filter, text }, after) {
      const at = after === null ? {} : { after }
      if (text === undefined || text.trim() === '') return ask()['calls.page']({ limit: PAGE, filter, ...at })
      const { hits, next } = await ask()['calls.search']({ text, limit: PAGE, filter, ...at })
      return { calls: hits.map(({ call }) => call), next }
    },
    notes: (callIds) => store.reader.exportNotes(callIds),
    names: async () => ({ ...(await store.reader.exportNames()), country: (await services.preferences.get()).country }),
  }
}

/** What keeps and plays recordings, and what it is made of. */
function createPlayer(wiring: MediaWiring, relay: RelayStream) {
  const { ports, config, timings, store, services, tell } = wiring
  const { clock, log } = ports
  const limits = { ...defaultMediaLimits, ...config.media }
  const cache = new MediaCache({
    folder: path.join(config.profile, 'media'),
    store,
    secrets: ports.secrets,
    clock,
    log,
    limits,
    onChange(sid, isCached) {
      tell.teller('recordings.cached')({ sid, isCached })
      keeper.changed() // what waited until nothing was fetched
    },
  })
  const downloads = new Downloads({ cache, relay, clock, log, maxBytes: limits.maxBytes, idleMs: timings.mediaIdle })
  const isSignedIn = () => services.session.record() !== undefined
  const keeper = new Keeper({
    ...limits,
    cache,
    downloads,
    reader: store.reader,
    isSignedIn,
    clock,
    log,
    afterMs: timings.mediaCare,
    againMs: timings.mediaAgain,
  })
  return { cache, downloads, keeper }
}

/** Recordings kept and played on this computer, exports, and greetings. */
export function createMediaService(wiring: MediaWiring) {
  const { ports, config, timings, store, services, tell, ask } = wiring
  const { clock, log } = ports
  const tickets = createTickets(clock)
  const relay = createRelayStream(ports.fetch, services.session, timings.mediaIdle)
  const { cache, downloads, keeper } = createPlayer(wiring, relay)
  const folder = path.join(config.profile, 'exports')
  const exports = new Exports({ folder, source: exportSource(wiring), tickets, clock, log, tell: tell.teller('calls.exported') })
  const item = async (sid: string) => ask()['recordings.get']({ sid })
  const media = new Media({ cache, downloads, tickets, relay, reader: store.reader, item, takeExport: exports.take, clock, log })
  const greetings = createGreetings({ relay, tickets, list: async () => ask()['greetings.list']({}), timeoutMs: timings.mediaIdle })
  const tidy = Promise.all([cache.tidy(), exports.tidy()]).catch((error: unknown) =>
    log.error({ error: String(error) }, 'media not tidied'),
  )
  return {
    respond: media.respond,
    changed: keeper.changed,
    handlers: handlersOf(media, exports, greetings),
    /** The store is another, older one: what is kept here counts in it, too. */
    async replaced(): Promise<void> {
      await Promise.all([tidy, downloads.stop()])
      await cache.tidy()
    },
    /** A snapshot was taken. */
    settle: (): void =>
      void cache.settle().catch((error: unknown) => log.error({ error: String(error) }, 'media not looked at after a snapshot')),
    /** Ends and removes exports: this person may see less than they hold. */
    forgetExports: (): Promise<void> => exports.stop(),
    /** Before the store is wiped, since another person begins here. */
    async forget(): Promise<void> {
      tickets.clear()
      await Promise.all([tidy, downloads.stop(), exports.stop()])
    },
    /** After it. */
    wipe: (): Promise<void> => cache.wipe(),
    async close(): Promise<void> {
      tickets.clear()
      await Promise.all([tidy, keeper.close(), exports.stop()])
    },
  }
}
export type MediaService = ReturnType<typeof createMediaService>

const handlersOf = (media: Media, exports: Exports, greetings: ReturnType<typeof createGreetings>) =>
  ({
    'recordings.open': ({ sid }) => media.open(sid),
    'recordings.download': ({ sid }) => media.download(sid),
    'calls.export': (args) => exports.start(args),
    'calls.cancelExport': ({ exportId }) => exports.cancel(exportId),
    'greetings.set': (args) => greetings.set(args),
    'greetings.open': (args) => greetings.open(args),
  }) satisfies Partial<Handlers>
