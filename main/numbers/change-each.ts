import pLimit from 'p-limit'
import { failure, FailureError, failureCodes, type Failure, type FailureCode } from '../../contract/failure.ts'
import type { BulkReply } from '../../contract/number-desktop.ts'
import type { NumberChange } from '../../contract/number-relay.ts'
import type { Log } from '../ports.ts'
import { batchesOf, type RelayNumbers } from './relay-numbers.ts'

export type EachResult = BulkReply['results'][number]

/** Numbers worked on at once. The Twilio account bounds its requests by itself; this bounds what waits for it. */
const AT_ONCE = 8
/** Of a bulk work, progress is told about so often. */
const STEPS = 50

/** After one of these every further request would fail alike: it is not sent. */
const endsAll: ReadonlySet<string> = new Set<FailureCode>([
  'account-missing',
  'account-wrong',
  'account-forbidden',
  'account-suspended',
  'not-signed-in',
  'forbidden',
])
/** After so many of these in a row nobody is there; one alone may be a single lost answer. */
const away: ReadonlySet<string> = new Set<FailureCode>(['relay-unreachable', 'twilio-unreachable'])
const AWAY_MOST = 2 * AT_ONCE

/** What went wrong as the failure that crosses; what is not ours is logged and becomes `internal`. */
export function failureIn(error: unknown, log: Log): Failure {
  if (error instanceof FailureError) return failure(error.code, error.message, error.details)
  log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a change of a number failed inside')
  return failure('internal')
}

/** Calls `tell(done)` at the beginning, the end, and about fifty times between. */
export function stepsOf(total: number, tell: (done: number) => void): () => void {
  const every = Math.max(1, Math.floor(total / STEPS))
  let done = 0
  return () => {
    done++
    if (done === total || done % every === 0) tell(done)
  }
}

/**
 * Does `work` for each item, some at once; results in the items' order. One that fails leaves the others; a failure that would hit
 * all the rest alike (no account, nobody answers) ends the work, and the rest fail with it.
 */
export async function eachNumber<T extends { phoneNumber: string }>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  { log, onDone }: { log: Log; onDone?: (() => void) | undefined },
): Promise<EachResult[]> {
  const limit = pLimit(AT_ONCE)
  let end: Failure | undefined
  let missed = 0
  const one = async (item: T): Promise<EachResult> => {
    const { phoneNumber } = item
    try {
      if (end) return { phoneNumber, ok: false, failure: end }
      await work(item)
      missed = 0
      return { phoneNumber, ok: true }
    } catch (error) {
      const why = failureIn(error, log)
      missed = away.has(why.code) ? missed + 1 : 0
      if (endsAll.has(why.code) || missed >= AWAY_MOST) end = why
      return { phoneNumber, ok: false, failure: why }
    } finally {
      onDone?.()
    }
  }
  return Promise.all(items.map((item) => limit(() => one(item))))
}

/** The answers of the numbers asked for, in that order; a number asked for twice has the same answer twice. */
export function inOrder(phoneNumbers: readonly string[], results: readonly EachResult[]): EachResult[] {
  const byNumber = new Map(results.map((result) => [result.phoneNumber, result]))
  return phoneNumbers.map((phoneNumber) => byNumber.get(phoneNumber) ?? { phoneNumber, ok: false, failure: failure('internal') })
}

const isCode = (code: string | undefined): code is FailureCode => code !== undefined && Object.hasOwn(failureCodes, code)

/** Sends changes to the relay in batches; one result per change, in order. A batch that fails takes the later ones with it. */
export async function tellRelay(
  relay: Pick<RelayNumbers, 'changes'>,
  changes: readonly NumberChange[],
  { log, onDone }: { log: Log; onDone?: (() => void) | undefined },
): Promise<EachResult[]> {
  const results: EachResult[] = []
  let end: Failure | undefined
  for (const batch of batchesOf(changes)) {
    const answers = end ? undefined : await relay.changes(batch).catch((error: unknown) => void (end = failureIn(error, log)))
    for (const [index, { phoneNumber }] of batch.entries()) {
      const answer = answers?.[index]
      const refused = answer?.status === 'refused' ? failure(isCode(answer.code) ? answer.code : 'relay-refused') : undefined
      const why = answer ? refused : (end ?? failure('internal'))
      results.push({ phoneNumber, ok: why === undefined, ...(why ? { failure: why } : {}) })
      onDone?.()
    }
  }
  return results
}
