import type { Twilio } from 'twilio'
import type { CallFact } from '../../contract/call.ts'
import { sumDecimals } from '../../contract/money.ts'
import type { CallEvents } from '../calls/events.ts'
import type { CallLog } from '../calls/deps.ts'
import { factsOf } from '../calls/facts-of-webhook.ts'
import type { Sql } from '../calls/sql.ts'
import type { Writer } from '../ports.ts'
import { mapLimited } from '../reconcile/limited.ts'
import { OLDEST_MS, PRICE_AGES_MS } from '../reconcile/plan.ts'

/** What Twilio's `/Recordings/{RE}/Transcriptions` say. They are charged for apart from the recording, and priced later. */
export interface TwilioTranscription {
  status: string
  price: string | null
  priceUnit: string | null
  dateUpdated: Date | null
}
/** Transcriptions of a recording; none for one that is not there (404). */
export type TranscriptionsOf = (recordingSid: string) => Promise<TwilioTranscription[]>

/** The client's type says a number; what comes is a decimal string, or null. */
const priceOf = (price: unknown) => (typeof price === 'string' || typeof price === 'number' ? String(price) : null)

/** Over REST. */
export const createTranscriptionsOf =
  (client: Twilio): TranscriptionsOf =>
  async (recordingSid) => {
    const rows = await client
      .recordings(recordingSid)
      .transcriptions.list({ limit: 20 })
      .catch((error: unknown) => {
        if ((error as { status?: unknown }).status === 404) return []
        throw error
      })
    return rows.map(({ status, price, priceUnit, dateUpdated }) => ({ status, price: priceOf(price), priceUnit, dateUpdated }))
  }

/** What they say together: priced once each that was made is, and in one currency. Those that failed cost nothing. */
export function factsOfTranscriptions(recordingSid: string, rows: readonly TwilioTranscription[]): CallFact[] {
  if (rows.length === 0) return []
  const made = rows.filter(({ status }) => status !== 'failed')
  const isUnderWay = made.some(({ status }) => status !== 'completed')
  const prices = made.flatMap(({ price }) => (price !== null && /^-?\d{1,12}(\.\d{1,12})?$/.test(price) ? [price] : []))
  const units = new Set(made.map(({ priceUnit }) => priceUnit))
  const isPriced = made.length > 0 && prices.length === made.length && units.size === 1
  const at = rows.flatMap(({ dateUpdated }) => dateUpdated?.toISOString() ?? []).toSorted()
  return factsOf(`rec:${recordingSid}`, isUnderWay ? 'rest' : 'rest-final', at.at(-1) ?? '', {
    transcriptStatus: made.length === 0 ? 'failed' : isUnderWay ? 'in-progress' : 'completed',
    transcriptPrice: isPriced ? sumDecimals(prices) : null,
    transcriptPriceUnit: isPriced ? made[0]?.priceUnit : null,
  })
}

interface UnpricedRow {
  sid: string
  call_id: string
  started_at: string
  seconds: number
}

export interface TranscriptPriceDeps {
  db: Sql
  writer: Writer
  events: Pick<CallEvents, 'record'>
  transcriptionsOf: TranscriptionsOf
  log: CallLog
}

/** Questions that are under way at once. */
const QUESTIONS = 4

const isDue = ({ started_at: at, seconds }: UnpricedRow, lastRun: number, now: number) =>
  PRICE_AGES_MS.map((age) => Date.parse(at) + seconds * 1000 + age).some((due) => lastRun < due && due <= now)

/** Finds out what transcripts cost, at the ages at which prices come (RULES R10). Never fails: what cannot be had is asked for at the next age. */
export function createTranscriptPrices({ db, writer, events, transcriptionsOf, log }: TranscriptPriceDeps) {
  // Of calls that are not rated to the end: from `calls_unsettled`, and they are few.
  const unpriced = db.prepare(`SELECT r.sid, r.call_id, r.started_at, coalesce(r.duration_seconds, 0) AS seconds
    FROM calls c JOIN recordings r ON r.call_id = c.call_id
    WHERE c.merged_into IS NULL AND c.is_cost_final = 0 AND c.started_at >= ? AND r.source = 'RecordVerb' AND r.started_at IS NOT NULL
    AND r.status IN ('completed', 'deleted')
    AND (EXISTS (SELECT 1 FROM call_facts f WHERE f.call_id = c.call_id AND f.subject = 'call' AND f.field = 'transcriptAsked')
      OR EXISTS (SELECT 1 FROM records t WHERE t.kind = 'transcript' AND t.record_id = r.sid))
    AND NOT EXISTS (SELECT 1 FROM call_facts f WHERE f.call_id = c.call_id AND f.subject = 'rec:' || r.sid
      AND (f.field = 'transcriptPrice' OR (f.field = 'transcriptStatus' AND f.value = 'failed')))`)

  return async function ask(lastRun: Date | undefined, now: Date): Promise<void> {
    const rows = unpriced.all(new Date(now.getTime() - OLDEST_MS).toISOString()) as UnpricedRow[]
    const due = rows.filter((row) => isDue(row, lastRun?.getTime() ?? -Infinity, now.getTime()))
    await mapLimited(due, QUESTIONS, async ({ sid, call_id: callId }) => {
      try {
        const facts = factsOfTranscriptions(sid, await transcriptionsOf(sid))
        if (facts.length > 0) await writer.submit(() => void events.record(callId, facts))
      } catch (error) {
        log.warn({ err: error, recordingSid: sid }, 'what a transcript costs could not be had')
      }
    })
  }
}
