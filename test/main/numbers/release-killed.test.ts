import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { OwnedNumber } from '../../../contract/number-desktop.ts'
import { Killable } from '../kit/killable.ts'
import { startProxy, type Proxy } from '../kit/proxy.ts'
import { startWorkspace, type Workspace } from '../kit/workspace.ts'
import { PATIENCE } from './manage-kit.ts'

// Main runs in a process of its own, over a proxy that holds the DELETE of a number, before it is sent on or before its answer comes back;
// then the process is killed with SIGKILL and started again on the same profile.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let at: Workspace
let toTwilio: Proxy
let app: Killable
let spare: string[]

beforeAll(async () => {
  at = await startWorkspace()
  toTwilio = await startProxy(at.sandbox.url)
  await at.control('/numbers', { count: 4 })
  spare = at.account.state.numbers.slice(-4).map(({ phoneNumber }) => phoneNumber)
  app = await new Killable({
    twilioApiBase: toTwilio.url,
    demoAccount: at.credentials,
    twilioWaits: { timeoutMs: 60_000, concurrency: 4, retries: 2, retryFirstMs: 10, retryCapMs: 50 },
  }).start()
  await app.ask('session.enroll', { relayUrl: at.relayUrl, code: await at.invite('Ada', 'manager') })
})
afterAll(async () => {
  await app.end()
  await toTwilio.close()
  await at.close()
})

const isThere = (phoneNumber: string) => at.account.state.numbers.some((one) => one.phoneNumber === phoneNumber)
const stateOf = async (phoneNumber: string): Promise<OwnedNumber['state'] | undefined> =>
  (await app.ask('numbers.list', { limit: 1000 })).numbers.find((one) => one.phoneNumber === phoneNumber)?.state
const becomes = (phoneNumber: string, state: OwnedNumber['state']) =>
  vi.waitFor(async () => expect(await stateOf(phoneNumber)).toBe(state), PATIENCE)
const trace = async (subject: string) =>
  (await app.ask('audit.list', { limit: 200, subject })).entries.toReversed().map(({ action }) => action)
const releases = async (phoneNumber: string) => (await trace(phoneNumber)).filter((action) => action.includes('releas'))
const isDelete = (line: string) => line.startsWith('DELETE') && line.includes('/IncomingPhoneNumbers/')
const deletes = () => toTwilio.seen.filter(isDelete).length
const release = (phoneNumber: string) =>
  app.ask('numbers.release', { items: [{ phoneNumber, lastFour: phoneNumber.slice(-4) }], isEarly: true })

/** A number that is held, as everybody knows. */
async function held(): Promise<string> {
  const phoneNumber = spare.pop()
  if (!phoneNumber) throw new Error('prepare more numbers')
  await vi.waitFor(async () => {
    const { planId } = await app.ask('numbers.planSync', {})
    await app.ask('numbers.applySync', { planId })
    const { results } = await app.ask('numbers.hold', { phoneNumbers: [phoneNumber], days: 7, message: null })
    expect(results).toEqual([{ phoneNumber, ok: true }])
  }, PATIENCE)
  await becomes(phoneNumber, 'held')
  return phoneNumber
}

async function killedWhile(phoneNumber: string, fate: 'hold-before' | 'hold-after'): Promise<void> {
  const met = toTwilio.meet(isDelete, fate)
  void release(phoneNumber)
  await met
  await app.kill()
  await app.start()
}

test('killed after Twilio has deleted it: the number has left, here and at the relay', async () => {
  const phoneNumber = await held()
  const before = deletes()
  await killedWhile(phoneNumber, 'hold-after')
  expect(isThere(phoneNumber)).toBe(false)
  await becomes(phoneNumber, 'left')
  await vi.waitFor(async () => expect(await releases(phoneNumber)).toEqual(['number.releasing', 'number.released']), PATIENCE)
  expect(deletes()).toBe(before + 1)
})

test('killed before Twilio has heard of it: nothing was released, that is traced, and nobody deletes it but a person', async () => {
  const phoneNumber = await held()
  const before = deletes()
  await killedWhile(phoneNumber, 'hold-before')
  await vi.waitFor(async () => expect(await releases(phoneNumber)).toEqual(['number.releasing', 'number.not-released']), PATIENCE)
  expect(isThere(phoneNumber)).toBe(true)
  expect(await stateOf(phoneNumber)).toBe('held')
  expect(deletes()).toBe(before + 1)
  await app.kill()
  await app.start() // the note is gone: nothing more is said
  const { results } = await release(phoneNumber)
  expect(results).toEqual([{ phoneNumber, ok: true }])
  await becomes(phoneNumber, 'left')
  expect((await releases(phoneNumber)).filter((action) => action === 'number.not-released')).toHaveLength(1)
})

test('the relay away at the restart: it hears of both later', async () => {
  const [gone, kept] = [await held(), await held()]
  await killedWhile(gone, 'hold-after')
  await becomes(gone, 'left')
  const met = toTwilio.meet(isDelete, 'hold-before')
  void release(kept)
  await met
  await app.kill()
  await at.stopRelay()
  await app.start()
  await becomes(kept, 'held')
  await at.startRelay()
  await vi.waitFor(async () => expect(await releases(kept)).toEqual(['number.releasing', 'number.not-released']), PATIENCE)
  await vi.waitFor(async () => expect(await releases(gone)).toEqual(['number.releasing', 'number.released']), PATIENCE)
})
