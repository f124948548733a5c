import { createBackfill, type Backfill } from './backfill/backfill.ts'
import { createOldNews } from './backfill/old-news.ts'
import { createTwilioPages } from './backfill/twilio-pages.ts'
import { createCallCommands } from './calls/commands.ts'
import { createCallDeps, type CallDeps } from './calls/deps.ts'
import { createReconciliation } from './calls/reconciliation.ts'
import { createRinging, legEnderOf } from './calls/ringing.ts'
import { voiceConfigOf } from './calls/voice-config.ts'
import type { Config } from './config.ts'
import type { Core, RelayPorts } from './core.ts'
import type { Commands } from './events/commands.ts'
import { endLegsOf } from './live-legs.ts'
import type { Directory, Presence, StoredEvent } from './ports.ts'
import { createCatchUp, type CatchUp } from './records/catch-up.ts'
import { createRecordPut } from './records/commands.ts'
import { createFollow } from './records/follow.ts'
import { createRecordingCommands } from './recordings/commands.ts'
import { createSweeper, type Sweeper } from './recordings/sweeper.ts'
import { createTrash, type Trash } from './recordings/trash.ts'
import { createTwilioRecordings } from './recordings/twilio-recordings.ts'
import { createReconciler, type Reconciler } from './reconcile/reconciler.ts'
import { createTwilioHistory } from './reconcile/twilio-history.ts'
import { createTwilioClient } from './twilio/client.ts'
import { createMissingTranscripts, createTwilioTranscripts, type FindTranscripts } from './voicemail/missing-transcripts.ts'
import { createTranscriptionsOf, createTranscriptPrices } from './voicemail/transcript-prices.ts'

export interface Telephony {
  deps: CallDeps
  reconciler: Reconciler
  /** Recordings in the trash and under hold, and what deletes them in the end. */
  trash: Trash
  sweeper: Sweeper
  /** Brings calls from before there was an inbox into it. */
  catchUp: CatchUp
  /** What reads older calls when a manager says so. */
  backfill: Backfill
  /** When calls were last compared with Twilio's, null: never. */
  comparedAt(): string | null
}

/** Wires calls to the relay's core: their stores, their commands, and what asks Twilio afterwards. */
export function createTelephony(config: Config, outside: RelayPorts, core: Core, presence: Presence, commands: Commands): Telephony {
  const { clock, log, client } = outside
  const { db, events, writer, directory, numberSync } = core
  const onRefusal = () => reconciler.soon()
  const onJoined = createFollow(core.records, core.missed)
  const ports = { db, config: voiceConfigOf(config), clock, eventLog: events, writer, directory, presence, log, onRefusal, onJoined }
  const deps = createCallDeps(ports)
  const history = createTwilioHistory(client)
  const state = createReconciliation(db)
  const findTranscripts = createTranscriptQuestions(config, outside, core, deps)
  const reconciler = createReconciler({ ...deps, history, state, findTranscripts, everyMs: config.calls.reconcileMs })
  const handlers = createCallCommands({ ...deps, ringing: createRinging(legEnderOf(client), deps.calls, log) })
  commands.register('call.observe', handlers['call.observe'])
  commands.register('call.decline-everywhere', handlers['call.decline-everywhere'])
  commands.register('record.put', createRecordPut({ ...deps, ...core }))
  const { trash, sweeper } = createRecordings(config, outside, core, deps, commands)
  const hangUp = (deviceIds: readonly string[]) =>
    endLegsOf(deviceIds, { client, calls: deps.calls, clock }).then(
      (count) => count > 0 && log.info({ deviceIds, count }, 'legs of devices that were shut out ended'),
      (error: unknown) => log.warn({ err: error, deviceIds }, 'legs of devices that were shut out could not be ended'),
    )
  // A call for a number we do not know: perhaps it was bought a minute ago (RULES R18).
  events.subscribe((appended) => (appended.some(isForUnknownNumber) ? numberSync.refreshSoon() : undefined))
  events.subscribe((appended) => {
    const deviceIds = appended.flatMap((event) => shutOut(event, directory))
    if (deviceIds.length > 0) void hangUp(deviceIds)
  })
  const backfill = createOlderCalls(config, core, deps, () => state.runs()?.firstAt)
  const catchUp = createCatchUp({ ...deps, db, missed: core.missed })
  return { deps, reconciler, trash, sweeper, catchUp, backfill, comparedAt: () => state.runs()?.lastAt ?? null }
}

/** What messages say is asked for when they are transcribed; what it cost also after that was switched off. */
function createTranscriptQuestions({ calls }: Config, { client }: RelayPorts, { db }: Core, deps: CallDeps): FindTranscripts {
  const findWords = createMissingTranscripts({ ...deps, db, source: createTwilioTranscripts(client) })
  const askPrices = createTranscriptPrices({ ...deps, db, transcriptionsOf: createTranscriptionsOf(client) })
  return async (lastRun, now) => {
    const found = calls.transcribe ? await findWords(lastRun, now) : 0
    await askPrices(lastRun, now)
    return found
  }
}

/** Reads older calls with a client of its own: throttled, it waits for longer than anybody else should. */
function createOlderCalls(
  { twilio, calls }: Config,
  { db, events, audit, missed }: Core,
  deps: CallDeps,
  knownSince: () => string | undefined,
): Backfill {
  const paceMs = calls.backfillPaceMs
  const client = createTwilioClient(twilio, { retries: 6, firstMs: 1000, leastMs: paceMs, capMs: 120_000 })
  const oldNews = createOldNews({ ...deps, missed })
  return createBackfill({ ...deps, db, eventLog: events, audit, oldNews, pages: createTwilioPages(client, paceMs), knownSince })
}

/** The trash, its commands, and what empties it. */
function createRecordings({ recordings }: Config, { clock, log, client }: RelayPorts, core: Core, deps: CallDeps, commands: Commands) {
  const { db, writer, audit } = core
  const shared = { db, writer, clock, log, audit, records: deps.records }
  const trash = createTrash({ ...shared, calls: deps.calls, events: deps.events, trashMs: recordings.trashMs })
  const handlers = createRecordingCommands(trash)
  commands.register('recording.trash', handlers['recording.trash'])
  commands.register('recording.hold', handlers['recording.hold'])
  const sweeper = createSweeper({ ...shared, trash, twilio: createTwilioRecordings(client), everyMs: recordings.sweepMs })
  return { trash, sweeper }
}

/** The devices that an event shuts out: a revoked one, or all of a user who was deactivated. */
function shutOut(event: StoredEvent, directory: Directory): string[] {
  if (event.type === 'device.changed' && event.payload.isRevoked) return [event.payload.deviceId]
  const isInactive = event.type === 'user.changed' && !event.payload.isActive
  return isInactive ? directory.devicesOf(event.payload.userId).map((device) => device.deviceId) : []
}

const isForUnknownNumber = (event: StoredEvent): boolean =>
  event.type === 'call.facts' && event.payload.facts.some(({ field, value }) => field === 'emptyReason' && value === 'number-unknown')
