import { isDeepStrictEqual } from 'node:util'
import type { CallRecord } from '../../contract/call.ts'
import { FailureError } from '../../contract/failure.ts'
import { isMissedEntry } from '../../contract/missed.ts'
import type { RecordValue } from '../../contract/record.ts'
import type { Sql } from '../calls/sql.ts'
import { createHandRows, createMissedRows, createReachedRows, type HandRow, type MissedRow, type ReachedRow } from './missed-rows.ts'
import type { Records } from './records.ts'

/**
 * The inbox of missed calls. An entry's state is a function of what is known of all calls with its party, and of what people last said of
 * it: the order in which that is learnt does not matter. Everything runs inside the writer's transaction.
 */
export interface Missed {
  /** What became of a call, as far as is known now: it is an entry, or closes entries, or neither. */
  learn(record: CallRecord): void
  /** `from` turned out to be `into`. */
  merge(from: string, into: string): void
  /** Somebody closes an entry or opens it again, at this instant. @throws FailureError `bad-request` when it is none. */
  byHand(callId: string, isClosed: boolean, userId: string, at: string): void
}

/** The end of an entry; `value` null: it is open. */
interface Closing {
  value: RecordValue<'missed'> | null
  at: string
  byUserId: string | null
}

const iso = (at: string) => (Number.isNaN(Date.parse(at)) ? at : new Date(at).toISOString())
const untouched = (callId: string): HandRow => ({ call_id: callId, reopened_at: null, reopened_by: null, closed_at: null, closed_by: null })

function missedOf({ callId, party, startedAt, ...of }: CallRecord): MissedRow | undefined {
  if (!isMissedEntry(of)) return undefined
  return { call_id: callId, party: party.kind === 'number' ? party.number : null, started_at: iso(startedAt) }
}

/** Who is called back is reached when they answer, whoever called first; who calls again is reached by a call that is later. */
function reachedOf({ callId, party, outcome, direction, userId, startedAt, answeredAt }: CallRecord): ReachedRow | undefined {
  if (outcome !== 'answered' || party.kind !== 'number') return undefined
  const answered = iso(answeredAt ?? startedAt)
  const since = direction === 'outgoing' ? answered : iso(startedAt)
  return { call_id: callId, party: party.number, direction, user_id: userId, since, answered_at: answered }
}

/** What closed an entry first: a person, or the call in which the party was reached. Pure. */
function closingOf(entry: MissedRow, hand: HandRow, reached: ReachedRow | undefined): Closing {
  if (reached && (hand.closed_at === null || reached.answered_at <= hand.closed_at)) {
    const how = reached.direction === 'outgoing' ? 'called-back' : 'they-called'
    return { value: { how, byCallId: reached.call_id }, at: reached.answered_at, byUserId: reached.user_id }
  }
  if (hand.closed_at !== null) return { value: { how: 'by-hand', byCallId: null }, at: hand.closed_at, byUserId: hand.closed_by }
  return { value: null, at: hand.reopened_at ?? entry.started_at, byUserId: hand.reopened_by }
}

/** What people said of two entries that are one: opened last counts, closed first after that. */
function handOfBoth(a: HandRow, b: HandRow): HandRow {
  const [opened, other] = (a.reopened_at ?? '') >= (b.reopened_at ?? '') ? [a, b] : [b, a]
  const closings = [opened, other].filter((one) => one.closed_at !== null && one.closed_at > (opened.reopened_at ?? ''))
  const closing = closings.toSorted((x, y) => ((x.closed_at ?? '') < (y.closed_at ?? '') ? -1 : 1))[0]
  return { ...opened, closed_at: closing?.closed_at ?? null, closed_by: closing?.closed_by ?? null }
}

type Stores = ReturnType<typeof createStores>
const createStores = (db: Sql) => ({ missed: createMissedRows(db), reached: createReachedRows(db), hands: createHandRows(db) })
const handOf = ({ hands }: Stores, callId: string) => hands.find(callId) ?? untouched(callId)

/** Finds anew what closed an entry, and keeps and tells it. */
function createSettle(stores: Stores, records: Pick<Records, 'put'>): (callId: string) => void {
  const { missed, reached } = stores
  const tell = (callId: string, closing: Closing) =>
    void records.put({ kind: 'missed', recordId: callId, callId, phoneNumber: null, ...closing })
  const none = (callId: string): Closing => ({
    value: null,
    at: handOf(stores, callId).reopened_at ?? new Date(0).toISOString(),
    byUserId: null,
  })
  function closingNow(entry: MissedRow): Closing {
    const hand = handOf(stores, entry.call_id)
    const after = (hand.reopened_at ?? '') > entry.started_at ? hand.reopened_at : entry.started_at
    const first = entry.party === null ? undefined : reached.firstOf(entry.party, entry.started_at, after ?? entry.started_at)
    const closing = closingOf(entry, hand, first)
    missed.close(entry.call_id, closing.value && closing.at, closing.value?.byCallId ?? null)
    return closing
  }
  return (callId) => {
    const entry = missed.find(callId)
    tell(callId, entry ? closingNow(entry) : none(callId))
  }
}

/** Keeps what a call is to the inbox, and settles whom that concerns. */
function createLearn({ missed, reached }: Stores, settle: (callId: string) => void) {
  return {
    asMissed(callId: string, row: MissedRow | undefined): void {
      if (isDeepStrictEqual(missed.find(callId), row)) return
      if (row) missed.put(row)
      else missed.drop(callId)
      settle(callId)
    },
    asReached(callId: string, row: ReachedRow | undefined): void {
      if (isDeepStrictEqual(reached.find(callId), row)) return
      if (row) reached.put(row)
      else reached.drop(callId)
      const concerned = [...missed.closedBy(callId), ...(row ? missed.closableBy(row) : [])]
      for (const one of new Set(concerned)) settle(one)
    },
  }
}

/** SQLite's errors pass through. */
export function createMissed(db: Sql, records: Pick<Records, 'put'>): Missed {
  const stores = createStores(db)
  const { missed, hands } = stores
  const settle = createSettle(stores, records)
  const learn = createLearn(stores, settle)
  return {
    learn(record) {
      learn.asMissed(record.callId, missedOf(record))
      learn.asReached(record.callId, reachedOf(record))
    },
    merge(from, into) {
      const hand = hands.find(from)
      if (hand) {
        hands.put({ ...handOfBoth(hand, handOf(stores, into)), call_id: into })
        hands.drop(from)
      }
      learn.asMissed(from, undefined)
      learn.asReached(from, undefined)
      if (hand) settle(into)
    },
    byHand(callId, isClosed, userId, at) {
      if (!missed.find(callId)) throw new FailureError('bad-request', 'the call is not a missed one')
      const known = handOf(stores, callId)
      if (!isClosed) hands.put({ ...untouched(callId), reopened_at: at, reopened_by: userId })
      else if (known.closed_at === null) hands.put({ ...known, closed_at: at, closed_by: userId })
      settle(callId)
    },
  }
}
