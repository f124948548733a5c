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
  await own(BERLIN[2], `BU${'1'.repeat(32)}`)
  await synced(at.ada)
  await expect.poll(async () => (await numberIn(at.ada, BERLIN[0]))?.troubles, PATIENCE).toContain('papers')
  expect(await papersOf(BERLIN[1])).toMatchObject({ level: 'bad', fix: 'papers', evidence: { needsBundle: true, bundleSid: '' } })
  expect(await papersOf(BERLIN[2])).toMatchObject({ level: 'good', evidence: { needsBundle: true } })
  await vi.waitFor(async () => expect(await papersOf(MAIN)).toMatchObject({ level: 'good', evidence: { needsBundle: false } }), PATIENCE)
  await at.ada.restart()
  expect((await numberIn(at.ada, BERLIN[0]))?.troubles).toContain('papers')
  await synced(at.ada)
  expect(asked().toSorted()).toEqual(['DE mobile', 'GB local', 'US local'])
})

test('staff ask for no rule, and see nothing of papers', async () => {
  const sam = await at.join('Sam', 'staff', true)
  await at.admin({ command: 'assign', number: BERLIN[0], users: ['Sam'] })
  const before = asked().length
  expect(await shown(sam, BERLIN[0], { country: 'DE' })).toMatchObject({ health: 'unknown', troubles: [] })
  expect(asked()).toHaveLength(before)
})
