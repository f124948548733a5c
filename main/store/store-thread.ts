import { Worker } from 'node:worker_threads'
import { FailureError } from '../../contract/failure.ts'
import type { StoreReply, StoreRequest, WorkerData } from './worker.ts'

// From source the worker is a .ts beside us; in the bundle it is the second input of Vite's main environment (Vite does not
// follow `new Worker(new URL(...))` in a server build).
const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './store-worker.js', import.meta.url)

/** Commands as they look from outside of their thread. */
export type Remote<C> = {
  [K in keyof C]: C[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never
}

export interface StoreThread<C> {
  commands: Remote<C>
  /** Waits for what was asked before, then closes the file and ends the thread. */
  close: () => Promise<void>
}

const asFailure = (text: string) => new FailureError(text.includes('schema-too-new') ? 'schema-too-new' : 'store-failed', text)

/**
 * Opens a file in a thread of its own. Everything in flight rejects when the thread dies.
 * @throws FailureError `store-failed`, or `schema-too-new` when a later version wrote the file
 */
export async function startThread<C extends object>(data: WorkerData): Promise<StoreThread<C>> {
  const worker = new Worker(workerUrl, { workerData: data })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const opened = Promise.withResolvers<unknown>()
  waiting.set(0, opened)
  let lastId = 0
  let ended: Error | undefined
  worker.on('message', ({ id, value, error }: StoreReply) => {
    if (error === undefined) waiting.get(id)?.resolve(value)
    else waiting.get(id)?.reject(asFailure(error))
    waiting.delete(id)
  })
  const end = (error: Error) => {
    ended ??= error
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  worker.on('error', (error) => end(asFailure(String(error))))
  worker.on('exit', () => end(new FailureError('store-failed', 'the store is closed')))

  function ask(name: string, args: unknown[]): Promise<unknown> {
    if (ended) return Promise.reject(ended)
    const answer = Promise.withResolvers<unknown>()
    waiting.set(++lastId, answer)
    worker.postMessage({ id: lastId, name, args } satisfies StoreRequest)
    return answer.promise
  }
  await opened.promise
  const commands = new Proxy({} as Remote<C>, {
    // Not a thenable: `await` must not ask the thread for a command named `then`.
    get: (_target, name) => (typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => ask(name, args) : undefined),
  })
  return { commands, close: async () => void (await ask('close', [])) }
}
