import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../contract/failure.ts'
import type { NumberPatch } from '../../../contract/number.ts'
import { undo } from '../recordings/undo.ts'
import { openNumbers, owned, rowOf, rows } from './kit.tsx'

vi.setConfig({ testTimeout: 60_000 }) // a loaded machine takes seconds for a screen
afterEach(() => vi.restoreAllMocks())
const wait = { timeout: 15_000 }
const bar = () => within(screen.getByRole('region', { name: 'Selected numbers' }))
const click = (name: string) => userEvent.click(bar().getByRole('button', { name }))
const three = () => [owned(0, { userIds: ['sam', 'ada'] }), owned(1, { userIds: ['ada'], state: 'inactive' }), owned(2, { tags: ['old'] })]
const dialogOf = async (name: string) => within(await screen.findByRole('dialog', { name }, wait))

/** Opens the screen and chooses these of the three numbers. */
async function choose(at: number[], answers = {}, numbers = three()) {
  const app = await openNumbers(numbers, answers)
  await waitFor(() => expect(rows()).toHaveLength(numbers.length), wait)
  for (const one of at) await userEvent.click(within(rows()[one]!).getByRole('checkbox'))
  const updates = () =>
    app.asked
      .filter(({ name }) => name === 'numbers.update')
      .map(({ args }) => (args as { changes: { phoneNumber: string; patch: NumberPatch }[] }).changes)
  return { ...app, updates }
}

