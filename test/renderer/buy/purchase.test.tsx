import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { describe, expect, test, vi } from 'vitest'
import { failure, type Failure } from '../../../contract/failure.ts'
import type { Purchase } from '../../../contract/number.ts'
import type { PurchaseItem } from '../../../contract/number-desktop.ts'
import { otherBuyer } from '../../../renderer/buy/purchase-words.ts'
import { argsOf, click, noPapers, offer, openPane, purchase, staff, tab, tick, type, usd, type BuyOptions } from './buy-kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // typing into a screen with many roles takes seconds on a busy machine

const ONE = '(415) 555-0101'
const TWO = '(415) 555-0102'
const PN = `PN${'0'.repeat(32)}`
const done = { state: 'done', sid: PN, isCharged: true } as const
interface Sent {
  items: PurchaseItem[]
  assignTo: string[]
  withoutRelay?: boolean
}
const sent = (app: Parameters<typeof argsOf>[0]) => argsOf<Sent>(app, 'numbers.purchase')
const dialog = () => screen.findByRole('dialog', { name: 'Confirm purchase' })
const buyButton = (name: RegExp = /^Buy /) => screen.findByRole<HTMLButtonElement>('button', { name })

/** The pane with the confirmation of these numbers open. */
async function review(options: BuyOptions = {}, ticked = [ONE, TWO]) {
  const app = await openPane({ offers: [offer('+14155550101'), offer('+14155550102')], ...options })
  await click('Search')
  for (const name of ticked) await tick(name)
  await click('Review purchase')
  await dialog()
  return app
}

