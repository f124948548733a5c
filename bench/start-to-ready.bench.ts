// From the start of the app's process until it has heard the relay's welcome: with a million calls in its database, and with none.
// Sandbox and relay are up. LINEKEEPER_BENCH_CALLS changes how many calls.
import { startService, type Service } from '../test/e2e/kit/child.ts'
import { startStack } from '../test/e2e/kit/stack.ts'
import { bench, type Side } from './harness.ts'
import { seedProfile } from './kit/seeded-file.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const CALLS = Number(process.env['LINEKEEPER_BENCH_CALLS'] ?? 1_000_000)

/** A desktop of its own on a stack of its own, enrolled once; `prepare` fills its database while it is stopped. */
const side = (prepare: (database: string) => void) => async (): Promise<Side> => {
  const stack = await startStack({ profile: 'kind' })
  const profile = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-bench-'))
  const env = { LINEKEEPER_PROFILE: profile, LINEKEEPER_RELAY_URL: stack.relayUrl }
  // Its ready line follows the relay's welcome.
  const start = (more: Record<string, string> = {}): Promise<Service<{ url: string }>> =>
    startService('main/hosts/loopback/index.ts', [], { ...env, ...more })
  const first = await start({ LINEKEEPER_INVITE: await stack.invite('Bench', 'manager') })
  await first.stop()
  prepare(path.join(profile, 'app.db'))
  return {
    async round() {
      const samples: number[] = []
      for (let at = 0; at < 3; at++) {
        const began = performance.now()
        const app = await start()
        samples.push(performance.now() - began)
        await app.stop()
      }
      return { samples }
    },
    async close() {
      await stack.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

await bench('start-to-ready', ({ isQuick }) => {
  const calls = isQuick ? 10_000 : CALLS
  return [
    {
      name: 'start to ready',
      what: `the app's process → the relay's welcome, ${calls} calls stored; against an empty database`,
      unit: 'ms',
      isLowerBetter: true,
      floor: 1.1,
      aim: 1.1,
      ours: side((database) => seedProfile(database, calls, (text) => void process.stderr.write(`${text}\n`))),
      peer: side(() => {}),
    },
  ]
})
process.exit()
