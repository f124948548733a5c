import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import type { OwnedNumber } from '../../../contract/number-desktop.ts'
import { undo } from '../recordings/undo.ts'
import { dependenciesOf, openNumbers, owned, rows } from './kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
afterEach(() => vi.restoreAllMocks())
const wait = { timeout: 15_000 }
const DAY = 86_400_000
const held = (at: number, days: number): OwnedNumber =>
  owned(at, {
    state: 'held',
    hold: {
      until: new Date(Date.now() + days * DAY).toISOString(),
      message: 'Gone fishing',
      at: new Date().toISOString(),
      byUserId: 'sam',
    },
  })
const dialogOf = async (name: string) => within(await screen.findByRole('dialog', { name }, wait))
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const detailOf = async (name: string) => within(await screen.findByRole('region', { name }, wait))

describe('hold', () => {
  test('shows what depends on the number, asks for days and message, and can be undone', async () => {
    const app = await openNumbers(
      [owned(0)],
      {
        'numbers.dependencies': ({ phoneNumbers }: { phoneNumbers: string[] }) =>
          phoneNumbers.map((one) =>
            dependenciesOf(one, {
              owners: [{ userId: 'ada', name: 'Ada' }],
              routedTo: 'api.vapi.ai',
              emergencyAddressSid: 'AD1',
              calls30: 3,
              lastUsedAt: '2026-11-01T10:00:00.000Z',
            }),
          ),
      },
      { at: '+14155550100' },
    )
    await userEvent.click((await detailOf('(415) 555-0100')).getByRole('button', { name: 'Hold' }))
    const dialog = await dialogOf('Hold numbers')
    for (const text of ['Answered by Ada', 'Twilio sends its calls elsewhere: api.vapi.ai', 'An emergency address is attached to it'])
      expect(await dialog.findByText(text, {}, wait)).toBeDefined()
    expect(dialog.getByText(/^3 calls in 30 days/)).toBeDefined()
    const days = dialog.getByRole<HTMLInputElement>('textbox', { name: 'Days' })
    expect(days.value).toBe('7')
    await userEvent.clear(days)
    await userEvent.type(days, '400')
    expect(dialog.getByRole<HTMLButtonElement>('button', { name: 'Hold' }).disabled).toBe(true)
    await userEvent.clear(days)
    await userEvent.type(days, '14')
    await userEvent.type(dialog.getByRole('textbox', { name: 'Message to callers' }), 'Call our main line')
    await userEvent.click(dialog.getByRole('button', { name: 'Hold' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), wait)
    const args = { phoneNumbers: ['+14155550100'], days: 14, message: 'Call our main line' }
    expect(app.asked).toContainEqual({ name: 'numbers.hold', args })
    await undo()
    await waitFor(() => expect(app.asked).toContainEqual({ name: 'numbers.unhold', args: { phoneNumbers: ['+14155550100'] } }), wait)
  })

  test('a held number says until when and what callers hear, and is taken off hold', async () => {
    const app = await openNumbers([held(0, 3)], {}, { at: '+14155550100' })
    const detail = await detailOf('(415) 555-0100')
    expect(await detail.findByText(/^On hold until/, {}, wait)).toBeDefined()
    expect(detail.getByText('Callers hear: Gone fishing')).toBeDefined()
    expect(detail.getByText(/^Sam put it on hold/)).toBeDefined()
    await userEvent.click(detail.getByRole('button', { name: 'Undo hold' }))
    await waitFor(() => expect(app.asked).toContainEqual({ name: 'numbers.unhold', args: { phoneNumbers: ['+14155550100'] } }), wait)
  })
})

describe('release', () => {
  test('a hold that is over asks; the right digits release that number by name', async () => {
    const app = await openNumbers([held(0, -1), held(1, 3), owned(2)])
    expect(await screen.findByText('1 number is due for release', {}, wait)).toBeDefined()
    await userEvent.click(button('Review'))
    const dialog = await dialogOf('Release numbers')
    await dialog.findByText('Nothing depends on it.', {}, wait)
    const release = dialog.getByRole<HTMLButtonElement>('button', { name: 'Release (415) 555-0100' })
    expect(release.disabled).toBe(true)
    const typed = dialog.getByRole('textbox', { name: 'Last four digits of (415) 555-0100' })
    await userEvent.type(typed, '0101')
    expect(dialog.getByText('These are not its last four digits.')).toBeDefined()
    expect(release.disabled).toBe(true)
    await userEvent.clear(typed)
    await userEvent.type(typed, '0100')
    expect(dialog.queryByRole('checkbox')).toBeNull() // it is due: nothing is early
    await userEvent.click(release)
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), wait)
    const seen = { owners: [], defaultFor: [], calls30: 0, routedTo: '', emergencyAddressSid: null }
    const args = { items: [{ phoneNumber: '+14155550100', lastFour: '0100', seen }] }
    expect(app.asked).toContainEqual({ name: 'numbers.release', args })
  })

  test('several: each its own digits, and before time only with a tick', async () => {
    const app = await openNumbers([held(0, -1), held(1, 3)])
    await waitFor(() => expect(rows()).toHaveLength(2), wait)
    for (const row of rows()) await userEvent.click(within(row).getByRole('checkbox'))
    await userEvent.click(within(screen.getByRole('region', { name: 'Selected numbers' })).getByRole('button', { name: 'Release' }))
    const dialog = await dialogOf('Release numbers')
    const release = dialog.getByRole<HTMLButtonElement>('button', { name: 'Release 2 numbers' })
    await userEvent.type(dialog.getByRole('textbox', { name: /0100$/ }), '0100')
    await userEvent.type(dialog.getByRole('textbox', { name: /0101$/ }), '0101')
    expect(release.disabled).toBe(true)
    await userEvent.click(dialog.getByRole('checkbox', { name: 'Release before the hold is over' }))
    await waitFor(() => expect(release.disabled).toBe(false), wait)
    await userEvent.click(release)
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), wait)
    expect(app.asked.find(({ name }) => name === 'numbers.release')?.args).toMatchObject({ isEarly: true })
  })

  test('nothing is released that was not shown to hang on anything first', async () => {
    await openNumbers([held(0, -1)], { 'numbers.dependencies': () => failure('relay-unreachable') })
    await userEvent.click(await screen.findByRole('button', { name: 'Review' }, wait))
    const dialog = await dialogOf('Release numbers')
    expect((await dialog.findByRole('alert', {}, wait)).textContent).toContain('The relay cannot be reached.')
    await userEvent.type(dialog.getByRole('textbox', { name: /0100$/ }), '0100')
    expect(dialog.getByRole<HTMLButtonElement>('button', { name: /^Release/ }).disabled).toBe(true)
  })

  test('what has changed is refused, shown, and released once it was seen', async () => {
    let calls30 = 0
    const app = await openNumbers([held(0, -1)], {
      'numbers.dependencies': ({ phoneNumbers }: { phoneNumbers: string[] }) => phoneNumbers.map((one) => dependenciesOf(one, { calls30 })),
      'numbers.release': ({ items }: { items: { seen: { calls30: number } }[] }) =>
        items.every(({ seen }) => seen.calls30 === 2)
          ? { results: [{ phoneNumber: '+14155550100', ok: true }] }
          : failure('conflict', undefined, { changed: 'calls30', calls30: 2 }),
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Review' }, wait))
    const dialog = await dialogOf('Release numbers')
    await dialog.findByText('Nothing depends on it.', {}, wait)
    await userEvent.type(dialog.getByRole('textbox', { name: /0100$/ }), '0100')
    calls30 = 2
    await userEvent.click(dialog.getByRole('button', { name: /^Release/ }))
    expect((await dialog.findByRole('alert', {}, wait)).textContent).toContain('Somebody changed this')
    expect(await dialog.findByText(/^2 calls in 30 days/, {}, wait)).toBeDefined()
    await userEvent.click(dialog.getByRole('button', { name: /^Release/ }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), wait)
    expect(app.asked.filter(({ name }) => name === 'numbers.release')).toHaveLength(2)
  })

  test('a refusal is said in the dialog, and what was typed stays', async () => {
    await openNumbers([held(0, -1)], { 'numbers.release': () => failure('emergency-address-attached') })
    await userEvent.click(await screen.findByRole('button', { name: 'Review' }, wait))
    const dialog = await dialogOf('Release numbers')
    const typed = dialog.getByRole<HTMLInputElement>('textbox', { name: /0100$/ })
    await userEvent.type(typed, '0100')
    await waitFor(() => expect(dialog.getByRole<HTMLButtonElement>('button', { name: /^Release/ }).disabled).toBe(false), wait)
    await userEvent.click(dialog.getByRole('button', { name: /^Release/ }))
    expect((await dialog.findByRole('alert', {}, wait)).textContent).toContain('emergency address')
    expect(typed.value).toBe('0100')
  })
})
