import { setTimeout as wait } from 'node:timers/promises'
import rateLimit from '@fastify/rate-limit'
import websocket from '@fastify/websocket'
import Fastify, { LogController, type FastifyBaseLogger } from 'fastify'
import type { Config } from './config.ts'
import { createCore, type Core, type RelayPorts } from './core.ts'
import { createCheckpointer, type Checkpointer } from './database/checkpointer.ts'
import { dropOld } from './database/housekeeping.ts'
import { writeProbe } from './database/meta.ts'
import { createCommands, type Commands } from './events/commands.ts'
import { createHub, type Hub } from './events/hub.ts'
import type { LinkDeps } from './events/link.ts'
import { createDepartures } from './numbers/departures.ts'
import { createPurchases } from './numbers/purchases.ts'
import { createUsage } from './numbers/usage.ts'
import { addFailures } from './plugins/failures.ts'
import type { Relay } from './plugins/relay.ts'
import { addSession, sessionOf } from './plugins/session.ts'
import { createTokens, type Tokens } from './plugins/tokens.ts'
import { addBackfillRoutes } from './routes/backfill.ts'
import { addCallRoutes } from './routes/calls.ts'
import { addAuthRoutes, voiceEdgeOf } from './routes/auth.ts'
import { addCommandRoutes } from './routes/commands.ts'
import { addDirectoryRoutes } from './routes/directory.ts'
import { addEventRoutes } from './routes/events.ts'
import { addTwilioRoutes } from './routes/twilio.ts'
import { addGreetingRoutes } from './routes/greetings.ts'
import { addRecordingRoutes } from './routes/recordings.ts'
import { addGuardRoutes } from './routes/number-guard.ts'
import { addPurchaseRoutes } from './routes/number-purchases.ts'
import { addUsageRoutes } from './routes/number-usage.ts'
import { createGreetings } from './voicemail/greetings.ts'
import { createTelephony, type Telephony } from './telephony.ts'
import { addNumberRoutes } from './routes/numbers.ts'
import { addHealthRoutes } from './routes/health.ts'
import { addSyncRoutes, directorySources, type SnapshotSource } from './routes/sync.ts'

const BODY_LIMIT = 65_536
/** A question to Twilio that is under way when the relay ends may take so long. */
const BACKGROUND_GRACE_MS = 500

/** Fastify with the relay's limits: nothing coerced, nothing dropped, one line per refusal, no CORS. */
async function createServer(config: Config, log: RelayPorts['log']): Promise<Relay> {
  // Fastify's defaults drop unknown fields and turn "1" into 1: a schema would then describe less than it accepts.
  const ajv = { customOptions: { removeAdditional: false, coerceTypes: false } } as const
  const loggerInstance: FastifyBaseLogger = log // its type is what plugins' types fit
  const app: Relay = Fastify({
    ajv,
    bodyLimit: BODY_LIMIT,
    trustProxy: (_address: string, hop: number) => hop < config.trustedProxies,
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
  })
  await app.register(rateLimit, { timeWindow: 60_000, max: config.limits.perMinute })
  await app.register(websocket, { options: { maxPayload: BODY_LIMIT, perMessageDeflate: false }, preClose: (done) => done() })
  addFailures(app, app.rateLimit())
  return app
}

export interface RunningRelay {
  app: Relay
  core: Core
  hub: Hub
  telephony: Telephony
  /** Begins what runs by itself: listing numbers, comparing calls with Twilio. */
  start(): void
  close(): Promise<void>
}

