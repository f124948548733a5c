import type { Writer } from '../ports.ts'
import type { Database } from './open.ts'

/** The writer, with its hook for what may be said only after a commit. */
export interface GroupWriter extends Writer {
  /** Called after each commit, before the promises of its work resolve. */
  readonly onCommit: (listener: () => void) => () => void
}

interface Submission {
  work: () => unknown
  settle: (outcome: Outcome) => void
}

/**
 * Group commit (RULES R21): work waits at most `flushMs` or until `maxBatch` pieces are there, then shares one transaction and one fsync.
 * After `flushMs` without a flush it does not wait but for its turn of the event loop: who comes alone is answered at once, and under load
 * there is one flush every `flushMs`. What a piece throws undoes and rejects that one alone; a failed commit rejects the whole batch.
 */
export function createWriter(db: Database, { flushMs = 2, maxBatch = 64 }: { flushMs?: number; maxBatch?: number } = {}): GroupWriter {
  const listeners = new Set<() => void>()
  let waiting: Submission[] = []
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let flushedAt = -Infinity
  const run = createRun(db)

  const flush = () => {
    clearTimeout(timer)
    const batch = waiting
    waiting = []
    if (batch.length === 0) return
    const outcomes = run(batch)
    flushedAt = performance.now()
    if (outcomes.some((outcome) => 'value' in outcome)) for (const listener of listeners) listener()
    settleAll(batch, outcomes)
  }
  const flushIn = (waitMs: number) => (waitMs > 0 ? (timer = setTimeout(flush, waitMs)) : setImmediate(flush))
  const submit = <T>(work: () => T) =>
    new Promise<T>((resolve, reject) => {
      if (isClosed) return reject(new Error('the writer is closed'))
      waiting.push({ work, settle: (outcome) => ('error' in outcome ? reject(outcome.error) : resolve(outcome.value as T)) })
      if (waiting.length >= maxBatch) flush()
      else if (waiting.length === 1) flushIn(flushedAt + flushMs - performance.now())
    })
  return {
    submit,
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      isClosed = true
      flush()
      return Promise.resolve()
    },
  }
}

const settleAll = (batch: readonly Submission[], outcomes: readonly Outcome[]) =>
  batch.forEach(({ settle }, index) => settle(outcomes[index] ?? { error: new Error('no outcome') }))

type Outcome = { value: unknown } | { error: unknown }

/**
 * Runs a batch in one transaction. Savepoints copy every page that a piece touches, and hardly any piece throws: so the batch is tried
 * without them, and done again with them when one does.
 */
function createRun(db: Database): (batch: readonly Submission[]) => Outcome[] {
  const inSavepoint = db.transaction((work: () => unknown) => work())
  const alone = ({ work }: Submission): Outcome => {
    try {
      return { value: inSavepoint(work) }
    } catch (error) {
      // An error that ended the outer transaction (disk full) must not look like one piece's.
      if (!db.inTransaction) throw error
      return { error }
    }
  }
  const all = db.transaction((batch: readonly Submission[], one: (piece: Submission) => Outcome) => batch.map(one))
  const attempt = (batch: readonly Submission[], one: (piece: Submission) => Outcome): Outcome[] => {
    try {
      return all.immediate(batch, one)
    } catch (error) {
      return batch.map(() => ({ error }))
    }
  }
  return (batch) => {
    let hasThrown = false
    const together = ({ work }: Submission): Outcome => {
      hasThrown = true
      const value = work()
      hasThrown = false
      return { value }
    }
    const outcomes = attempt(batch, together)
    return hasThrown ? attempt(batch, alone) : outcomes
  }
}
