import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { isPurchaseOver, type Purchase } from '../../../../contract/number.ts'
import { Killable } from '../../kit/killable.ts'
import { startProxy, type Fate, type Proxy } from '../../kit/proxy.ts'
import { startWorkspace, type Workspace } from '../../kit/workspace.ts'
import { charges, endOf, forSale, itemOf } from './kit.ts'

// Main runs in a process of its own. A proxy holds one request of a purchase, before it is sent on or before its answer comes back; then
// the process is killed with SIGKILL and started again on the same profile, where the purchase has to come to its end by itself.

let at: Workspace
let toRelay: Proxy
let toTwilio: Proxy
let app: Killable
let sold = 0

beforeAll(async () => {
  at = await startWorkspace()
  toRelay = await startProxy(at.relayUrl)
  toTwilio = await startProxy(at.sandbox.url)
  app = await new Killable({
    twilioApiBase: toTwilio.url,
    demoAccount: at.credentials,
    twilioWaits: { timeoutMs: 60_000, concurrency: 4, retries: 2, retryFirstMs: 10, retryCapMs: 50 },
  }).start()
  await app.ask('session.enroll', { relayUrl: toRelay.url, code: await at.invite('Ada', 'manager') })
})
afterAll(async () => {
  await app.end()
  await toRelay.close()
  await toTwilio.close()
  await at.close()
})

type Match = Parameters<Proxy['meet']>[0]
const is =
  (start: string, inBody = ''): Match =>
  (line, body) =>
    line.startsWith(start) && body.includes(inBody)
const isTwilio =
  (method: string, pattern: RegExp): Match =>
  (line) =>
    line.startsWith(method) && pattern.test(line)
const relay = () => toRelay
const twilio = () => toTwilio
const DONE = ['done', null, true]
/** Nobody knows what became of it: it is looked for, in vain. */
const NOT_MADE = ['failed', 'purchase-not-made', false]
const announced = is('PUT /api/numbers/purchases/', '"buying"')
const bought = isTwilio('POST', /IncomingPhoneNumbers\.json/)
const named = isTwilio('POST', /IncomingPhoneNumbers\/PN/)
const owned = is('POST /api/numbers/changes')

type Point = [name: string, proxy: () => Proxy, match: Match, fate: Fate, end: (string | boolean | null)[]]
const points: Point[] = [
  ['the lease is asked for', relay, is('POST /api/numbers/purchases'), 'hold-before', DONE],
  ['the number is about to be bought', twilio, bought, 'hold-before', NOT_MADE],
  ['the lease was given', relay, is('POST /api/numbers/purchases'), 'hold-after', DONE],
  ['the number was bought', twilio, bought, 'hold-after', DONE],
  ['the purchase is announced', relay, announced, 'hold-before', DONE],
  ['the price is asked', twilio, isTwilio('GET', /\/pricing\//), 'hold-after', DONE],
  ['the purchase was announced', relay, announced, 'hold-after', NOT_MADE],
  ['its settings are read', twilio, isTwilio('GET', /IncomingPhoneNumbers\/PN/), 'hold-before', DONE],
  ['its settings are kept', relay, is('PUT /api/numbers/guard'), 'hold-after', DONE],
  ['it is about to be named', twilio, named, 'hold-before', DONE],
  ['its owner is told', relay, owned, 'hold-before', DONE],
  ['it was named', twilio, named, 'hold-after', DONE],
  ['its owner was told', relay, owned, 'hold-after', DONE],
  ['the end is told', relay, is('PUT /api/numbers/purchases/', '"done"'), 'hold-before', DONE],
]
const pairs = points.flatMap((point, index) =>
  index % 2 === 0 ? [[point[0], points[index + 1]?.[0], point, points[index + 1] as Point] as const] : [],
)

/** Begins a purchase and resolves when it stands at its point. */
async function stopAt([, proxy, match, fate]: Point) {
  const phoneNumber = forSale(at, 'US', 'Local', (sold += 1))
  const item = itemOf({ phoneNumber }, { name: 'Killed' })
  const met = proxy().meet(match, fate)
  void app.ask('numbers.purchase', { items: [item], assignTo: [] })
  await met
  return { phoneNumber, item }
}

test.each(pairs)('killed when %s, and of another one %s', { timeout: 90_000 }, async (_, __, ...both) => {
  await at.control('/reset', {})
  const held = [await stopAt(both[0]), await stopAt(both[1])]
  await app.kill()
  await app.start()
  // Nobody asks for them again: they go on by themselves.
  const ends = async () => {
    const known = await app.ask('numbers.purchases', {})
    return held.map(({ item }) => known.find((one) => one.intentId === item.intentId) as Purchase)
  }
  await vi.waitFor(async () => expect((await ends()).every(({ state }) => isPurchaseOver(state))).toBe(true), {
    timeout: 60_000,
    interval: 50,
  })
  const wanted = both.map(([, , , , end]) => end)
  const paid = held.filter((__one, index) => wanted[index] === DONE).map(({ phoneNumber }) => phoneNumber)
  expect((await ends()).map(endOf)).toEqual(wanted)
  expect((await charges(at)).toSorted()).toEqual(paid.toSorted())
  const ours = held.map(({ phoneNumber }) => at.account.state.numbers.find((one) => one.phoneNumber === phoneNumber)?.friendlyName)
  expect(ours).toEqual(wanted.map((end) => (end === DONE ? 'Killed' : undefined)))
  // The same intents again are the same purchases.
  const again = await app.ask('numbers.purchase', { items: held.map(({ item }) => item), assignTo: [] })
  expect(again.map(endOf)).toEqual(wanted)
  expect(await charges(at)).toHaveLength(paid.length)
})
