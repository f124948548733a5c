import type { Relay } from '../plugins/relay.ts'
import type { Clock, Writer } from '../ports.ts'

/** What `GET /readyz` reports besides the database. */
export type Reports = Record<string, () => unknown>

export interface HealthDeps {
  writer: Writer
  clock: Clock
  /** Writes something, inside a transaction of the writer. */
  probe: () => void
  reports: Reports
}

/** Anybody may ask, and each write is flushed to the disk: so often at most. */
const PROBE_EVERY_MS = 1000

/** `GET /healthz`: the process answers. `GET /readyz`: a write reaches the disk, and what the relay's other parts say of themselves. */
export function addHealthRoutes(app: Relay, { writer, clock, probe, reports }: HealthDeps): void {
  let probed = { at: -Infinity, isWritable: Promise.resolve(false) }
  const isWritableNow = (): Promise<boolean> => {
    const at = clock.now().getTime()
    if (Math.abs(at - probed.at) < PROBE_EVERY_MS) return probed.isWritable
    const isWritable = writer.submit(probe).then(
      () => true,
      (error: unknown) => {
        app.log.error({ err: error }, 'the database takes no writes')
        return false
      },
    )
    probed = { at, isWritable }
    return isWritable
  }
  app.get('/healthz', () => ({ ok: true }))
  app.get('/readyz', async (_request, reply) => {
    const isWritable = await isWritableNow()
    const state = Object.fromEntries(Object.entries(reports).map(([name, report]) => [name, report()]))
    return reply.code(isWritable ? 200 : 503).send({ ok: isWritable, database: isWritable, ...state })
  })
}
