import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bridgeRequests } from '../../../contract/desktop.ts'
import { failureCodes } from '../../../contract/failure.ts'
import { FUZZ_RUNS, nastyText } from '../../kit/fuzz.ts'
import { Desktop } from '../kit/desktop.ts'

let desktop: Desktop
beforeAll(async () => (desktop = await new Desktop().start()))
afterAll(() => desktop.end())

// Those that leave this process or end the session are fuzzed elsewhere: here every answer must come from the check itself.
const names = Object.keys(bridgeRequests).filter((name) => !name.startsWith('session.') && name !== 'voice.token')

test(
  'any name with any arguments gets an outcome, and wrong ones never reach a handler as an internal failure',
  () =>
    fc.assert(
      fc.asyncProperty(fc.oneof(fc.constantFrom(...names), nastyText), fc.oneof(fc.jsonValue(), fc.object()), async (name, args) => {
        const outcome = await desktop.app.request(name, args)
        const code = outcome.ok ? 'fine' : outcome.failure.code
        expect(code === 'fine' || Object.hasOwn(failureCodes, code), code).toBe(true)
        expect(code).not.toBe('internal')
      }),
      { numRuns: FUZZ_RUNS },
    ),
  600_000,
)
