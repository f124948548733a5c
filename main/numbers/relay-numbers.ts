import { Type, type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { FailureError } from '../../contract/failure.ts'
import type { Purchase } from '../../contract/number.ts'
import {
  AuditReply,
  GuardReply,
  NumberChangesReply,
  NumberUsageReply,
  PurchaseReply,
  PurchasesReply,
  type AuditBody,
  type GuardBody,
  type NumberChange,
  type NumberUsage,
  type PurchaseBody,
  type PurchaseProgressBody,
} from '../../contract/number-relay.ts'
import { NumberRow } from '../../contract/relay.ts'
import type { SessionService } from '../link/session.ts'

/** Rows the relay takes in one body, and how large a body may be, in bytes: it refuses more than 64 KiB. */
const BATCH = { rows: 500, bytes: 60_000 } as const

/** Of so many numbers alone the guard is asked for; of more it is taken whole. */
const FEW = 100

/** Rows in stretches that fit into one body each, in order. */
export function batchesOf<T extends object>(rows: readonly T[], limits: { rows: number; bytes: number } = BATCH): T[][] {
  const batches: T[][] = []
  let size = Infinity
  for (const row of rows) {
    const length = Buffer.byteLength(JSON.stringify(row)) + 1
    if (size + length > limits.bytes || (batches.at(-1)?.length ?? 0) >= limits.rows) {
      batches.push([])
      size = 100
    }
    batches.at(-1)?.push(row)
    size += length
  }
  return batches
}

export interface AuditListQuery {
  before?: number | undefined
  limit?: number | undefined
  subject?: string | undefined
}

/**
 * The relay's word on numbers (`contract/number-relay`), over the session's HTTP. Every function throws FailureErrors: `not-signed-in`,
 * `relay-unreachable` (whether it was carried out is then unknown), `forbidden` for staff, and what the relay says by itself. What takes
 * rows takes any number of them and sends them in batches: those before the failed one are then applied.
 */
export interface RelayNumbers {
  /** The directory's numbers as they are at this moment; staff get their own. */
  numbers: () => Promise<NumberRow[]>
  /** One result per change, in order. The same change again changes nothing. */
  changes: (changes: readonly NumberChange[]) => Promise<NumberChangesReply['results']>
  /** Of these numbers at least, or of all. */
  guard: (phoneNumbers?: readonly string[]) => Promise<GuardReply>
  /** These settings, as just read back from Twilio, are ours now. */
  putGuard: (rows: GuardBody['rows']) => Promise<void>
  /** Staff get their own numbers' alone. `at`: when the relay counted. */
  usage: () => Promise<{ at: string; rows: NumberUsage[] }>
  /** Makes the relay list the account's numbers now. */
  refresh: () => Promise<void>
  /** Newest first; `next` is the `before` of the following page. */
  audit: (query: AuditListQuery) => Promise<AuditReply>
  /** Lines about what was done with Twilio from here; the relay adds who and when. */
  tellAudit: (entries: AuditBody['entries']) => Promise<void>
  purchases: () => Promise<Purchase[]>
  /** Asks for a lease, or renews it. @throws FailureError also `number-leased` with `details.byName`, `number-already-ours`, `conflict` */
  lease: (body: PurchaseBody) => Promise<PurchaseReply>
  /** How far a purchase is; resolves with what the relay has of it then. @throws FailureError also `conflict` when it is over already */
  tellPurchase: (intentId: string, body: PurchaseProgressBody) => Promise<Purchase>
}

/** A check that is compiled at first use: ten thousand numbers come in one answer. */
function lazily<T extends TSchema>(path: string, schema: T): (value: unknown) => Static<T> {
  let check: { Check: (value: unknown) => boolean } | undefined
  return (value) => {
    check ??= Compile(schema)
    if (!check.Check(value)) throw new FailureError('relay-refused', `${path}: the answer is not what a relay says`)
    return value as Static<T>
  }
}

/** `?name=value…` of what is given, or ''. */
function query(of: object): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(of)) if (value !== undefined) given.set(name, String(value))
  return given.size > 0 ? `?${given.toString()}` : ''
}

const changed = lazily('/api/numbers/changes', NumberChangesReply)
/** A typed client of the relay's routes about numbers. Sends nothing by itself and keeps nothing. */
export function createRelayNumbers(session: Pick<SessionService, 'request'>): RelayNumbers {
  const send = (method: 'GET' | 'POST' | 'PUT', path: string, body?: object) =>
    session.request({ method, path, ...(body ? { body } : {}) }, Type.Unknown())
  const listed = lazily('/api/numbers', Type.Array(NumberRow))
  const guarded = lazily('/api/numbers/guard', GuardReply)
  const used = lazily('/api/numbers/usage', NumberUsageReply)
  const traced = lazily('/api/audit', AuditReply)
  const bought = lazily('/api/numbers/purchases', PurchasesReply)
  const leased = lazily('/api/numbers/purchases', PurchaseReply)
  async function sendChanges(changes: readonly NumberChange[]): Promise<NumberChangesReply['results']> {
    const { results } = changed(await send('POST', '/api/numbers/changes', { changes }))
    if (results.length !== changes.length) throw new FailureError('relay-refused', 'the relay answered another number of changes')
    return results
  }
  return {
    numbers: async () => listed(await send('GET', '/api/numbers')),
    async changes(changes) {
      const results: NumberChangesReply['results'] = []
      for (const batch of batchesOf(changes)) results.push(...(await sendChanges(batch)))
      return results
    },
    async guard(phoneNumbers = []) {
      const only = phoneNumbers.length > 0 && phoneNumbers.length <= FEW ? phoneNumbers.join(',') : undefined
      return guarded(await send('GET', `/api/numbers/guard${query({ only })}`))
    },
    async putGuard(rows) {
      for (const batch of batchesOf(rows)) await send('PUT', '/api/numbers/guard', { rows: batch })
    },
    usage: async () => used(await send('GET', '/api/numbers/usage')),
    refresh: async () => void (await send('POST', '/api/numbers/refresh', {})),
    audit: async (of) => traced(await send('GET', `/api/audit${query(of)}`)),
    async tellAudit(entries) {
      for (const batch of batchesOf(entries)) await send('POST', '/api/audit', { entries: batch })
    },
    purchases: async () => bought(await send('GET', '/api/numbers/purchases')),
    lease: async (body) => leased(await send('POST', '/api/numbers/purchases', body)),
    tellPurchase: async (intentId, body) => leased(await send('PUT', `/api/numbers/purchases/${intentId}`, body)).purchase,
  }
}
