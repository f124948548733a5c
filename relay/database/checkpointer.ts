import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Log } from '../plugins/log.ts'
import type { GroupWriter } from './writer.ts'

export interface Checkpointer {
  close(): Promise<void>
}

/**
 * Checkpoints a database in a thread of its own, at most every `everyMs` and only after commits. Without it SQLite does so inside a commit:
 * that one then waits for thousands of pages and two flushes. When the thread fails, SQLite is left to it (see `openDatabase`).
 */
export function createCheckpointer(file: string, writer: Pick<GroupWriter, 'onCommit'>, log: Log, everyMs = 100): Checkpointer {
  const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: { file } })
  worker.unref()
  const ended = once(worker, 'exit').catch(() => undefined)
  let state: 'idle' | 'busy' | 'again' = 'idle'
  let timer: NodeJS.Timeout | undefined
  const begin = () => {
    state = 'busy'
    timer = setTimeout(() => worker.postMessage('checkpoint'), everyMs).unref()
  }
  const unsubscribe = writer.onCommit(() => (state === 'idle' ? begin() : void (state = 'again')))
  worker.on('message', () => (state === 'again' ? begin() : void (state = 'idle')))
  worker.on('error', (error) => {
    unsubscribe()
    log.warn({ err: error }, 'checkpoints are made between answers: their thread has failed')
  })
  return {
    async close() {
      unsubscribe()
      clearTimeout(timer)
      worker.postMessage('end')
      await ended
    },
  }
}
