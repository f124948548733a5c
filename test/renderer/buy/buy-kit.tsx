import { act, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { Money, Purchase } from '../../../contract/number.ts'
import type { NumberCountry, NumberOffer, Papers, PurchaseItem, SearchReply } from '../../../contract/number-desktop.ts'
import { openApp, signedIn } from '../kit/app-kit.tsx'

export const usd = (amount: string): Money => ({ amount, currency: 'USD' })
export const noPapers: Papers = { address: 'none', bundle: 'none', wants: [], addressSid: null, bundleSid: null }
export const countries: NumberCountry[] = [
  { country: 'US', name: 'United States', types: ['local', 'toll-free'] },
  { country: 'DE', name: 'Germany', types: ['local', 'mobile'] },
]
export const staff = { ...signedIn, user: { userId: 'sam', name: 'Sam', role: 'staff' as const } }

/** A number for sale in San Francisco, unless said otherwise. */
export const offer = (phoneNumber: string, part: Partial<NumberOffer> = {}): NumberOffer => ({
  phoneNumber,
  country: 'US',
  type: 'local',
  locality: 'San Francisco',
  region: 'CA',
  postalCode: null,
  capabilities: { voice: true, sms: true, mms: false, fax: false },
  monthly: usd('1.15'),
  perMinute: usd('0.0085'),
  papers: noPapers,
  isBeta: false,
  ...part,
})

export const purchase = (part: Partial<Purchase>): Purchase => ({
  intentId: 'i',
  phoneNumber: '+14155550101',
  country: 'US',
  type: 'local',
  place: 'San Francisco, CA',
  monthly: usd('1.15'),
  state: 'done',
  byUserId: 'ada',
  buyerUserId: 'ada',
  assignTo: [],
  name: null,
  note: null,
  sid: null,
  failureCode: null,
  twilioCode: null,
  isCharged: null,
  at: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
  ...part,
})

type Options = NonNullable<Parameters<typeof openApp>[0]>
export interface BuyOptions extends Options {
  offers?: NumberOffer[]
  purchases?: Purchase[]
  /** What becomes of what is bought. */
  bought?: (item: PurchaseItem) => Partial<Purchase>
}

const quoteLine = ({ phoneNumber, monthly }: PurchaseItem) => ({ phoneNumber, monthly, first: monthly })

/** The pane over a main that sells `offers` and keeps saved searches and the shortlist. `at`: the address it is opened at. */
export async function openPane(
  { offers = [], purchases = [], bought = () => ({ state: 'done' }), ...options }: BuyOptions = {},
  at = '#/numbers/search',
) {
  const kept = { saved: [] as object[], shortlist: [] as NumberOffer[] }
  const app = await openApp({
    ...options,
    answers: {
      'numbers.countries': () => countries,
      'numbers.search': ({ searchId }: { searchId: string }): SearchReply => ({
        searchId,
        offers,
        failures: [],
        isCancelled: false,
        relax: [],
      }),
      'numbers.cancelSearch': () => ({}),
      'numbers.savedSearches': ({ save, remove }: { save?: { name: string }; remove?: string }) => {
        kept.saved = kept.saved.filter((one) => !('name' in one && (one.name === remove || one.name === save?.name)))
        if (save) kept.saved = [...kept.saved, { ...save, savedAt: '2026-11-21T10:00:00.000Z' }]
        return kept.saved
      },
      'numbers.shortlist': ({ add = [], remove = [] }: { add?: NumberOffer[]; remove?: string[] }) => {
        kept.shortlist = [...kept.shortlist, ...add].filter(({ phoneNumber }) => !remove.includes(phoneNumber))
        return kept.shortlist
      },
      'numbers.quote': ({ items }: { items: PurchaseItem[] }) => ({
        lines: items.filter((one) => one.phoneNumber).map(quoteLine),
        monthly: [],
        first: [],
        unpriced: 0,
        balance: usd('20'),
        isEnough: true,
      }),
      'numbers.purchases': () => purchases,
      'numbers.purchase': ({ items, assignTo }: { items: PurchaseItem[]; assignTo: string[] }) =>
        items.map((one) =>
          purchase({ intentId: one.intentId, phoneNumber: one.phoneNumber ?? `+1${one.areaCode}`, assignTo, ...bought(one) }),
        ),
      ...options.answers,
    },
  })
  act(() => void (location.hash = at))
  await screen.findByRole('heading', { level: 1, name: /Search numbers|Ask for a number/ })
  return { ...app, kept }
}

export const click = async (name: string | RegExp) => userEvent.click(await screen.findByRole('button', { name }))
export const tick = async (name: string) => userEvent.click(await screen.findByRole('checkbox', { name }))
export const tab = async (name: RegExp) => userEvent.click(await screen.findByRole('tab', { name }))
export async function type(name: string, text: string): Promise<void> {
  const field = await screen.findByRole('textbox', { name })
  await userEvent.clear(field)
  if (text) await userEvent.type(field, text)
}
export const argsOf = <T,>({ asked }: { asked: { name: string; args: unknown }[] }, name: string) =>
  asked.filter((one) => one.name === name).map(({ args }) => args as T)