describe('the confirmation', () => {
  test('names the money first, then the numbers; nothing is bought before its button', async () => {
    const app = await review()
    const text = (await dialog()).textContent
    await waitFor(async () => expect((await dialog()).textContent).toContain('Balance $20.00'))
    expect(text.indexOf('$2.30 a month')).toBeLessThan(text.indexOf(ONE))
    for (const part of ['$2.30 now, for the first month', ONE, TWO, 'San Francisco, CA']) expect(text).toContain(part)
    expect((await buyButton()).textContent).toBe('Buy 2 numbers for $2.30 a month')
    expect(sent(app)).toEqual([])
  })

  test('sends what was shown: numbers, price, names, owners', async () => {
    const app = await review({ bought: () => done })
    await type(`Name of ${ONE}`, 'Front desk')
    await tick('Sam')
    await userEvent.click(await buyButton())
    expect(sent(app)).toHaveLength(1)
    expect(sent(app)[0]).toMatchObject({
      assignTo: ['sam'],
      items: [
        { phoneNumber: '+14155550101', monthly: usd('1.15'), name: 'Front desk', country: 'US', type: 'local', place: 'San Francisco, CA' },
        { phoneNumber: '+14155550102', name: null },
      ],
    })
    expect(await screen.findByText('2 numbers are yours')).toBeInstanceOf(HTMLElement)
  })

  test('a line can be left out, whichever: the rest is priced again, and what was typed stays', async () => {
    const quoted: number[] = []
    const app = await review({
      answers: {
        'numbers.quote': ({ items }: { items: PurchaseItem[] }) => {
          quoted.push(items.length)
          return { lines: [], monthly: [], first: [], unpriced: 0, balance: usd('20.00'), isEnough: true }
        },
      },
    })
    await type(`Name of ${TWO}`, 'Front desk')
    await click(`Leave out ${ONE}`)
    await waitFor(async () => expect((await buyButton()).textContent).toBe('Buy 1 number for $1.15 a month'))
    expect(within(await dialog()).queryByRole('button', { name: /^Leave out/ })).toBeNull() // the last one is left by Cancel
    await userEvent.click(await buyButton())
    expect(sent(app)[0]?.items).toMatchObject([{ phoneNumber: '+14155550102', name: 'Front desk' }])
    expect(sent(app)[0]?.items).toHaveLength(1)
    expect(quoted).toEqual([2, 1])
  })

  test('a double click is the same purchase; every confirmation has intents of its own', async () => {
    const app = await review()
    await userEvent.dblClick(await buyButton())
    expect(sent(app)).toHaveLength(1)
    const [first, second] = sent(app)[0]?.items ?? []
    expect(first?.intentId).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/)
    expect(first?.intentId).not.toBe(second?.intentId)
    fireEvent.click(
      within(await dialog())
        .getAllByRole('button', { name: 'Close' })
        .at(-1)!,
      { detail: 2 },
    ) // it now stands there
    expect(await dialog()).toBeInstanceOf(HTMLElement)
  })

  test('shows today’s price where it is not the one that was found, and asks at that price', async () => {
    const lines = [{ phoneNumber: '+14155550101', monthly: usd('1.50'), first: usd('1.50') }]
    const quote = { lines, monthly: [], first: [], unpriced: 0, balance: usd('1'), isEnough: false }
    const app = await review({ answers: { 'numbers.quote': () => quote } }, [ONE])
    expect((await dialog()).textContent).toContain('The price has changed since the search: it was $1.15.')
    expect((await dialog()).textContent).toContain('not enough')
    await userEvent.click(await buyButton(/^Buy 1 number for \$1\.50 a month$/))
    expect(sent(app)[0]?.items[0]?.monthly).toEqual(usd('1.50'))
  })

  test('an unknown price is never 0, and has to be accepted', async () => {
    const app = await review({ offers: [offer('+14155550101', { monthly: null })] }, [ONE])
    const button = await buyButton(/^Buy 1 number, price unknown$/)
    expect(button.disabled).toBe(true)
    expect((await dialog()).textContent).not.toContain('$0')
    await tick('I accept a price that Twilio does not name')
    await userEvent.click(button)
    expect(sent(app)[0]?.items[0]?.monthly).toBeNull()
  })

  test('without price and balance it can be asked again, or bought at the price that was found', async () => {
    const answers: (object | Failure)[] = [failure('twilio-unreachable')]
    const fine = { lines: [], monthly: [], first: [], unpriced: 0, balance: usd('20'), isEnough: true }
    await review({ answers: { 'numbers.quote': () => answers.shift() ?? fine } }, [ONE])
    expect(within(await dialog()).getByRole('alert').textContent).toContain('Twilio could not be reached.')
    expect((await buyButton()).disabled).toBe(false)
    await click('Ask again')
    expect(await screen.findByText('Balance $20.00')).toBeInstanceOf(HTMLElement)
  })

  test('missing papers block the button and say why; entered ones are sent', async () => {
    const papers = { ...noPapers, address: 'local' as const, bundle: 'required' as const, bundleSid: `BU${'b'.repeat(32)}` }
    const german = offer('+4930555010', { country: 'DE', papers, monthly: { amount: '1', currency: 'EUR' } })
    const app = await review({ offers: [german] }, ['+49 30 555010'])
    const button = await buyButton()
    expect(button.disabled).toBe(true)
    expect(document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent).toMatch(/^Papers are missing/)
    await type('Address SID', 'AD12')
    expect(screen.getByText(/An address SID begins with AD/)).toBeInstanceOf(HTMLElement)
    await type('Address SID', `AD${'a'.repeat(32)}`)
    expect(button.textContent).toBe('Buy 1 number for €1.00 a month')
    await userEvent.click(button)
    expect(sent(app)[0]?.items[0]).toMatchObject({ addressSid: `AD${'a'.repeat(32)}`, bundleSid: `BU${'b'.repeat(32)}` })
  })

  test('any number of an area code: price and papers first, the number comes when it is bought', async () => {
    const app = await openPane({ offers: [offer('+15125550100', { monthly: usd('1.15') })] })
    await type('Area code', '51')
    await click('Check price')
    expect(screen.getByText(/has 3 digits/)).toBeInstanceOf(HTMLElement)
    await type('Area code', '512')
    await click('Check price')
    expect((await dialog()).textContent).toContain('Any number in 512')
    expect((await dialog()).textContent).toContain('The number is chosen when you buy.')
    await userEvent.click(await buyButton(/for \$1\.15 a month/))
    expect(sent(app)[0]?.items[0]).toMatchObject({ areaCode: '512', country: 'US', type: 'local', monthly: usd('1.15') })
    expect(sent(app)[0]?.items[0]).not.toHaveProperty('phoneNumber')
  })

  test('an area code without numbers says so, and opens nothing', async () => {
    await openPane({ offers: [] })
    await type('Area code', '907')
    await click('Check price')
    expect((await screen.findByRole('alert')).textContent).toContain('no numbers in this area code')
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  test('nothing for axe to object to', async () => {
    await review()
    await screen.findByText('Balance $20.00')
    const { violations } = await axe.run(await dialog(), { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } })
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
  })
})

