import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { describe, expect, test } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import type { AccountView } from '../../../contract/number-desktop.ts'
import type { AuditEntry } from '../../../contract/number.ts'
import { openApp, signedIn } from '../kit/app-kit.tsx'

const SID = `AC${'0'.repeat(32)}`
const KEY = `SK${'1'.repeat(32)}`
const none: AccountView = {
  state: 'none',
  accountSid: null,
  name: null,
  kind: null,
  lastFour: null,
  isTrial: null,
  balance: null,
  checkedAt: null,
  failure: null,
  transferNumber: null,
}
const ok: AccountView = {
  ...none,
  state: 'ok',
  accountSid: SID,
  name: 'Acme phones',
  kind: 'api-key',
  lastFour: '1111',
  isTrial: false,
  balance: { amount: '12.4951', currency: 'USD' },
  checkedAt: '2026-11-21T10:00:00.000Z',
}
const entry = (auditId: number, part: Partial<AuditEntry>): AuditEntry => ({
  auditId,
  at: '2026-11-20T10:00:00.000Z',
  userId: 'ada',
  userName: 'Ada',
  action: 'number.updated',
  subject: '+442079460000',
  before: {},
  after: {},
  ...part,
})
const staff = { ...signedIn, user: { userId: 'sam', name: 'Sam', role: 'staff' as const } }

type Options = NonNullable<Parameters<typeof openApp>[0]>
async function open({
  account = none,
  entries = [] as AuditEntry[],
  ...options
}: Options & { account?: AccountView; entries?: AuditEntry[] }) {
  const app = await openApp({
    ...options,
    answers: { 'account.get': () => account, 'audit.list': () => ({ entries, next: null }), ...options.answers },
  })
  act(() => void (location.hash = '#/settings'))
  await screen.findByRole('heading', { name: 'Settings' })
  return app
}
const type = async (name: string, text: string) => {
  const field = await screen.findByRole('textbox', { name })
  await userEvent.clear(field)
  await userEvent.type(field, text)
}
const click = async (name: string) => userEvent.click(await screen.findByRole('button', { name }))
const argsOf = ({ asked }: { asked: { name: string; args: unknown }[] }, name: string) =>
  asked.filter((one) => one.name === name).map(({ args }) => args)
const errorOf = async (name: string) => {
  const field = await screen.findByRole('textbox', { name })
  return document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent
}

