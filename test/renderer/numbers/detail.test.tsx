import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import { healthNames, type HealthCheck, type NumberView } from '../../../contract/number-desktop.ts'
import type { NumberPatch } from '../../../contract/number.ts'
import { openNumbers, owned, planOf, viewOf } from './kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
afterEach(() => vi.restoreAllMocks())
const wait = { timeout: 15_000 }
const number = owned(0, { name: 'Main line', userIds: ['ada', 'sam'], defaultFor: ['ada'] })

async function openDetail(view: Partial<NumberView> = {}, answers = {}, of = number) {
  const app = await openNumbers([of], { 'numbers.get': () => viewOf(of, view), ...answers }, { at: of.phoneNumber })
  const detail = within(await screen.findByRole('region', { name: '(415) 555-0100' }, wait))
  await detail.findByRole('heading', { name: 'History of changes' }, wait)
  const patches = () =>
    app.asked
      .filter(({ name }) => name === 'numbers.update')
      .map(({ args }) => (args as { changes: { patch: NumberPatch }[] }).changes[0]?.patch)
  return { ...app, detail, patches }
}

describe('in place', () => {
  test('the name: Enter saves, Escape leaves it', async () => {
    const { detail, patches } = await openDetail()
    await userEvent.click(detail.getByRole('button', { name: 'Rename' }))
    const field = detail.getByRole('textbox', { name: 'Name' })
    await userEvent.clear(field)
    await userEvent.type(field, 'Front desk{Escape}')
    expect(detail.getByText('Main line')).toBeDefined()
    await userEvent.click(detail.getByRole('button', { name: 'Rename' }))
    await userEvent.clear(detail.getByRole('textbox', { name: 'Name' }))
    await userEvent.type(detail.getByRole('textbox', { name: 'Name' }), 'Front desk{Enter}')
    await waitFor(() => expect(patches()).toEqual([{ name: 'Front desk' }]), wait)
    expect(await detail.findByText('Front desk', {}, wait)).toBeDefined()
  })

  test('state, recording and caller ID are one click, each with a way back', async () => {
    const { detail, patches } = await openDetail()
    await userEvent.click(detail.getByRole('button', { name: 'Deactivate' }))
    expect(await detail.findByRole('button', { name: 'Activate' }, wait)).toBeDefined()
    await userEvent.click(detail.getByRole('checkbox', { name: 'Record calls of this number' }))
    await userEvent.click(detail.getByRole('checkbox', { name: 'Sam calls from it by default' }))
    await waitFor(() => expect(patches()).toEqual([{ isActive: false }, { isRecorded: true }, { defaultFor: ['ada', 'sam'] }]), wait)
  })

  test('notes, tags and message are saved when it is said so; what fails stays typed', async () => {
    const state = { isBroken: true }
    const { detail, patches } = await openDetail(
      {},
      {
        'numbers.update': ({ changes }: { changes: { phoneNumber: string }[] }) =>
          state.isBroken ? failure('relay-unreachable') : { results: changes.map(({ phoneNumber }) => ({ phoneNumber, ok: true })) },
      },
    )
    const notes = detail.getByRole<HTMLTextAreaElement>('textbox', { name: 'Notes' })
    await userEvent.type(notes, 'On the website')
    await userEvent.click(detail.getByRole('button', { name: 'Save' }))
    expect((await detail.findByRole('alert', {}, wait)).textContent).toContain('The relay cannot be reached.')
    expect(notes.value).toBe('On the website')
    state.isBroken = false
    await userEvent.click(detail.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(detail.queryByRole('button', { name: 'Save' })).toBeNull(), wait)
    expect(patches().at(-1)).toEqual({ notes: 'On the website' })
    await userEvent.type(detail.getByRole('textbox', { name: 'Tags' }), 'web, sales')
    await userEvent.click(detail.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(patches().at(-1)).toEqual({ tags: ['web', 'sales'] }), wait)
  })
})

test('what a sync found and was not applied is not hidden', async () => {
  const changed = [{ phoneNumber: number.phoneNumber, name: number.name, keys: ['voiceUrl'] }]
  const removed = [{ phoneNumber: '+14155550199', name: 'Gone' }]
  await openNumbers([number], { 'numbers.planSync': () => planOf({ changed, removed }) }, { at: number.phoneNumber })
  await userEvent.click(await screen.findByRole('button', { name: 'Not now' }, wait))
  expect(await screen.findByText('Changed at Twilio, not applied: Voice URL.', {}, wait)).toBeDefined()
})