/** The relay without its socket: `inject()` in tests, `listen()` in server.ts. */
export async function createRelay(config: Config, ports: RelayPorts): Promise<RunningRelay> {
  const { clock, log } = ports
  const core = createCore(config, ports)
  const { db, writer, events, directory, workspace, numberSync } = core
  const tokens = createTokens({ secret: config.secret, ttlMs: config.session.ttlMs, workspaceId: workspace.workspaceId, clock })
  const authenticate = async (token: string) => sessionOf(directory, await tokens.verify(token))
  const refused: LinkDeps['refused'] = (why, { deviceId }) => log.warn({ why, deviceId }, 'a frame was refused')
  const hub = createHub({ log: events, clock, authenticate, refused }, config.socket)
  const commands = createCommands(db, writer, clock)
  const telephony = createTelephony(config, ports, core, hub.presence, commands)
  const app = await createServer(config, log)
  addSession(app, { tokens, directory })
  addRoutes(app, { config, ports, core, hub, tokens, commands, telephony })
  closeWith(app, { core, hub, telephony })
  const housekeeper = createHousekeeper(core, clock, config.retentionMs)
  app.addHook('preClose', housekeeper.stop)
  let checkpointer: Checkpointer | undefined
  app.addHook('preClose', async () => checkpointer?.close())
  const start = () => {
    checkpointer = createCheckpointer(config.database, core.writer, log)
    numberSync.start()
    telephony.reconciler.start()
    telephony.sweeper.start()
    telephony.catchUp.start()
    telephony.backfill.resume()
    housekeeper.start()
  }
  return { app, core, hub, telephony, start, close: () => app.close() }
}

/** Drops what is old, hourly; what cannot be dropped now is dropped next time. */
function createHousekeeper({ db, writer }: Core, clock: RelayPorts['clock'], retentionMs: number) {
  let timer: NodeJS.Timeout | undefined
  const run = () => void writer.submit(() => dropOld(db, clock.now(), retentionMs)).catch(() => undefined)
  return {
    start: () => void (timer = setInterval(run, 3_600_000)),
    stop: (done: () => void) => {
      clearInterval(timer)
      done()
    },
  }
}

/** Sockets first, then HTTP (Fastify's own), then what works in the background, the database last. */
function closeWith(app: Relay, { core, hub, telephony }: Pick<Parts, 'core' | 'hub' | 'telephony'>): void {
  app.addHook('preClose', (done) => {
    hub.close()
    done()
  })
  app.addHook('onClose', async () => {
    telephony.catchUp.stop()
    const ended = Promise.all([telephony.reconciler.close(), telephony.sweeper.close(), telephony.backfill.close()])
    await Promise.race([ended, wait(BACKGROUND_GRACE_MS, undefined, { ref: false })])
    await core.close()
  })
}

interface Parts {
  config: Config
  ports: RelayPorts
  core: Core
  hub: Hub
  tokens: Tokens
  commands: Commands
  telephony: Telephony
}

function addRoutes(app: Relay, { config, ports, core, hub, tokens, commands, telephony }: Parts): void {
  const { clock } = ports
  const { db, writer, events, directory, sessions, workspace } = core
  const voice = voiceEdgeOf(config.twilio.apiBase)
  const { calls, intake } = telephony.deps
  const reports = {
    numbersListedAt: () => core.numberSync.listedAt(),
    callsComparedAt: () => telephony.comparedAt(),
    sockets: () => hub.size(),
    webhooks: () => intake.counters,
  }
  addHealthRoutes(app, { writer, clock, probe: () => writeProbe(db, clock.now()), reports })
  addAuthRoutes(app, { writer, directory, tokens, sessions, workspace, voice, enrollPerMinute: config.limits.enrollPerMinute })
  addEventRoutes(app, { hub })
  addCommandRoutes(app, { commands })
  addDirectoryRoutes(app, { directory, audit: core.audit, writer })
  const departures = createDepartures({ twilio: ports.twilio, directory })
  addNumberRoutes(app, { writer, audit: core.audit, changeNumber: core.changeNumber, departures, commands })
  const purchases = createPurchases({ db, directory, events, audit: core.audit, clock, leaseSeconds: config.leaseSeconds })
  addPurchaseRoutes(app, { purchases, writer })
  addGuardRoutes(app, core)
  addUsageRoutes(app, createUsage(db, clock))
  const callSource: SnapshotSource = (viewer, after, limit) => calls.snapshotPage(viewer, after, limit)
  const recordSource: SnapshotSource = (viewer, after, limit) => core.records.snapshotPage(viewer, after, limit)
  addSyncRoutes(app, { log: events, sources: { ...directorySources(directory), calls: callSource, records: recordSource } })
  addTwilioRoutes(app, telephony.deps)
  addGreetingRoutes(app, { greetings: createGreetings({ ...core, clock }), writer, mediaPerMinute: config.limits.webhooksPerMinute })
  addCallRoutes(app, telephony.deps)
  addBackfillRoutes(app, telephony)
  addRecordingRoutes(app, { trash: telephony.trash, writer })
}
