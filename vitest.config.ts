import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// An IDE or `npx vitest` may run this under the system's Node 20, where better-sqlite3 ends the process without a word.
if (Number(process.versions['napi']) < 10) throw new Error(`Node 24 is needed (this is ${process.version}); run npm test`)

// *.long.test.ts: minutes, or hundreds of repetitions; only with `npm test -- --long`.
const long = process.env['LINEKEEPER_LONG'] ? [] : ['**/*.long.test.ts']

// On a shared CI machine a stall of seconds is not our bug: a failed test is run again there, and named `(retry x1)`. Never elsewhere.
const retry = process.env['CI'] ? 2 : 0

// Far beyond what any test takes: what is slow is found by benchmarks, not by a test that failed because others used the machine.
const patient = { testTimeout: 60_000, hookTimeout: 120_000, expect: { poll: { timeout: 15_000 } } }

// No alias and no module mocking: code takes ports, tests give it others.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          pool: 'forks', // native addons and signals want processes
          include: ['test/**/*.test.ts'],
          exclude: ['test/renderer/**', 'test/e2e/**', ...long],
          setupFiles: ['test/kit/patience.ts'],
          retry,
          ...patient,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'dom',
          environment: 'happy-dom',
          include: ['test/renderer/**/*.test.{ts,tsx}'],
          setupFiles: ['test/kit/dom.ts', 'test/kit/patience.ts'],
          retry,
          ...patient,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          exclude: long,
          fileParallelism: false, // one browser at a time: audio timing suffers on two cores
          sequence: { groupOrder: 1 }, // and after the others, for the same reason
          setupFiles: ['test/kit/patience.ts'],
          retry,
          ...patient,
          testTimeout: 120_000, // journeys wait for several things, one after the other
        },
      },
    ],
  },
})
