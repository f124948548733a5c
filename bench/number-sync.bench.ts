// A sync of 10,000 numbers: from the request until main's tables hold them (cold), and again when nothing has changed. The peer is the same
// client of Twilio's, paging through the same list and forgetting it; a cold sync is a new desktop's, and its peer a new process too.
// LINEKEEPER_BENCH_NUMBERS changes how many.
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { SyncPlan } from '../contract/number-desktop.ts'
import { createTwilioAccount } from '../main/twilio/account.ts'
import { startStack, type Stack } from '../test/e2e/kit/stack.ts'
import { bench, type Side } from './harness.ts'

const NUMBERS = Number(process.env['LINEKEEPER_BENCH_NUMBERS'] ?? 10_000)

/** A stack of its own, with so many numbers at Twilio. */
async function filled(count: number): Promise<Stack> {
  const stack = await startStack({ profile: 'kind' })
  await stack.control.addNumbers(count)
  return stack
}

const timed = async (work: () => Promise<unknown>) => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** `cold`: a new desktop each time. */
const ours = (count: number, isCold: boolean) => async (): Promise<Side> => {
  const stack = await filled(count)
  const desktop = async () => {
    const one = await stack.desktop({ invite: await stack.invite(`Bench ${Math.random()}`, 'manager'), withoutAccount: true })
    const { accountSid, apiKey, apiSecret } = stack.sandbox
    await one.request('account.set', { accountSid, apiKey, apiSecret })
    return one
  }
  const sync = async (one: Awaited<ReturnType<typeof desktop>>) => {
    const { planId } = await one.request<SyncPlan>('numbers.planSync')
    await one.request('numbers.applySync', { planId })
  }
  const warm = isCold ? undefined : await desktop()
  if (warm) await sync(warm)
  return {
    async round() {
      const one = warm ?? (await desktop())
      const samples = [await timed(() => sync(one))]
      if (!warm) await one.stop()
      return { samples }
    },
    close: () => stack.close(),
  }
}

const peer = (count: number) => async (): Promise<Side> => {
  const stack = await filled(count)
  const { accountSid, apiKey, apiSecret, url } = stack.sandbox
  const account = createTwilioAccount({ accountSid, apiKey, apiSecret }, { apiBase: url })
  return {
    round: async () => ({ samples: [await timed(() => account.numbers())] }),
    close: () => stack.close(),
  }
}

const newPeer = (count: number) => async (): Promise<Side> => {
  const stack = await filled(count)
  const { accountSid, apiKey, apiSecret, url } = stack.sandbox
  const file = path.join(import.meta.dirname, 'peers/bare-listing.ts')
  return {
    async round() {
      const { stdout } = await promisify(execFile)(process.execPath, [file, accountSid, apiKey, apiSecret, url])
      return { samples: [Number(stdout)] }
    },
    close: () => stack.close(),
  }
}

await bench('number-sync', ({ isQuick }) => {
  const count = isQuick ? 2000 : NUMBERS
  const about = { unit: 'ms', isLowerBetter: true, floor: 1.2, aim: 1.2 }
  return [
    {
      ...about,
      name: 'sync, unchanged',
      what: `planned and applied, ${count} numbers as they were`,
      ours: ours(count, false),
      peer: peer(count),
    },
    {
      ...about,
      name: 'sync, cold',
      what: `planned and applied, ${count} numbers never seen`,
      ours: ours(count, true),
      peer: newPeer(count),
    },
  ]
})
process.exit()