test('what was typed and not saved waits at its number', async () => {
  const { detail } = await openDetail()
  await userEvent.type(detail.getByRole('textbox', { name: 'Notes' }), 'On the website')
  location.hash = '#/numbers'
  expect(await screen.findByText(/What you typed for .* is not saved yet/, {}, wait)).toBeDefined()
  location.hash = `#/numbers/${number.phoneNumber}`
  const notes = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Notes' }, wait)
  expect(notes.value).toBe('On the website')
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(notes.value).toBe('')
})

const drift = [{ key: 'voiceUrl', was: 'https://relay.example/x', is: 'https://api.vapi.ai/y' }]

describe('drift', () => {
  test('is shown as it was and is; Restore writes back what was seen', async () => {
    const app = await openDetail({ drift }, { 'numbers.restore': () => viewOf(number) })
    expect(app.detail.getByText('1 setting was changed at Twilio')).toBeDefined()
    expect(app.detail.getByText('https://api.vapi.ai/y')).toBeDefined()
    await userEvent.click(app.detail.getByRole('button', { name: 'Restore' }))
    expect(await app.detail.findByText('As you left them.', {}, wait)).toBeDefined()
    const args = { phoneNumber: '+14155550100', seen: [{ key: 'voiceUrl', is: 'https://api.vapi.ai/y' }] }
    expect(app.asked).toContainEqual({ name: 'numbers.restore', args })
  })

  test('or the change is kept', async () => {
    const app = await openDetail({ drift }, { 'numbers.acceptDrift': () => viewOf(number) })
    await userEvent.click(app.detail.getByRole('button', { name: 'Keep the change' }))
    expect(await app.detail.findByText('As you left them.', {}, wait)).toBeDefined()
  })

  test('somebody changed it meanwhile: nothing is written, and what it is now is shown', async () => {
    let reads = 0
    const now = [{ ...drift[0]!, is: 'https://third.example/z' }]
    const { detail } = await openDetail(
      {},
      {
        'numbers.get': () => viewOf(number, { drift: reads++ === 0 ? drift : now }),
        'numbers.restore': () => failure('conflict'),
      },
    )
    await userEvent.click(detail.getByRole('button', { name: 'Restore' }))
    expect(await detail.findByText('https://third.example/z', {}, wait)).toBeDefined()
    expect(detail.getByRole('alert').textContent).toContain('Somebody changed this')
  })
})

const check = (name: HealthCheck['name'], rest: Partial<HealthCheck>): HealthCheck => ({
  name,
  level: 'good',
  evidence: {},
  at: '2026-11-21T10:00:00.000Z',
  fix: null,
  ...rest,
})

