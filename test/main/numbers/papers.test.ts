import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { newNumber } from '../../../sandbox/twilio/account/demo.ts'
import { MAIN, numberIn, PATIENCE, shown, startManaged, synced, type Managed } from './manage-kit.ts'

vi.setConfig({ testTimeout: 60_000 })

let at: Managed
beforeAll(async () => {
  at = await startManaged()
}, 60_000)
afterAll(() => at.close())

const BERLIN = ['+4915211234561', '+4915211234562', '+4915211234563'] as const
async function own(phoneNumber: string, bundleSid: string | null): Promise<void> {
  const { random, state } = at.account
  state.numbers.push(newNumber(random, Date.now(), phoneNumber, { friendlyName: phoneNumber, type: 'mobile', bundleSid }))
  await at.drift(phoneNumber, { FriendlyName: 'Berlin' }) // a list shows what was changed over REST
}
/** A bundle at Twilio, which nobody has handed in. */
async function bundle(): Promise<string> {
  const of = { FriendlyName: 'Berlin', Email: 'ada@example.com', IsoCountry: 'DE', NumberType: 'mobile', EndUserType: 'business' }
  const made = await fetch(`${at.sandbox.url}/numbers/v2/RegulatoryCompliance/Bundles`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${at.account.accountSid}:${at.account.authToken()}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(of),
  })
  expect(made.status).toBe(201)
  return ((await made.json()) as { sid: string }).sid
}
const judge = (sid: string, verdict: object) => at.control(`/bundles/${sid}`, verdict)

/** Rules that Twilio was asked for, as `DE mobile`. */
const asked = () =>
  at.account.entries().flatMap(({ kind, what }) => {
    const query = kind === 'request' ? /\/Regulations\?(.*)$/.exec(what ?? '')?.[1] : undefined
    const of = new URLSearchParams(query)
    return query === undefined ? [] : [`${of.get('IsoCountry')} ${of.get('NumberType')}`]
  })
const papersOf = async (phoneNumber: string) =>
  (await at.ada.ask('numbers.get', { phoneNumber })).checks.find(({ name }) => name === 'papers')

test('papers that the rule of a country and type wants are missed, in the list and the detail; each rule is asked for once', async () => {
  await own(BERLIN[0], null)
  await own(BERLIN[1], null)
  const approved = await bundle()
  await judge(approved, { verdict: 'twilio-approved' })
  await own(BERLIN[2], approved)
  await synced(at.ada)
  await expect.poll(async () => (await numberIn(at.ada, BERLIN[0]))?.troubles, PATIENCE).toContain('papers')
  expect(await papersOf(BERLIN[1])).toMatchObject({ level: 'bad', fix: 'papers', evidence: { needsBundle: true, bundleSid: '' } })
  expect(await papersOf(BERLIN[2])).toMatchObject({ level: 'good', evidence: { needsBundle: true, bundleStatus: 'twilio-approved' } })
  await vi.waitFor(async () => expect(await papersOf(MAIN)).toMatchObject({ level: 'good', evidence: { needsBundle: false } }), PATIENCE)
  await at.ada.restart()
  expect((await numberIn(at.ada, BERLIN[0]))?.troubles).toContain('papers')
  await synced(at.ada)
  expect(asked().toSorted()).toEqual(['DE mobile', 'GB local', 'US local'])
})

test('a bundle that is set but not approved is missed: in the list as heard today, in the detail as Twilio says now', async () => {
  const [draft, rejected, runOut] = [await bundle(), await bundle(), await bundle()]
  await judge(rejected, { verdict: 'twilio-rejected' })
  await judge(runOut, { verdict: 'twilio-approved', validUntil: new Date(Date.now() + 86_400_000).toISOString() })
  const numbers = ['+4915211234571', '+4915211234572', '+4915211234573', '+4915211234574'] as const
  for (const [nth, sid] of [draft, rejected, runOut, `BU${'1'.repeat(32)}`].entries()) await own(numbers[nth] ?? '', sid)
  await synced(at.ada)
  for (const phoneNumber of numbers)
    await expect.poll(async () => (await numberIn(at.ada, phoneNumber))?.troubles, PATIENCE).toContain('papers')
  const problems = await Promise.all(numbers.map(async (one) => (await papersOf(one))?.evidence['problem']))
  expect(problems).toEqual(['draft', 'rejected', 'expires', 'gone'])
  await judge(runOut, { validUntil: new Date(Date.now() - 1000).toISOString() })
  expect(await papersOf(numbers[2])).toMatchObject({ level: 'bad', fix: 'bundle', evidence: { problem: 'expired' } })
  await judge(rejected, { verdict: 'twilio-approved' })
  expect(await papersOf(numbers[1])).toMatchObject({ level: 'good', fix: null, evidence: { problem: '' } })
  expect((await numberIn(at.ada, numbers[1]))?.troubles).not.toContain('papers')
})

test('staff ask for no rule, and see nothing of papers', async () => {
  const sam = await at.join('Sam', 'staff', true)
  await at.admin({ command: 'assign', number: BERLIN[0], users: ['Sam'] })
  const before = asked().length
  expect(await shown(sam, BERLIN[0], { country: 'DE' })).toMatchObject({ health: 'unknown', troubles: [] })
  expect(asked()).toHaveLength(before)
})
