import { act, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openApp } from '../kit/app-kit.tsx'
import { OURS, record } from '../kit/phone-kit.ts'

const NOT_HERE = 'Ringing, but not on this computer'
const offer = {
  callId: 'call-1',
  party: { kind: 'number', number: '+14155552671' },
  ourNumber: OURS,
  numberName: 'Main line',
  isForThisDevice: true,
  ringSeconds: 20,
  at: '2026-11-21T09:00:00.000Z',
}

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }))
afterEach(() => vi.useRealTimers())
const after = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms))
const notice = () => screen.queryByText(NOT_HERE)?.closest('p')?.textContent ?? null

async function offered(options: Parameters<typeof openApp>[0] = {}, change: object = {}) {
  const app = await openApp(options)
  act(() => app.emit('call.offered', { ...offer, ...change }))
  return app
}

describe('a call announced to this user that does not ring here (R23)', () => {
  test('is said after two seconds without an invite, and no longer than it rings', async () => {
    await offered()
    expect(notice()).toBeNull()
    await after(2600)
    expect(notice()).toContain('(415) 555-2671')
    expect(notice()).toContain('Twilio has not brought it here')
    await after(18_000)
    expect(notice()).toBeNull()
  })

  test('is not said of one that rings here', async () => {
    const app = await offered()
    act(() => void app.ring('call-1.leg-1'))
    await after(3000)
    expect(notice()).toBeNull()
  })

  test('is not said of the second of two that ring here', async () => {
    const app = await openApp()
    act(() => void app.ring('call-0.leg-0', '+14155552672'))
    act(() => app.emit('call.offered', offer))
    act(() => void app.ring('call-1.leg-1', '+14155552671', 'CA00000000000000000000000000000002'))
    await after(3000)
    expect(notice()).toBeNull()
  })

  test.each([
    ['calls are not turned on here', { isOn: false }, {}, 'Calls are off'],
    ['…and the relay left this computer out', { isOn: false }, { isForThisDevice: false }, 'Calls are off'],
    [
      'the Device is not registered',
      { phone: { onRegister: () => Promise.reject(new Error('no')) } },
      { isForThisDevice: false },
      'Not connected for calls',
    ],
    ['all is well here: the relay rings other devices', {}, { isForThisDevice: false }, 'It rings on your other devices'],
  ] as const)('%s', async (_, options, change, reason) => {
    await offered(options, change)
    await after(2600)
    expect(notice()).toContain(reason)
  })

  test('another window of this computer has the phone: it rings there, and nothing is missing', async () => {
    await offered({ phone: { lockIsFree: false } })
    await after(2600)
    expect(notice()).toBeNull()
  })

  test('answered on another device: nothing rings any more', async () => {
    const calls = [record({ callId: 'call-1', outcome: 'answered' })]
    await offered({ calls }, { isForThisDevice: false })
    await after(2600)
    expect(notice()).toBeNull()
  })
})

const card = () => screen.getByRole('alertdialog', { name: 'Incoming call' }).textContent

describe('the card of a call that rings', () => {
  test('says which of our numbers was called, with its name', async () => {
    const app = await offered()
    act(() => void app.ring('call-1.leg-1'))
    expect(card()).toContain('Main line · (415) 555-0100 rings here')
  })

  test('…and as soon as it is known, when the announcement comes after the ring', async () => {
    const app = await openApp()
    act(() => void app.ring('call-1.leg-1'))
    expect(card()).toContain('One of your numbers was called')
    act(() => app.emit('call.offered', { ...offer, ourNumber: '+14155550199', numberName: 'Sales' }))
    expect(card()).toContain('Sales · (415) 555-0199 rings here')
  })

  test('within a call it is one line, and says so beside what answering does', async () => {
    const app = await offered()
    const call = await act(() => app.dial())
    act(() => call.open())
    act(() => void app.ring('call-1.leg-1', '+14155552671', 'CA00000000000000000000000000000002'))
    expect(card()).toContain('Main line')
    expect(card()).toContain('Answering ends the call you are in')
  })
})

test('a ring that came proves that calls arrive: availability says when (R27)', async () => {
  vi.setSystemTime(new Date(2026, 10, 21, 9, 5))
  const app = await openApp()
  expect(screen.getByRole('status', { name: 'Availability' }).textContent).not.toContain('last rang')
  act(() => app.ring().emit('cancel'))
  expect(screen.getByRole('status', { name: 'Availability' }).textContent).toMatch(/last rang 9:05\sAM/)
})
