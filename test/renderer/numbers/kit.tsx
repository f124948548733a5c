import { screen, within } from '@testing-library/react'
import { vi } from 'vitest'
import type { Dependencies, NumberView, OwnedNumber, SyncPlan } from '../../../contract/number-desktop.ts'
import { settingKeys, type NumberSettings } from '../../../contract/number.ts'
import { failure, type Failure } from '../../../contract/failure.ts'
import { openApp, signedIn } from '../kit/app-kit.tsx'

/** The number at `index` of a made-up company: +1 415 555 0100 and so on. */
export function owned(index: number, rest: Partial<OwnedNumber> = {}): OwnedNumber {
  return {
    phoneNumber: `+1415${String(5_550_100 + index)}`,
    sid: `PN${String(index).padStart(32, '0')}`,
    name: `Line ${index}`,
    state: 'active',
    country: 'US',
    type: 'local',
    place: 'San Francisco, CA',
    capabilities: { voice: true, sms: true, mms: false, fax: false },
    userIds: [],
    defaultFor: [],
    ringMode: 'simultaneous',
    isRecorded: false,
    inactiveMessage: null,
    notes: '',
    tags: [],
    hold: null,
    origin: null,
    since: '2026-01-05T10:00:00.000Z',
    lastUsedAt: null,
    calls30: 0,
    talkSeconds30: 0,
    perDay: [],
    monthly: { amount: '1.15', currency: 'USD' },
    health: 'good',
    troubles: [],
    ...rest,
  }
}

export const settings = (rest: Partial<NumberSettings> = {}): NumberSettings => ({
  ...(Object.fromEntries(settingKeys.map((key) => [key, ''])) as NumberSettings),
  voiceUrl: 'https://relay.example/api/twilio/twiml',
  ...rest,
})

export const viewOf = (number: OwnedNumber, rest: Partial<NumberView> = {}): NumberView => ({
  number,
  settings: settings(),
  drift: [],
  seenAt: '2026-11-21T10:00:00.000Z',
  checks: [],
  history: [],
  ...rest,
})

export const planOf = (rest: Partial<SyncPlan> = {}): SyncPlan => ({
  planId: 'p1',
  at: '2026-11-21T10:00:00.000Z',
  listed: 2,
  added: [],
  removed: [],
  changed: [],
  missing: [],
  unchanged: 2,
  ...rest,
})

export const dependenciesOf = (phoneNumber: string, rest: Partial<Dependencies> = {}): Dependencies => ({
  phoneNumber,
  owners: [],
  defaultFor: [],
  routedTo: '',
  emergencyAddressSid: null,
  calls30: 0,
  lastUsedAt: null,
  monthly: null,
  ...rest,
})

type Named = { phoneNumbers: string[] }
const done = (phoneNumbers: readonly string[]) => ({ results: phoneNumbers.map((phoneNumber) => ({ phoneNumber, ok: true })) })

/** Main with these numbers, its pages of `pageSize`; it changes them as it is told. `numbers` may be changed from outside. */
export function numbersMain(numbers: OwnedNumber[], { pageSize = 1000 } = {}) {
  const find = (phoneNumber: string) => numbers.find((one) => one.phoneNumber === phoneNumber)
  const answers = {
    'numbers.list': ({ after = '' }: { after?: string }) => {
      const rest = numbers.filter((one) => one.phoneNumber > after).toSorted((a, b) => (a.phoneNumber < b.phoneNumber ? -1 : 1))
      const page = rest.slice(0, pageSize)
      return { numbers: page, next: rest.length > pageSize ? page.at(-1)!.phoneNumber : null, syncedAt: null }
    },
    'numbers.get': ({ phoneNumber }: { phoneNumber: string }): NumberView | Failure => {
      const number = find(phoneNumber)
      return number ? viewOf(number) : failure('not-found')
    },
    'numbers.planSync': (): SyncPlan | Failure => planOf({ listed: numbers.length, unchanged: numbers.length }),
    'numbers.update': ({ changes }: { changes: { phoneNumber: string }[] }) => done(changes.map((one) => one.phoneNumber)),
    'numbers.assign': ({ phoneNumbers }: Named) => done(phoneNumbers),
    'numbers.hold': ({ phoneNumbers }: Named) => done(phoneNumbers),
    'numbers.unhold': ({ phoneNumbers }: Named) => done(phoneNumbers),
    'numbers.release': ({ items }: { items: { phoneNumber: string }[] }) => done(items.map((one) => one.phoneNumber)),
    'numbers.dependencies': ({ phoneNumbers }: Named) => phoneNumbers.map((one) => dependenciesOf(one)),
    'greetings.list': () => [],
    'users.list': () => [
      { userId: 'ada', name: 'Ada Lovelace' },
      { userId: 'sam', name: 'Sam' },
      { userId: 'kim', name: 'Kim' },
    ],
  }
  return answers
}

/** The Numbers screen of the page, opened. happy-dom lays nothing out: the list is told that it is 704 px high, so 16 rows fit. */
export async function openNumbers(
  numbers: OwnedNumber[],
  answers: { [name: string]: (args: never) => object } = {},
  { at = '', role = 'manager', pageSize = 1000 }: { at?: string; role?: 'manager' | 'staff'; pageSize?: number } = {},
) {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(704)
  const session = { ...signedIn, user: { userId: 'ada', name: 'Ada', role } }
  const app = await openApp({ session, answers: { ...numbersMain(numbers, { pageSize }), ...answers } })
  location.hash = at ? `#/numbers/${at}` : '#/numbers'
  await screen.findByRole('heading', { level: 1, name: 'Numbers' }, { timeout: 15_000 })
  return app
}

export const table = () => within(screen.getByRole('grid', { name: 'Numbers' }))
/** The rows of numbers that are in the DOM, without the header. */
export const rows = () =>
  table()
    .getAllByRole('row')
    .filter((row) => row.dataset['index'] !== undefined)
export const rowOf = (text: string | RegExp) =>
  rows().find((row) => (typeof text === 'string' ? row.textContent.includes(text) : text.test(row.textContent)))
