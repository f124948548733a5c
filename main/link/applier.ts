import type { Log } from '../ports.ts'
import type { Changes, LinkEvent } from '../store/replica.ts'
import type { Store } from '../store/store.ts'

export interface ApplierOptions {
  replica: Store['replica']
  log: Log
  onChanges: (changes: Changes) => void
  /** The store refused: what was received is not applied, so the link must start again from the cursor. */
  onFailure: () => void
}

const BATCH = 256

/** Applies events in their order, as many per transaction as have come while the last one was written. */
export function createApplier({ replica, log, onChanges, onFailure }: ApplierOptions) {
  let queue: LinkEvent[] = []
  let running: Promise<void> | undefined

  async function run(epoch: string, userId: string): Promise<void> {
    try {
      while (queue.length > 0) onChanges(await replica.apply(epoch, userId, queue.splice(0, BATCH)))
    } catch (error) {
      queue = []
      log.error({ error: String(error) }, 'events could not be applied')
      onFailure()
    }
  }

  return {
    push(epoch: string, userId: string, event: LinkEvent): void {
      queue.push(event)
      running ??= run(epoch, userId).finally(() => (running = undefined))
    },
    /** Resolves when everything received so far is in the store. */
    settled: async (): Promise<void> => running,
  }
}