describe('the Twilio account', () => {
  test('is verified before it is kept; shown by name, SID and last four', async () => {
    const app = await open({ answers: { 'account.set': () => ok } })
    await type('Account SID', ` ${SID} `)
    await type('API key', KEY)
    await type('API secret', 'very-secret')
    await click('Save')
    expect(await screen.findByText('Acme phones')).toBeInstanceOf(HTMLElement)
    expect(argsOf(app, 'account.set')).toEqual([{ accountSid: SID, apiKey: KEY, apiSecret: 'very-secret' }])
    const section = within(screen.getByRole('region', { name: 'Twilio account' }))
    for (const text of [SID, 'API key ending in 1111', '$12.50']) expect(section.getByText(text)).toBeInstanceOf(HTMLElement)
    expect(document.body.innerHTML).not.toContain('very-secret')
  })

  test('with the auth token a key of its own is made unless that is unticked', async () => {
    const app = await open({ answers: { 'account.set': () => ok } })
    await type('Account SID', SID)
    await userEvent.click(screen.getByRole('radio', { name: 'The auth token' }))
    await type('Auth token', 'abc')
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: 'Create an API key and keep that instead' }).checked).toBe(true)
    await click('Save')
    expect(argsOf(app, 'account.set')).toEqual([{ accountSid: SID, authToken: 'abc', createKey: true }])
  })

  test('of a real workspace is kept in a browser only with a tick that says it is not encrypted', async () => {
    const live = { ...signedIn, workspace: { name: 'Acme', isSandbox: false } }
    const app = await open({ session: live, answers: { 'account.set': () => ok } })
    await type('Account SID', SID)
    await type('API key', KEY)
    await type('API secret', 's')
    await click('Save')
    expect(screen.getByText(/Tick this first/)).toBeInstanceOf(HTMLElement)
    expect(argsOf(app, 'account.set')).toEqual([])
    await userEvent.click(screen.getByRole('checkbox', { name: 'Keep it here although it is not encrypted' }))
    await click('Save')
    expect(await screen.findByText('Acme phones')).toBeInstanceOf(HTMLElement)
  })

  test('what cannot be right is said at its field, and Twilio is not asked', async () => {
    const app = await open({})
    await type('Account SID', 'AC123')
    await click('Save')
    expect(await errorOf('Account SID')).toMatch(/34 characters/)
    expect(await errorOf('API key')).toMatch(/begins with SK/)
    expect(await errorOf('API secret')).toMatch(/secret that was shown/)
    expect(argsOf(app, 'account.set')).toEqual([])
  })

  test('refused credentials: the sentence and its remedy, and everything typed is still there', async () => {
    await open({ answers: { 'account.set': () => failure('account-wrong') } })
    await type('Account SID', SID)
    await type('API key', KEY)
    await type('API secret', 'wrong-secret')
    await click('Save')
    expect((await screen.findByRole('alert')).textContent).toContain('Twilio does not accept these credentials.')
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'API secret' }).value).toBe('wrong-secret')
    await type('API secret', 'better')
    expect(screen.queryByRole('alert')).toBeNull()
  })

  test('main may know better which field is wrong', async () => {
    await open({ answers: { 'account.set': () => failure('account-sid-invalid') } })
    await type('Account SID', SID)
    await type('API key', KEY)
    await type('API secret', 's')
    await click('Save')
    await waitFor(async () => expect(await errorOf('Account SID')).toMatch(/begins with AC/))
    expect(screen.queryByRole('alert')).toBeNull()
  })

  test('a test says what came of it; what is wrong is shown with its remedy', async () => {
    const answers = [ok, { ...ok, state: 'wrong' as const, failure: failure('account-wrong') }]
    await open({ account: ok, answers: { 'account.test': () => answers.shift() ?? ok } })
    await click('Test')
    expect(await screen.findByText('Twilio accepts these credentials.')).toBeInstanceOf(HTMLElement)
    await click('Test')
    expect((await screen.findByRole('alert')).textContent).toContain('Check Account SID and key in Settings')
    expect(screen.queryByText('Twilio accepts these credentials.')).toBeNull()
  })

  test('is changed without being lost, and forgotten after a second question', async () => {
    const app = await open({ account: ok, answers: { 'account.forget': () => none } })
    await click('Change')
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Account SID' }).value).toBe(SID)
    await click('Cancel')
    await click('Forget')
    expect(argsOf(app, 'account.forget')).toEqual([])
    await click('Forget')
    expect(await screen.findByText('No Twilio account is set up on this computer.')).toBeInstanceOf(HTMLElement)
  })

  test('an account set up elsewhere in the app is shown at once', async () => {
    const app = await open({})
    await screen.findByRole('textbox', { name: 'Account SID' })
    act(() => app.emit('account.changed', ok))
    expect(await screen.findByText('Acme phones')).toBeInstanceOf(HTMLElement)
  })

  test('staff learn who has it; nothing of managers is asked for', async () => {
    const app = await open({ session: staff })
    expect(screen.getByText(/Managers set up the Twilio account/)).toBeInstanceOf(HTMLElement)
    expect(screen.queryByRole('region', { name: 'Trace' })).toBeNull()
    expect(app.asked.map(({ name }) => name).filter((name) => /^(account|audit)/.test(name))).toEqual([])
  })
})

test('the default transfer number is kept in E.164, and can be taken away', async () => {
  const app = await open({ account: ok, answers: { 'account.setTransferNumber': (args: object) => ({ ...ok, ...args }) } })
  await type('Default transfer number', 'nonsense')
  await click('Save number')
  expect(await errorOf('Default transfer number')).toMatch(/Enter a phone number/)
  await type('Default transfer number', '(415) 555-2671')
  await click('Save number')
  expect(await screen.findByText('Saved.')).toBeInstanceOf(HTMLElement)
  await userEvent.clear(screen.getByRole('textbox', { name: 'Default transfer number' }))
  await click('Save number')
  expect(argsOf(app, 'account.setTransferNumber')).toEqual([{ transferNumber: '+14155552671' }, { transferNumber: null }])
})

test('theme and country are kept at once', async () => {
  const app = await open({})
  await userEvent.click(screen.getByRole('radio', { name: 'Dark' }))
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Your country' }), 'Germany')
  expect(argsOf(app, 'preferences.set')).toEqual([{ theme: 'dark' }, { country: 'DE' }])
  expect(app.state.settings.getState()).toMatchObject({ theme: 'dark', country: 'DE' })
})

