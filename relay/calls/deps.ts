import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'
import { createFallbacks, type Fallbacks } from '../numbers/fallbacks.ts'
import type { Clock, Directory, EventLog, Presence, Writer } from '../ports.ts'
import { createUrls, type Urls } from '../twiml/urls.ts'
import { createRecords, type Records } from '../records/records.ts'
import { twilioTranscription, type TranscriptionProvider } from '../voicemail/transcription.ts'
import { createTranscripts, type Transcripts } from '../voicemail/transcripts.ts'
import { createVoicemail, type Voicemail } from '../voicemail/voicemail.ts'
import { createIntake, type Intake } from '../webhooks/intake.ts'
import { createCallEvents, type CallEvents } from './events.ts'
import type { Joined } from './join.ts'
import { createSeenWebhooks, type SeenWebhooks } from './seen.ts'
import type { Sql } from './sql.ts'
import { createCallStore, type Calls } from './store.ts'
import type { VoiceConfig } from './voice-config.ts'

/** Where lines go: pino has it. */
export interface CallLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

export interface CallPorts {
  db: Sql
  config: VoiceConfig
  clock: Clock
  eventLog: EventLog
  writer: Writer
  directory: Directory
  presence: Presence
  log: CallLog
  /** Something could not be stored in time; the reconciler should look soon. */
  onRefusal?: () => void
  /** What follows when facts were joined, inside the transaction. */
  onJoined?: (joined: Joined) => void
  newId?: () => string
}

/** Everything about calls that routes, commands and the reconciler share. */
export interface CallDeps {
  config: VoiceConfig
  clock: Clock
  writer: Writer
  directory: Directory
  presence: Presence
  log: CallLog
  calls: Calls
  seen: SeenWebhooks
  events: CallEvents
  intake: Intake
  fallbacks: Fallbacks
  urls: Urls
  records: Records
  voicemail: Voicemail
  transcription: TranscriptionProvider
  transcripts: Transcripts
  newId: () => string
}

/** UUIDs by time (v7). Randomness is taken for many at once: asking for it costs more than the rest of an id. */
function createIds(): () => string {
  const pool = new Uint8Array(16 * 256)
  let used = pool.length
  return () => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    return v7({ random: pool.subarray(used, (used += 16)) })
  }
}

/** How callers leave messages, and what becomes of their words. */
function createVoicemailDeps(records: Records, { config, clock }: Pick<CallPorts, 'config' | 'clock'>, urls: Urls) {
  const transcription = twilioTranscription
  const greetingOf = (phoneNumber: string) => records.get('greeting', phoneNumber)?.value ?? null
  const asked = config.isTranscribed ? transcription : undefined
  const voicemail = createVoicemail({ greetingOf, transcription: asked, maxSeconds: config.voicemailMaxSeconds, urls })
  return { transcription, transcripts: createTranscripts({ records, clock }), voicemail }
}

/** Wires the stores of calls to the relay's log and writer. */
export function createCallDeps(ports: CallPorts): CallDeps {
  const { db, config, clock, eventLog, writer, directory, presence, log } = ports
  const calls = createCallStore(db, clock)
  const seen = createSeenWebhooks(db)
  const events = createCallEvents(calls, eventLog, ports.onJoined)
  const effects = {
    facts: (...args: Parameters<CallEvents['record']>) => void events.record(...args),
    event: (...args: Parameters<EventLog['append']>) => void eventLog.append(...args),
  }
  const intake = createIntake({
    writer,
    seen,
    effects,
    log,
    budgetMs: config.answerBudgetMs,
    onRefusal: ports.onRefusal ?? (() => undefined),
  })
  const newId = ports.newId ?? createIds()
  const stores = { calls, seen, events, fallbacks: createFallbacks(db) }
  const urls = createUrls(config.serverUrl)
  const records = createRecords({ db, events: eventLog })
  const messages = createVoicemailDeps(records, ports, urls)
  return { config, clock, writer, directory, presence, log, ...stores, records, ...messages, intake, urls, newId }
}