describe('at once', () => {
  test('activates, shows it before main has answered, and takes it back', async () => {
    const { updates } = await choose([0, 1])
    await click('Activate')
    expect(rowOf('Line 1')!.textContent).toContain('Active')
    expect(await screen.findByText('2 numbers are active', {}, wait)).toBeDefined()
    await undo()
    await waitFor(() => expect(updates()).toHaveLength(2), wait)
    expect(updates()[1]?.map(({ patch }) => patch.isActive)).toEqual([true, false])
    await waitFor(() => expect(rowOf('Line 1')!.textContent).toContain('Inactive'), wait)
  })

  test('what failed is taken back, with its reason; the rest stays done', async () => {
    await choose([0, 1], {
      'numbers.update': ({ changes }: { changes: { phoneNumber: string }[] }) => ({
        results: changes.map(({ phoneNumber }, at) =>
          at === 0 ? { phoneNumber, ok: false, failure: failure('relay-unreachable') } : { phoneNumber, ok: true },
        ),
      }),
    })
    await click('Record')
    const asked = await dialogOf('Record calls')
    expect(asked.getByText('Calls of 2 numbers will be recorded from now on.')).toBeDefined()
    expect(asked.getByText(/everybody on a call has to be told/)).toBeDefined()
    await userEvent.click(asked.getByRole('button', { name: 'Record 2 numbers' }))
    const alert = await screen.findByRole('alert', {}, wait)
    expect(alert.textContent).toContain('1 of 2 were not changed')
    expect(alert.textContent).toContain('The relay cannot be reached.')
    expect(alert.textContent).toContain('(415) 555-0100')
    expect(bar().getByRole('button', { name: 'Record' })).toBeDefined() // one of the two is not recorded again
    await userEvent.click(within(alert).getByRole('button', { name: 'Dismiss' }))
    expect(screen.queryByRole('alert')).toBeNull()
  })

  test('main refuses everything: nothing has changed', async () => {
    await choose([1], { 'numbers.update': () => failure('forbidden') })
    await click('Activate')
    expect(await screen.findByRole('alert', {}, wait)).toBeDefined()
    expect(rowOf('Line 1')!.textContent).toContain('Inactive')
  })

  test('exports the chosen ones as a file', async () => {
    const saved: string[] = []
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => `blob:${(blob as Blob).type}`)
    // happy-dom would leave the page for the file's address.
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function save(this: HTMLAnchorElement) {
      saved.push(`${this.download} ${this.href}`)
    })
    const app = await choose([0, 2], { 'numbers.export': () => ({ fileName: 'numbers.csv', text: 'number\r\n' }) })
    await click('Export')
    expect(await screen.findByText('Saved as numbers.csv', {}, wait)).toBeDefined()
    expect(saved).toEqual(['numbers.csv blob:text/csv;charset=utf-8'])
    expect(app.asked).toContainEqual({ name: 'numbers.export', args: { phoneNumbers: ['+14155550100', '+14155550102'] } })
  })

  test('without a choice: all numbers, or those that fit the filters, and says which', async () => {
    vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:csv')
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    const app = await choose([], { 'numbers.export': () => ({ fileName: 'numbers.csv', text: 'number\r\n' }) })
    const exported = () => app.asked.filter(({ name }) => name === 'numbers.export').map(({ args }) => args)
    await userEvent.click(screen.getByRole('button', { name: 'Export' }))
    await waitFor(() => expect(exported()).toEqual([{}]), wait)
    await userEvent.type(screen.getByRole('searchbox', { name: 'Filter numbers' }), 'line 2')
    const some = await screen.findByRole('button', { name: 'Export 1 shown' }, wait)
    expect(some.title).toBe('Saves the numbers that fit the filters.')
    await userEvent.click(some)
    await waitFor(() => expect(exported()[1]).toEqual({ phoneNumbers: ['+14155550102'] }), wait)
    await userEvent.type(screen.getByRole('searchbox', { name: 'Filter numbers' }), ' nothing like it')
    expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Export 0 shown' }, wait)).disabled).toBe(true)
  })

  test('all that is shown, or nothing', async () => {
    await choose([0])
    await click('Select all')
    expect(bar().getByText('3 selected')).toBeDefined()
    await click('Clear selection')
    expect(screen.queryByRole('region', { name: 'Selected numbers' })).toBeNull()
  })

  test('every number is recorded with one choice', async () => {
    const { updates } = await choose([])
    await userEvent.click(screen.getByRole('button', { name: 'More' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Record all numbers' }, wait))
    const asked = await dialogOf('Record calls')
    expect(updates()).toHaveLength(0)
    await userEvent.click(asked.getByRole('button', { name: 'Record 3 numbers' }))
    await waitFor(() => expect(updates()[0]).toHaveLength(3), wait)
    expect(updates()[0]?.every(({ patch }) => patch.isRecorded === true)).toBe(true)
  })
})

describe('assigning', () => {
  test('begins with the owners that all have; order and way of ringing are sent', async () => {
    const app = await choose([0, 1])
    await click('Assign')
    const dialog = await dialogOf('Assign numbers')
    expect(dialog.getByRole<HTMLInputElement>('checkbox', { name: 'Ada Lovelace' }).checked).toBe(true)
    expect(dialog.getByRole<HTMLInputElement>('checkbox', { name: 'Sam' }).checked).toBe(false)
    await userEvent.click(dialog.getByRole('checkbox', { name: 'Kim' }))
    await userEvent.click(dialog.getByRole('checkbox', { name: 'Sam' }))
    await userEvent.click(dialog.getByRole('button', { name: 'Move Sam up' }))
    await userEvent.click(dialog.getByRole('button', { name: 'Remove Ada Lovelace' }))
    await userEvent.click(dialog.getByRole('radio', { name: /One after the other/ }))
    await userEvent.click(dialog.getByRole('button', { name: 'Assign' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), wait)
    const args = { phoneNumbers: ['+14155550100', '+14155550101'], userIds: ['sam', 'kim'], ringMode: 'sequential' }
    expect(app.asked).toContainEqual({ name: 'numbers.assign', args })
    await undo()
    await waitFor(() => expect(app.updates()[0]?.map(({ patch }) => patch.userIds)).toEqual([['sam', 'ada'], ['ada']]), wait)
  })

  test('that fails stays open with what was chosen', async () => {
    await choose([2], { 'numbers.assign': () => failure('relay-unreachable') })
    await click('Assign')
    const dialog = await dialogOf('Assign numbers')
    await userEvent.click(dialog.getByRole('checkbox', { name: 'Kim' }))
    await userEvent.click(dialog.getByRole('button', { name: 'Assign' }))
    expect((await dialog.findByRole('alert', {}, wait)).textContent).toContain('The relay cannot be reached.')
    expect(dialog.getByRole<HTMLInputElement>('checkbox', { name: 'Kim' }).checked).toBe(true)
  })
})

describe('renaming', () => {
  test('by a template: each name is seen first, wrong ones cannot be sent', async () => {
    const { updates } = await choose([0, 1])
    await click('Rename')
    const dialog = await dialogOf('Rename numbers')
    const template = dialog.getByRole<HTMLInputElement>('textbox', { name: 'Name template' })
    const save = dialog.getByRole<HTMLButtonElement>('button', { name: 'Rename' })
    expect(document.activeElement).toBe(template)
    expect(save.disabled).toBe(true)
    await userEvent.type(template, 'Sales {{foo}')
    expect(dialog.getByText('{foo} is no placeholder.')).toBeDefined()
    expect(save.disabled).toBe(true)
    await userEvent.clear(template)
    await userEvent.type(template, 'Sales ')
    await userEvent.click(dialog.getByRole('button', { name: 'Insert {area}' }))
    await userEvent.type(template, ' {{n}')
    expect(dialog.getByRole('region', { name: 'Preview' }).textContent).toContain('Sales 415 2')
    await userEvent.click(save)
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), wait)
    expect(updates()[0]?.map(({ patch }) => patch.name)).toEqual(['Sales 415 1', 'Sales 415 2'])
    expect(await screen.findByText('2 numbers renamed', {}, wait)).toBeDefined()
  })
})

describe('tagging', () => {
  test('adds to each and takes from each; other tags stay', async () => {
    const { updates } = await choose([1, 2])
    await click('Tag')
    const dialog = await dialogOf('Tag numbers')
    expect(dialog.getByRole<HTMLButtonElement>('button', { name: 'Save tags' }).disabled).toBe(true)
    await userEvent.type(dialog.getByRole('textbox', { name: 'Add tags' }), 'sales, berlin')
    await userEvent.click(dialog.getByRole('checkbox', { name: 'old' }))
    await userEvent.click(dialog.getByRole('button', { name: 'Save tags' }))
    await waitFor(
      () =>
        expect(updates()[0]?.map(({ patch }) => patch.tags)).toEqual([
          ['sales', 'berlin'],
          ['sales', 'berlin'],
        ]),
      wait,
    )
  })
})