describe('health', () => {
  test('each check says what it found; the worst stands first, with what mends it', async () => {
    const app = await openDetail(
      {
        checks: [
          check('fallback', {}),
          check('paid-unused', { level: 'warning', evidence: { days: 71, limit: 60, monthly: '1.15', currency: 'USD' }, fix: 'hold' }),
          check('points-here', {
            level: 'bad',
            evidence: { is: 'api.vapi.ai', expected: 'relay.example', differs: 'host' },
            fix: 'connect',
          }),
          check('drift', { level: 'warning', evidence: { count: 1, keys: 'voiceUrl' }, fix: 'restore' }),
          check('papers', { level: 'bad', fix: 'papers' }),
        ],
      },
      { 'numbers.connect': () => ({ results: [{ phoneNumber: '+14155550100', ok: true }] }) },
    )
    const items = within(app.detail.getByRole('region', { name: 'Health' })).getAllByRole('listitem')
    expect(items[0]?.textContent).toContain('Calls go to api.vapi.ai, not to relay.example.')
    expect(items[2]?.textContent).toContain('Paid $1.15 a month, unused for 71 days.')
    expect(items[3]?.textContent).toContain('1 setting was changed at Twilio: Voice URL.')
    expect(within(items[1]!).getByRole('link', { name: 'Open Twilio console' }).getAttribute('href')).toMatch(
      /^https:\/\/console\.twilio\.com\//,
    )
    expect(items[4]?.textContent).toContain('Callers are answered when the relay is down.')
    await userEvent.click(within(items[0]!).getByRole('button', { name: 'Point at our relay' }))
    await waitFor(() => expect(app.asked).toContainEqual({ name: 'numbers.connect', args: { phoneNumbers: ['+14155550100'] } }), wait)
    await userEvent.click(await within(items[2]!).findByRole('button', { name: 'Put on hold' }, wait))
    expect(await screen.findByRole('dialog', { name: 'Hold numbers' }, wait)).toBeDefined()
  })

  test.each([
    ['bad', 'draft', 'The regulatory bundle was never handed in.'],
    ['bad', 'rejected', 'Twilio rejected the regulatory bundle.'],
    ['bad', 'gone', 'Twilio does not have the regulatory bundle that is set.'],
    ['bad', 'expired', 'The regulatory bundle ran out on Jan 5, 2025. Renew it.'],
    ['warning', 'expires', 'The regulatory bundle runs out on Jan 5, 2025.'],
    ['warning', 'review', 'The regulatory bundle is still being reviewed.'],
    ['unknown', 'status', 'Twilio says that the regulatory bundle is “twilio-paused”.'],
    ['unknown', '', 'A regulatory bundle is set; not known whether it is approved.'],
  ] as const)('a bundle that is %s (%s) says so, and leads to the bundles', async (level, problem, sentence) => {
    const evidence = { bundleSid: 'BU1', problem, bundleStatus: 'twilio-paused', validUntil: '2025-01-05T12:00:00.000Z' }
    const { detail } = await openDetail({ checks: [check('papers', { level, evidence, fix: level === 'unknown' ? null : 'bundle' })] })
    const health = within(detail.getByRole('region', { name: 'Health' }))
    expect(health.getByRole('listitem').textContent).toContain(sentence)
    const links = health.queryAllByRole('link', { name: 'Open bundles at Twilio' }).map((link) => link.getAttribute('href'))
    expect(links).toEqual(level === 'unknown' ? [] : ['https://console.twilio.com/us1/develop/phone-numbers/regulatory-compliance/bundles'])
  })

  test.each(['good', 'warning', 'bad', 'unknown'] as const)('every check has a sentence when it is %s, evidence or not', async (level) => {
    const { detail } = await openDetail({ checks: healthNames.map((name) => check(name, { level })) })
    const items = within(detail.getByRole('region', { name: 'Health' })).getAllByRole('listitem')
    expect(items).toHaveLength(healthNames.length)
    for (const item of items) expect(item.textContent).not.toMatch(/numbers\.|\{\{/)
  })
})

test('history is told in sentences, newest first', async () => {
  const entry = { at: '2026-11-21T10:00:00.000Z', userId: 'sam', userName: 'Sam', subject: '+14155550100' }
  const { detail } = await openDetail({
    history: [{ auditId: 2, action: 'number.updated', ...entry, before: { name: 'Old' }, after: { name: 'Main line' } }],
  })
  expect(within(detail.getByRole('region', { name: 'History of changes' })).getByRole('listitem').textContent).toContain(
    'Sam renamed (415) 555-0100 from Old to Main line',
  )
})

test('a change from elsewhere is read again; a number that cannot be read says why', async () => {
  const state = { settings: drift, isBroken: false }
  const app = await openDetail(
    {},
    {
      'numbers.get': () => (state.isBroken ? failure('twilio-unreachable') : viewOf(number, { drift: state.settings })),
    },
  )
  state.settings = []
  act(() => app.emit('numbers.changed', { phoneNumbers: ['+14155550100'] }))
  expect(await app.detail.findByText('As you left them.', {}, wait)).toBeDefined()
  state.isBroken = true
  act(() => app.emit('numbers.changed', { phoneNumbers: null }))
  expect((await app.detail.findByRole('alert', {}, wait)).textContent).toContain('Twilio could not be reached')
  await userEvent.click(app.detail.getByRole('button', { name: 'Close details' }))
  expect(location.hash).toBe('#/numbers')
  await waitFor(() => expect(screen.queryByRole('region', { name: '(415) 555-0100' })).toBeNull(), wait)
})

test('copies the number as others dial it', async () => {
  const { detail } = await openDetail()
  await userEvent.click(detail.getByRole('button', { name: 'Copy +14155550100' }))
  expect(await navigator.clipboard.readText()).toBe('+14155550100')
})
