import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isPurchaseOver } from '../../../../contract/number.ts'
import { defaultTimings } from '../../../../main/config.ts'
import { startWorkspace, type Workspace } from '../../kit/workspace.ts'
import { charges, endOf, forSale, itemOf } from './kit.ts'

// The looks after a lost answer at full length: 0, 5, 30, 120 s (RULES R29). Everywhere else they are a thousandth of that.

let at: Workspace
let proxy: Server | undefined
beforeEach(async () => void (at = await startWorkspace()))
afterEach(async () => {
  proxy?.closeAllConnections()
  proxy?.close()
  proxy = undefined
  await at.close()
}, 60_000)

/** A way to Twilio on which purchases are lost before they arrive. @returns its address, and how many were lost */
async function lossyWay(to: string): Promise<{ url: string; lost: () => number }> {
  let lost = 0
  proxy = createServer((from, answer) => {
    if (from.method === 'POST' && /\/IncomingPhoneNumbers\.json/.test(from.url ?? '')) {
      lost += 1
      from.socket.destroy()
      return
    }
    const { method, headers, url } = from
    const onwards = request(new URL(url ?? '', to), { method, headers: { ...headers, host: new URL(to).host } }, (back) => {
      answer.writeHead(back.statusCode ?? 502, back.headers)
      back.pipe(answer)
    })
    onwards.on('error', () => answer.destroy())
    from.pipe(onwards)
  })
  await new Promise<void>((resolve) => proxy?.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, lost: () => lost }
}

/** Buys a number. @returns how it ended, the states on the way, and how long it took in seconds */
async function bought(options: { twilioApiBase?: string }) {
  const ada = await at.desktop('Ada', 'manager', { timings: defaultTimings, ...options })
  const item = itemOf({ phoneNumber: forSale(at) }, { name: 'Lost' })
  const began = performance.now()
  await ada.ask('numbers.purchase', { items: [item], assignTo: [] }) // answers after a minute at most: it goes on by itself
  const now = async () => (await ada.ask('numbers.purchases', {})).find(({ intentId }) => intentId === item.intentId)
  const purchase = await vi.waitFor(
    async () => {
      const known = await now()
      if (!known || !isPurchaseOver(known.state)) throw new Error(`it is ${known?.state ?? 'unknown'}`)
      return known
    },
    { timeout: 240_000, interval: 250 },
  )
  const states = ada.events.flatMap(({ event, payload }) =>
    event === 'purchases.changed' ? payload.purchases.map(({ state }) => state) : [],
  )
  return { item, purchase, states, seconds: (performance.now() - began) / 1000 }
}

test('what was bought is found by the last look, although the list lags for a minute: charged once', { timeout: 300_000 }, async () => {
  at.sandbox.switches.numberListLagMs = [60_000, 60_000]
  await at.control('/faults', { dropNextPurchase: 1 })
  const { item, purchase, states, seconds } = await bought({})
  expect(endOf(purchase)).toEqual(['done', null, true])
  expect(states).toContain('looking')
  expect(seconds).toBeGreaterThan(119) // no look between 30 and 120 s could have found it
  expect(await charges(at)).toEqual([item.phoneNumber])
  expect(at.account.state.numbers.find(({ phoneNumber }) => phoneNumber === item.phoneNumber)?.friendlyName).toBe('Lost')
})

test('what never arrived is said to be not bought only after all looks; nothing was charged', { timeout: 300_000 }, async () => {
  const { url, lost } = await lossyWay(at.sandbox.url)
  const { purchase, states, seconds } = await bought({ twilioApiBase: url })
  expect(endOf(purchase)).toEqual(['failed', 'purchase-not-made', false])
  expect(states).toContain('looking')
  expect(seconds).toBeGreaterThan(119)
  expect(lost()).toBe(1) // sent once, never again
  expect(await charges(at)).toEqual([])
})