const item = (index: number) => within(screen.getByRole('list', { name: 'Progress' })).getAllByRole('listitem')[index]?.textContent

describe('a purchase under way', () => {
  test('tells each step of each number; closing the dialog stops nothing', async () => {
    const app = await review({ bought: () => ({ state: 'leased' }) })
    await userEvent.click(await buyButton())
    await waitFor(() => expect(item(0)).toContain('Reserved among managers'))
    const [first, second] = sent(app)[0]?.items ?? []
    const say = (intentId: string | undefined, part: Partial<Purchase>) =>
      act(() =>
        app.emit('purchases.changed', {
          purchases: [purchase({ intentId: intentId ?? '', updatedAt: '2026-11-21T10:00:01.000Z', ...part })],
        }),
      )
    say(first?.intentId, { state: 'looking' })
    expect(item(0)).toContain('looking whether it is yours')
    expect(item(1)).toContain('Reserved among managers')
    await userEvent.click(
      within(await dialog())
        .getAllByRole('button', { name: 'Close' })
        .at(-1)!,
    )
    expect(argsOf(app, 'numbers.purchase')).toHaveLength(1)
    const list = await screen.findByRole('list', { name: 'Purchases' })
    say(first?.intentId, { ...done })
    say(second?.intentId, {
      state: 'failed',
      failureCode: 'number-taken',
      twilioCode: 21422,
      isCharged: false,
      phoneNumber: '+14155550102',
    })
    expect(list.textContent).toContain('Bought. Nobody answers it yet.')
    expect(within(list).getByRole('link', { name: 'Assign' }).getAttribute('href')).toMatch(/^#\/numbers\/\+1415/)
    say(first?.intentId, { ...done, assignTo: ['sam'] })
    expect(list.textContent).toContain('Bought and ready')
    expect(list.textContent).toContain(
      'This number has just been taken by somebody else. Choose another one. Nothing was charged. Twilio error 21422',
    )
  })

  test('a late answer does not take back an end that an event told', async () => {
    const answer = Promise.withResolvers<Purchase[]>()
    const app = await review({}, [ONE])
    const request = app.bridge.request.bind(app.bridge)
    let intentId = ''
    app.bridge.request = (async (name: 'numbers.purchase', args: Sent) => {
      if (name !== 'numbers.purchase') return request(name, args as never)
      intentId = args.items[0]?.intentId ?? ''
      return { ok: true, value: await answer.promise }
    }) as typeof app.bridge.request
    await userEvent.click(await buyButton())
    await waitFor(() => expect(item(0)).toContain('Sending…'))
    act(() => app.emit('purchases.changed', { purchases: [purchase({ intentId, ...done })] }))
    answer.resolve([purchase({ intentId, state: 'buying', updatedAt: '2026-11-21T11:00:00.000Z' })])
    expect(await screen.findByText('1 number is yours')).toBeInstanceOf(HTMLElement)
  })

  test('that succeeded in part says which, and reviews only what cost nothing again', async () => {
    const outcomes: Record<string, Partial<Purchase>> = {
      '+14155550101': done,
      '+14155550102': { state: 'failed', failureCode: 'price-changed', isCharged: false, phoneNumber: '+14155550102' },
      '+14155550103': { state: 'failed', failureCode: 'twilio-failed', isCharged: true, sid: PN, phoneNumber: '+14155550103' },
    }
    const numbers = Object.keys(outcomes)
    const app = await review({ offers: numbers.map((one) => offer(one)), bought: ({ phoneNumber }) => outcomes[phoneNumber ?? ''] ?? {} }, [
      ONE,
      TWO,
      '(415) 555-0103',
    ])
    await userEvent.click(await buyButton())
    expect(await screen.findByText('2 of 3 bought')).toBeInstanceOf(HTMLElement)
    expect(item(1)).toContain('The price is not what you agreed to.')
    expect(item(2)).toContain('Bought, but not finished')
    expect(item(2)).toContain('It was charged.')
    await click('Review again')
    await userEvent.click(await buyButton(/^Buy 1 number/))
    const [before, after] = sent(app)
    expect(after?.items.map(({ phoneNumber }) => phoneNumber)).toEqual(['+14155550102'])
    expect(after?.items[0]?.intentId).not.toBe(before?.items[1]?.intentId)
  })

  test('another manager was faster: it says who', async () => {
    await review({ bought: () => ({ state: 'failed', failureCode: 'number-leased', isCharged: false, details: { byName: 'Kim' } }) }, [ONE])
    await userEvent.click(await buyButton())
    await waitFor(() => expect(item(0)).toContain('Another manager is buying this number. Kim is buying it.'))
  })

  test('somebody else bought it first: it says who', async () => {
    await review(
      { bought: () => ({ state: 'failed', failureCode: 'number-already-ours', isCharged: false, details: { byName: 'Kim' } }) },
      [ONE],
    )
    await userEvent.click(await buyButton())
    await waitFor(() => expect(item(0)).toContain('This number already belongs to the company. Kim bought it.'))
  })

  test.each([
    ['number-already-ours', { sid: PN }, 'Sam'],
    ['number-already-ours', { sid: null }, undefined],
    ['number-leased', { sid: null }, 'Sam'],
    ['number-taken', { sid: PN }, undefined],
  ] as const)('who else was it, by another purchase of the number, when it failed with %s and that has %j', (failureCode, other, name) => {
    const mine = purchase({ intentId: 'mine', state: 'failed', failureCode })
    const theirs = purchase({ intentId: 'theirs', buyerUserId: 'sam', ...other })
    expect(otherBuyer(mine, [mine, theirs], (userId) => (userId === 'sam' ? 'Sam' : undefined))).toBe(name)
  })

  test('with the relay down it explains, and goes on only with consent: a new intent for what ended unpaid', async () => {
    const isDown = { now: true }
    const app = await review({
      bought: () => (isDown.now ? { state: 'failed', failureCode: 'relay-unreachable', isCharged: false } : done),
    })
    await userEvent.click(await buyButton())
    expect((await screen.findByText(/both of you could pay/)).textContent).toBeTypeOf('string')
    isDown.now = false
    await click('Buy without the relay')
    expect(await screen.findByText('2 numbers are yours')).toBeInstanceOf(HTMLElement)
    const [before, after] = sent(app)
    expect(before).not.toHaveProperty('withoutRelay')
    expect(after?.withoutRelay).toBe(true)
    const ids = [...(before?.items ?? []), ...(after?.items ?? [])].map(({ intentId }) => intentId)
    expect(new Set(ids).size).toBe(4)
  })

  test('that was refused as a whole keeps what was entered, and comes back when its dialog was closed', async () => {
    const answer = Promise.withResolvers<void>()
    const app = await review({}, [ONE])
    const request = app.bridge.request.bind(app.bridge)
    app.bridge.request = (async (name: 'numbers.purchase', args: Sent) => {
      if (name !== 'numbers.purchase') return request(name, args as never)
      await answer.promise
      return { ok: false, failure: failure('account-wrong') }
    }) as typeof app.bridge.request
    await type(`Name of ${ONE}`, 'Front desk')
    await tick('Sam')
    await userEvent.click(await buyButton())
    await userEvent.click(
      within(await dialog())
        .getAllByRole('button', { name: 'Close' })
        .at(-1)!,
    )
    expect(screen.queryByRole('dialog')).toBeNull()
    answer.resolve()
    expect((await within(await dialog()).findByRole('alert')).textContent).toContain('Twilio does not accept these credentials.')
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: `Name of ${ONE}` }).value).toBe('Front desk')
    expect(screen.getByRole('checkbox', { name: 'Sam', checked: true })).toBeInstanceOf(HTMLElement)
  })

  test('that was refused as a whole is still the same purchase when it is sent again', async () => {
    const answers: (Failure | undefined)[] = [failure('account-wrong'), failure('relay-unreachable')]
    const app = await review(
      {
        answers: {
          'numbers.purchase': ({ items }: Sent) => answers.shift() ?? items.map(({ intentId }) => purchase({ intentId, ...done })),
        },
      },
      [ONE],
    )
    await userEvent.click(await buyButton())
    expect((await within(await dialog()).findByRole('alert')).textContent).toContain('Twilio does not accept these credentials.')
    await userEvent.click(await buyButton(/^Buy 1 number/))
    await click('Buy without the relay')
    expect(await screen.findByText('1 number is yours')).toBeInstanceOf(HTMLElement)
    expect(new Set(sent(app).map(({ items }) => items[0]?.intentId)).size).toBe(1)
    expect(sent(app).map(({ withoutRelay }) => withoutRelay)).toEqual([undefined, undefined, true])
  })
})

