import { Compile } from 'typebox/compile'
import { bridgeRequests, type BridgeArgs, type BridgeName, type BridgeValue } from '../../contract/desktop.ts'
import { failure, FailureError, toFailure, type Outcome } from '../../contract/failure.ts'
import type { Log } from '../ports.ts'

/** One function per request of the contract; what it throws becomes the failure. `page`: who asks, where the host knows. */
export type Handlers = { [N in BridgeName]: (args: BridgeArgs<N>, page?: string) => BridgeValue<N> | Promise<BridgeValue<N>> }

export interface BridgeOptions {
  handlers: Handlers
  log: Log
  /** Values are checked too: for tests, since what is ours to send is right or a bug. */
  checkValues?: boolean
}

interface Check {
  Check(value: unknown): boolean
  Errors(value: unknown): { instancePath: string; message: string; keyword: string; params: object }[]
}
interface Entry {
  args: Check
  value: Check
}

const isName = (name: string): name is BridgeName => Object.hasOwn(bridgeRequests, name)

/** Where and why the value is not what the schema says, e.g. `/limit must be >= 1`. */
function objection(check: Check, value: unknown): string | undefined {
  if (check.Check(value)) return undefined
  const all = check.Errors(value)
  const first = all.find((one) => one.keyword !== 'boolean') ?? all[0]
  const extra = first && 'additionalProperties' in first.params ? `: ${String(first.params.additionalProperties)}` : ''
  return first ? `${first.instancePath || '/'} ${first.message}${extra}` : '/ is not what the schema says'
}

/**
 * The registry of requests: name → schema check → handler → outcome. Knows nothing of transports; a failure is an outcome, never an
 * exception. What went wrong inside is logged once and does not cross.
 */
export function createBridge({ handlers, log, checkValues = false }: BridgeOptions) {
  const entries = new Map<string, Entry>()
  const entryOf = (name: BridgeName): Entry => {
    const known = entries.get(name)
    if (known) return known
    const entry = { args: Compile(bridgeRequests[name].args), value: Compile(bridgeRequests[name].value) }
    entries.set(name, entry) // compiled at first use: most starts need a few of them
    return entry
  }

  async function run(name: BridgeName, args: unknown, page: string | undefined): Promise<unknown> {
    const handle = handlers[name] as (args: unknown, page?: string) => unknown
    const value = await handle(args, page)
    const wrong = checkValues ? objection(entryOf(name).value, value) : undefined
    if (wrong) throw new Error(`the value of ${name}: ${wrong}`)
    return value
  }

  return {
    async request(name: string, args: unknown, page?: string): Promise<Outcome<unknown>> {
      if (!isName(name)) return { ok: false, failure: failure('unknown-request', 'no such request') }
      const wrong = objection(entryOf(name).args, args)
      if (wrong) return { ok: false, failure: failure('bad-request', wrong) }
      try {
        return { ok: true, value: await run(name, args, page) }
      } catch (error) {
        if (error instanceof FailureError) return { ok: false, failure: toFailure(error) }
        log.error({ name, error: error instanceof Error ? error.stack : String(error) }, 'a request failed inside')
        return { ok: false, failure: failure('internal') }
      }
    },
    /** Every request with its JSON schemas: for people and tools. */
    describe: () => Object.fromEntries(Object.entries(bridgeRequests).map(([name, { args, value }]) => [name, { args, value }])),
  }
}
export type BridgeServer = ReturnType<typeof createBridge>
