import { act, fireEvent, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'
import { openApp } from '../kit/app-kit.tsx'

const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
const note = () => screen.getByRole('status', { name: 'About what you typed' }).textContent
const paste = async (text: string) => {
  await userEvent.click(field())
  await userEvent.paste(text)
}

describe('what is no plain number', () => {
  test('digits for after the answer end the number, pasted or typed one by one, and that is said', async () => {
    await openApp()
    await paste('+14155552671,,12')
    expect(field().value).toBe('+1 415 555 2671')
    expect(note()).toContain('not dialed')
    await userEvent.clear(field())
    expect(note()).toBe('')
    await userEvent.type(field(), '+14155552671,,12')
    expect(field().value).toBe('+1 415 555 2671')
  })

  test('letters are the keys they stand on', async () => {
    await openApp()
    await userEvent.type(field(), '1-800-FLOWERS')
    expect(field().value).toBe('1 (800) 356-9377')
  })

  test.each(['sip:ada@example.com', 'call me'])('%j is no number, and that is said', async (text) => {
    await openApp()
    await paste(text)
    expect(field().value).toBe('')
    expect(note()).toBe('That is not a phone number.')
  })

  test('digits of another script are digits, and typing goes on behind them', async () => {
    await openApp()
    await paste('４１５')
    await userEvent.keyboard('5')
    expect(field().value.replaceAll(/\D/g, '')).toBe('4155')
  })
})

describe('calls that cannot begin', () => {
  test.each(['911', '112', '999'])('%s: another phone is needed, and the number stays', async (number) => {
    const app = await openApp()
    await userEvent.type(field(), `${number}{Enter}`)
    expect(screen.getByRole('alert').textContent).toContain('Use a mobile phone or a landline')
    expect(field().value.replaceAll(/\D/g, '')).toBe(number)
    expect(app.device().connects).toEqual([])
  })

  test.each([
    ['offline', 'cannot be reached'],
    ['refused', 'refused this computer'],
  ])('the relay is %s: said at once, and the number stays', async (relay, sentence) => {
    const app = await openApp()
    act(() => app.emit('status.changed', { ...app.state.status.getState().status, relay }))
    fireEvent.change(field(), { target: { value: '+14155552671' } })
    fireEvent.keyDown(field(), { key: 'Enter' })
    expect(screen.getByRole('alert').textContent).toContain(sentence)
    expect(field().value).toBe('+1 415 555 2671')
    expect(app.device().connects).toEqual([])
  })
})
