import { afterEach, beforeEach, expect, test } from 'vitest'
import { FailureError } from '../../../../contract/failure.ts'
import { createAnswers } from '../../../../main/numbers/search/answers.ts'
import { joinOffers } from '../../../../main/numbers/search/offers.ts'
import { createPrices } from '../../../../main/numbers/search/prices.ts'
import type { TwilioAccount } from '../../../../main/twilio/port.ts'
import type { KeptAnswer } from '../../../../main/store/search-table.ts'
import { startAccount, type TestAccount } from '../../twilio/kit.ts'

let at: TestAccount
beforeEach(async () => {
  at = await startAccount()
})
afterEach(() => at.rest.close())

/** Prices over a store in memory, and an account whose parts can be made to fail. */
function partsOf(over: Partial<TwilioAccount> = {}) {
  const kept = new Map<string, KeptAnswer>()
  const time = { now: Date.parse('2026-11-21T10:00:00Z') }
  const twilio = { ...at.twilio, ...over }
  const store = {
    reader: { answer: (question: string) => Promise.resolve(kept.get(question)) },
    replica: {
      keepAnswer: (answer: KeptAnswer) => Promise.resolve(void kept.set(answer.question, answer)),
      forgetAnswers: () => Promise.resolve(kept.clear()),
    },
  }
  const answers = createAnswers({ store, clock: { now: () => new Date(time.now) } })
  const prices = createPrices({ answers, accounts: { current: () => Promise.resolve(twilio) } })
  return { twilio, answers, prices, time, kept }
}
const away = () => Promise.reject(new FailureError('twilio-unreachable'))
const found = () =>
  at.twilio.search({
    country: 'DE',
    type: 'local',
    areaCode: null,
    contains: null,
    locality: null,
    region: null,
    postalCode: null,
    nearNumber: null,
    capabilities: [],
    address: 'any',
    limit: 2,
  })

test('what Twilio does not say is unknown: no price is not 0, and papers are not none', async () => {
  const parts = partsOf({ prices: away, regulation: away, addresses: away })
  const [offer] = await joinOffers(await found(), parts)
  expect(offer).toMatchObject({ monthly: null, perMinute: null })
  expect(offer?.papers).toEqual({ address: 'local', bundle: 'unknown', wants: [], addressSid: null, bundleSid: null })
})

test('an old price is better than none for a list, and not good enough for buying', async () => {
  const parts = partsOf()
  const price = { amount: '1.15', currency: 'USD' }
  expect(await parts.prices.monthly('US', 'local')).toEqual(price)
  expect(await parts.prices.monthly('US', 'voip')).toBeNull()
  parts.time.now += 48 * 3_600_000
  parts.twilio.prices = away
  expect(await parts.prices.monthly('US', 'local')).toEqual(price)
  expect(await parts.prices.monthly('DE', 'local')).toBeNull()
  await expect(parts.prices.now('US', 'local')).rejects.toMatchObject({ code: 'twilio-unreachable' })
  await expect(parts.prices.ofCountry('US')).rejects.toMatchObject({ code: 'twilio-unreachable' })
  parts.twilio.prices = (country) => at.twilio.prices(country)
  expect(await parts.prices.now('US', 'local')).toEqual(price)
})

test('who asks the same at once shares one request; a failed one is not kept', async () => {
  let count = 0
  const parts = partsOf()
  parts.twilio.prices = (country) => {
    count++
    return count === 1 ? away() : at.twilio.prices(country)
  }
  const ask = () => Promise.allSettled(Array.from({ length: 20 }, () => parts.prices.ofCountry('US')))
  expect((await ask()).map(({ status }) => status)).toEqual(Array(20).fill('rejected'))
  expect((await ask()).map(({ status }) => status)).toEqual(Array(20).fill('fulfilled'))
  expect(count).toBe(2)
})

test('an answer of the account before is not kept for this one', async () => {
  const parts = partsOf()
  const answer = Promise.withResolvers<Awaited<ReturnType<TwilioAccount['prices']>>>()
  const heard = Promise.withResolvers<void>()
  parts.twilio.prices = () => {
    heard.resolve()
    return answer.promise
  }
  const asked = parts.prices.ofCountry('US')
  await heard.promise
  await parts.answers.forget()
  answer.resolve({ currency: 'USD', monthly: { local: '99' }, incomingMinute: {} })
  await asked
  expect(parts.kept.size).toBe(0)
})