describe('the trace', () => {
  const entries = [
    entry(9, { before: { name: 'Desk' }, after: { name: 'Front desk' } }),
    entry(8, { action: 'number.assigned', before: { userIds: [] }, after: { userIds: ['sam', 'gone'] } }),
    entry(7, { before: { isActive: true }, after: { isActive: false } }),
    entry(6, { before: { notes: '', tags: [] }, after: { notes: 'x', tags: ['a', 'b'] } }),
    entry(5, { action: 'number.held', before: { hold: null }, after: { hold: { until: '2026-11-28T00:00:00.000Z', message: null } } }),
    entry(4, { action: 'purchase.bought', userId: 'kim', userName: 'Kim', after: { monthly: { amount: '1.15', currency: 'USD' } } }),
    entry(3, { action: 'number.removed', userId: 'relay', userName: 'relay' }),
    entry(2, {
      action: 'number.configured',
      before: { voiceUrl: '', friendlyName: 'A' },
      after: { voiceUrl: 'https://r', friendlyName: 'B' },
    }),
    entry(1, { action: 'number.configured', before: { friendlyName: 'A' }, after: { friendlyName: 'B' } }),
    entry(21, {
      action: 'account.transfer-number-set',
      before: { transferNumber: null },
      after: { transferNumber: '+442079460000' },
    }),
    entry(20, { action: 'account.key-created', subject: SID, after: { lastFour: '1234' } }),
    entry(0, {
      action: 'something.new',
      subject: 'XX1',
      before: { what: null },
      after: { what: 'that', price: { amount: '1.5', currency: 'USD' } },
    }),
  ]

  test('is told in sentences, newest first', async () => {
    await open({ entries })
    const list = await screen.findByRole('list', { name: 'Trace' })
    const told = [...list.children].map(
      (item) => item.firstElementChild?.querySelector('summary')?.textContent ?? item.firstElementChild?.textContent,
    )
    expect(told).toEqual([
      'Ada renamed +44 20 7946 0000 from Desk to Front desk',
      'Ada assigned +44 20 7946 0000 to Sam, gone (before: nobody)',
      'Ada deactivated +44 20 7946 0000',
      'Ada changed the notes and the tags of +44 20 7946 0000',
      expect.stringMatching(/^Ada put \+44 20 7946 0000 on hold until Nov 2[78], 2026$/),
      'Kim bought +44 20 7946 0000 for $1.15 a month',
      '+44 20 7946 0000 left the Twilio account; The relay noted it',
      'Ada pointed +44 20 7946 0000 at the relay',
      'Ada changed the settings of +44 20 7946 0000 at Twilio',
      'Ada set the default transfer number to +44 20 7946 0000 (before: nothing)',
      `Ada made an API key of the Twilio account ${SID}`,
      'Ada: something.new, XX1',
    ])
    for (const line of ['the tags: nothing → a, b', 'Voice URL: nothing → https://r', 'what: nothing → that', 'price: nothing → $1.50'])
      expect(list.textContent).toContain(line)
  })

  test('is filtered by number, and older lines come on demand', async () => {
    const pages: Record<string, object> = {
      all: { entries: entries.slice(0, 1), next: 9 },
      older: { entries: [entries[1]], next: null },
      one: { entries: [], next: null },
    }
    const app = await open({
      answers: {
        'audit.list': ({ before, subject }: { before?: number; subject?: string }) =>
          pages[subject ? 'one' : before ? 'older' : 'all'] ?? {},
      },
    })
    await click('Load older entries')
    await waitFor(() => expect(screen.getByRole('list', { name: 'Trace' }).children).toHaveLength(2))
    await type('Only this number', '+44 20 7946 0000')
    await click('Show')
    expect(await screen.findByText('Nothing was done with +44 20 7946 0000.')).toBeInstanceOf(HTMLElement)
    expect(argsOf(app, 'audit.list')).toEqual([{ limit: 50 }, { limit: 50, before: 9 }, { limit: 50, subject: '+442079460000' }])
  })

  test('that cannot be read says why, and is asked for again', async () => {
    const state = { isDown: true }
    await open({ answers: { 'audit.list': () => (state.isDown ? failure('relay-unreachable') : { entries, next: null }) } })
    expect((await screen.findByRole('alert')).textContent).toContain('The relay cannot be reached.')
    state.isDown = false
    await click('Try again')
    expect(await screen.findByText(/Front desk/)).toBeInstanceOf(HTMLElement)
  })
})

test('sections are found by what they are about', async () => {
  await open({ account: ok })
  await userEvent.type(screen.getByRole('searchbox', { name: 'Search settings' }), 'dark')
  expect(screen.getAllByRole('region').map((region) => region.getAttribute('aria-labelledby'))).toEqual(['settings-appearance'])
  await userEvent.type(screen.getByRole('searchbox', { name: 'Search settings' }), 'zzz')
  expect(screen.getByText('No setting matches “darkzzz”.')).toBeInstanceOf(HTMLElement)
})

test('nothing for axe to object to', async () => {
  await open({ account: ok, entries: [entry(1, { before: { name: 'A' }, after: { name: 'B' } })] })
  await screen.findByRole('list', { name: 'Trace' })
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } })
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
})