const asked = purchase({
  intentId: 'asked',
  state: 'requested',
  byUserId: 'sam',
  buyerUserId: null,
  monthly: null,
  place: null,
  note: 'For the fair',
})

describe('requests of staff', () => {
  test('wait for a manager, who approves with the same intent at today’s price', async () => {
    const app = await openPane({ purchases: [asked], offers: [offer('+14155550101')], bought: () => done })
    expect(await screen.findByText('1 request waits for you')).toBeInstanceOf(HTMLElement)
    await click('Look at it')
    const list = await screen.findByRole('list', { name: 'Purchases' })
    expect(list.textContent).toContain('asked for by Sam')
    expect(list.textContent).toContain('“For the fair”')
    await click('Approve and buy')
    await userEvent.click(await buyButton(/^Buy 1 number for \$1\.15 a month$/))
    expect(sent(app)[0]).toMatchObject({
      assignTo: ['sam'],
      items: [{ intentId: 'asked', phoneNumber: '+14155550101', monthly: usd('1.15') }],
    })
  })

  test('for a number that is not found for sale say so; the manager may try', async () => {
    await openPane({ purchases: [asked], offers: [] })
    await tab(/^Purchases/)
    await click('Approve and buy')
    expect((await dialog()).textContent).toContain('It was not found for sale just now.')
    expect(await buyButton(/^Buy 1 number, price unknown$/)).toBeInstanceOf(HTMLElement)
  })

  test('are refused with a press', async () => {
    const app = await openPane({ purchases: [asked], answers: { 'numbers.refuse': () => ({ ...asked, state: 'refused' }) } })
    await tab(/^Purchases/)
    await click('Refuse')
    expect(argsOf(app, 'numbers.refuse')).toEqual([{ intentId: 'asked' }])
    await waitFor(() => expect(screen.getByRole('list', { name: 'Purchases' }).textContent).toContain('Refused'))
  })

  test('are made by number with a note; staff neither search nor buy', async () => {
    const app = await openPane({
      session: staff,
      answers: { 'numbers.request': ({ item: one, note }: { item: PurchaseItem; note: string }) => ({ ...asked, ...one, note }) },
    })
    await type('Number you would like', '555')
    await click('Request this number')
    expect(screen.getByText(/Enter a whole phone number/)).toBeInstanceOf(HTMLElement)
    await type('Number you would like', '+49 30 555010')
    await type('Note for the manager', 'Berlin office')
    await click('Request this number')
    expect(await screen.findByText('Requested. A manager decides.')).toBeInstanceOf(HTMLElement)
    expect(argsOf(app, 'numbers.request')).toEqual([
      { item: expect.objectContaining({ phoneNumber: '+4930555010', country: 'DE', type: 'local', monthly: null }), note: 'Berlin office' },
    ])
    expect(screen.getByRole('list', { name: 'Purchases' }).textContent).toContain('+49 30 555010')
    expect(screen.queryByRole('button', { name: /Search|Review purchase|Approve|Refuse/ })).toBeNull()
    expect(app.asked.map(({ name }) => name).filter((name) => /search|countries|shortlist|quote/i.test(name))).toEqual([])
  })

  test('that cannot be sent keep what was typed', async () => {
    await openPane({ session: staff, answers: { 'numbers.request': () => failure('relay-unreachable') } })
    await type('Number you would like', '+14155550101')
    await click('Request this number')
    expect((await screen.findByRole('alert')).textContent).toContain('The relay cannot be reached.')
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Number you would like' }).value).toBe('+14155550101')
  })
})
