import { randomBytes } from 'node:crypto'
import type { Twilio } from 'twilio'
import type { Session } from '../contract/relay.ts'
import type { Config } from './config.ts'
import { createAdmin } from './cli/admin.ts'
import { metaValue } from './database/meta.ts'
import { openDatabase, type Database } from './database/open.ts'
import { createWriter, type GroupWriter } from './database/writer.ts'
import { createDirectory, type DirectoryReads, type DirectoryWrites } from './directory/directory.ts'
import { createBriefs } from './directory/listing-rows.ts'
import { createNumberSync, type NumberSync } from './directory/number-sync.ts'
import { createSessions, type Sessions } from './directory/sessions.ts'
import { createEventLog } from './events/log.ts'
import { createAudit, type Audit } from './numbers/audit.ts'
import { createGuard, type Guard } from './numbers/guard.ts'
import { createNumberChanges, type ApplyNumberChange } from './numbers/changes.ts'
import type { Log } from './plugins/log.ts'
import { createMissed, type Missed } from './records/missed.ts'
import { createRecords, type Records } from './records/records.ts'
import type { Clock, EventLog } from './ports.ts'
import type { TwilioNumbers } from './twilio/numbers.ts'
import { createUrls, type Urls } from './twiml/urls.ts'

/** What the relay asks of the outside; tests hand in others. */
export interface RelayPorts {
  clock: Clock
  log: Log
  twilio: TwilioNumbers
  /** For what the calls ask of Twilio. */
  client: Twilio
}

export interface Core {
  db: Database
  writer: GroupWriter
  events: EventLog
  directory: DirectoryReads & DirectoryWrites
  /** Who did what; every change by a manager leaves a line. */
  audit: Audit
  readonly changeNumber: ApplyNumberChange
  sessions: Sessions
  /** The numbers' settings at Twilio. */
  guard: Guard
  numberSync: NumberSync
  urls: Urls
  /** What people add to calls and numbers. */
  records: Records
  /** The inbox of missed calls. */
  missed: Missed
  /** Carries out an operator's request. @throws FailureError */
  readonly admin: (request: unknown) => Promise<unknown>
  workspace: Session['workspace']
  close(): Promise<void>
}

/** The relay without HTTP: its database and what lives on it. The CLI uses it alone when no relay runs (RULES R21). */
export function createCore(config: Config, { clock, log, twilio }: RelayPorts): Core {
  const db = openDatabase(config.database, config.busyMs)
  const writer = createWriter(db)
  const events = createEventLog(db, writer, clock)
  const directory = createDirectory(db, events, clock)
  const audit = createAudit({ db, directory, clock })
  const changeNumber = createNumberChanges({ directory, audit, clock })
  const sessions = createSessions({ db, directory, log: events, clock }, { ...config.session, secret: config.secret })
  const guard = createGuard({ db, audit, clock })
  const listing = { twilio, directory, briefs: createBriefs(db), guard, audit, writer, clock, log }
  const numberSync = createNumberSync({ ...listing, everyMs: config.numbersEveryMs })
  const urls = createUrls(config.serverUrl)
  const records = createRecords({ db, events })
  const missed = createMissed(db, records)
  const admin = createAdmin({ db, directory, audit, changeNumber, sessions, writer, twilio, numberSync, guard, urls })
  const workspaceId = metaValue(db, 'workspace_id', () => randomBytes(8).toString('hex'))
  return {
    db,
    writer,
    events,
    directory,
    audit,
    changeNumber,
    sessions,
    guard,
    numberSync,
    urls,
    records,
    missed,
    admin,
    workspace: { workspaceId, name: config.workspace, isSandbox: config.twilio.apiBase !== null },
    async close(): Promise<void> {
      numberSync.stop()
      await writer.close()
      db.close()
    },
  }
}
