import { setImmediate as turn } from 'node:timers/promises'
import { backoffMs } from '../../base/backoff.ts'
import { singleFlight } from '../../base/single-flight.ts'
import type { CallLog } from '../calls/deps.ts'
import type { Sql } from '../calls/sql.ts'
import { RELAY, type Audit } from '../numbers/audit.ts'
import type { Clock, Writer } from '../ports.ts'
import type { Records } from '../records/records.ts'
import { createDueRows, createRetentionRows, type DueRows, type OldPage, type Place, type RetentionRows } from './rows.ts'
import type { Trash } from './trash.ts'

/** Recordings at Twilio. */
export interface TwilioRecordings {
  /** Deletes one; that it was not there (404) is as good. Rejects with the client's error. */
  remove(sid: string): Promise<void>
}

export interface SweeperDeps {
  db: Sql
  writer: Writer
  clock: Clock
  log: CallLog
  records: Pick<Records, 'get'>
  trash: Pick<Trash, 'putOld' | 'deleted'>
  audit: Pick<Audit, 'appendAudit'>
  twilio: TwilioRecordings
  /** Between runs. */
  everyMs: number
  /** First wait after Twilio was in trouble; doubles. */
  retryMs?: number
}

export interface SweepSummary {
  trashed: number
  deleted: number
  /** Left for the next run. */
  failed: number
}

const DAY_MS = 24 * 3_600_000
/** Calls looked through, and recordings deleted, before others have their turn. */
const CALLS_AT_ONCE = 200
const DUE_AT_ONCE = 100

/**
 * Carries out what people decided about recordings: puts into the trash what a number's retention names, and deletes at Twilio what has been
 * in the trash for long enough and is not held (RULES R32). One run at a time; a run that ended in the middle goes on where it was.
 */
export function createSweeper(deps: SweeperDeps) {
  const { log, everyMs, retryMs = 5000 } = deps
  let timer: NodeJS.Timeout | undefined
  let troubles = 0
  let isClosed = false
  let last: Promise<SweepSummary> | undefined
  const rows: Rows = { due: createDueRows(deps.db), retention: createRetentionRows(deps.db) }
  const progress: Sweep['progress'] = new Map()
  const run = singleFlight(() => (last = sweep({ ...deps, rows, progress, isClosed: () => isClosed })))

  function schedule(ms: number): void {
    if (!isClosed) timer = setTimeout(() => void again(), ms).unref()
  }
  async function again(): Promise<void> {
    try {
      const { failed } = await run()
      troubles = failed > 0 ? troubles + 1 : 0
    } catch (error) {
      log.warn({ err: error }, 'recordings could not be swept')
      troubles += 1
    }
    schedule(troubles === 0 ? everyMs : Math.min(everyMs, retryMs + backoffMs(troubles - 1, Math.random(), retryMs, everyMs)))
  }
  return {
    /** Runs now, or joins the run under way. */
    run,
    /** Runs at once, then for ever. */
    start: () => void again(),
    async close(): Promise<void> {
      isClosed = true
      clearTimeout(timer)
      await last?.catch(() => undefined)
    },
  }
}
export type Sweeper = ReturnType<typeof createSweeper>

interface Rows {
  due: DueRows
  retention: RetentionRows
}
/** How far a rule has been carried out, and when it began at the beginning. */
interface Progress {
  days: number
  fromStartAt: number
  last: Place | undefined
}
interface Sweep extends SweeperDeps {
  rows: Rows
  /** By number. Only what has grown old since is looked through, and everything once a day: for what came late, or is no longer held. */
  progress: Map<string, Progress>
  isClosed: () => boolean
}

async function sweep(deps: Sweep): Promise<SweepSummary> {
  const trashed = await applyRetention(deps)
  const { deleted, failed } = await deleteDue(deps)
  if (trashed + deleted + failed > 0) deps.log.info({ trashed, deleted, failed }, 'recordings were swept')
  return { trashed, deleted, failed }
}

async function applyRetention(deps: Sweep): Promise<number> {
  let total = 0
  for (const { phoneNumber, days } of deps.rows.retention.rules()) total += await applyRule(deps, phoneNumber, days)
  return total
}

/** What a number's calls left longer ago than its days. Returns how many recordings went to the trash. */
async function applyRule(deps: Sweep, phoneNumber: string, days: number): Promise<number> {
  const { rows, writer, clock, progress, isClosed } = deps
  const now = clock.now().getTime()
  const before = new Date(now - days * DAY_MS).toISOString()
  const known = progress.get(phoneNumber)
  const goesOn = known?.days === days && now - known.fromStartAt < DAY_MS
  let at: Progress = goesOn ? known : { days, fromStartAt: now, last: undefined }
  let total = 0
  while (!isClosed()) {
    const page = rows.retention.old(phoneNumber, before, at.last, CALLS_AT_ONCE)
    if (page.last === undefined) break
    if (page.recordings.length > 0) total += await writer.submit(() => putOld(deps, phoneNumber, days, page))
    at = { ...at, last: page.last }
    progress.set(phoneNumber, at)
    await turn()
  }
  return total
}

function putOld({ records, trash, audit }: Sweep, phoneNumber: string, days: number, page: OldPage): number {
  // The rule may have been taken back since the page was read.
  if (records.get('retention', phoneNumber)?.value?.days !== days) return 0
  const count = page.recordings.filter(({ sid, callId }) => trash.putOld(sid, callId)).length
  if (count > 0) audit.appendAudit({ action: 'number.retention.applied', subject: phoneNumber, before: {}, after: { days, count } }, RELAY)
  return count
}

async function deleteDue(deps: Sweep): Promise<{ deleted: number; failed: number }> {
  const { rows, clock, isClosed } = deps
  const tried = new Set<string>()
  let deleted = 0
  for (;;) {
    const due = rows.due.due(clock.now().toISOString(), DUE_AT_ONCE + tried.size).filter((sid) => !tried.has(sid))
    if (due.length === 0) return { deleted, failed: tried.size - deleted }
    for (const sid of due) {
      if (isClosed()) return { deleted, failed: tried.size - deleted }
      tried.add(sid)
      const end = await deleteOne(deps, sid)
      if (end === 'deleted') deleted += 1
      if (end === 'trouble') return { deleted, failed: tried.size - deleted }
    }
  }
}

/** Twilio, or our access to it, is in trouble as a whole; without a status nobody answered. */
const isTrouble = (status: unknown) => typeof status !== 'number' || status === 401 || status === 403 || status === 429 || status >= 500

async function deleteOne(
  { rows: { due }, writer, clock, log, trash, twilio }: Sweep,
  sid: string,
): Promise<'deleted' | 'refused' | 'trouble'> {
  const isDue = await writer.submit(() => {
    const now = clock.now().toISOString()
    // Somebody may have taken it out, or laid a hold upon it, since the list was read.
    if (!due.isDue(sid, now)) return false
    due.ask(sid, now)
    return true
  })
  if (!isDue) return 'refused'
  try {
    await twilio.remove(sid)
  } catch (error) {
    const { status } = error as { status?: unknown }
    log.warn({ err: error, sid }, 'a recording could not be deleted')
    // Twilio has answered: it is still there. Without an answer it may be gone: then it is asked again, and nobody saves it.
    if (typeof status === 'number') await writer.submit(() => due.settle(sid))
    return isTrouble(status) ? 'trouble' : 'refused'
  }
  await writer.submit(() => trash.deleted(sid))
  return 'deleted'
}
