import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { LegRecord } from '../../../contract/call.ts'
import { failure } from '../../../contract/failure.ts'
import { openApp } from '../kit/app-kit.tsx'
import { record } from '../kit/phone-kit.ts'

const open = () => userEvent.click(screen.getByRole('link', { name: 'Calls' }))
function leg(role: LegRecord['role'], status: LegRecord['status']): LegRecord {
  const times = { ringAt: null, answerAt: null, endAt: null, durationSeconds: null }
  const unknown = {
    sid: null,
    parentSid: null,
    userId: null,
    deviceId: null,
    to: null,
    bridged: null,
    errorCode: null,
    price: null,
    priceUnit: null,
  }
  return { legId: role, role, status, ...times, ...unknown }
}
const row = (index: number) => within(screen.getAllByRole('listitem')[index]!)

test('each row says what became of it and why, with whom, and how long', async () => {
  await openApp({
    calls: [
      record({ callId: '1', outcome: 'missed', reason: 'rang-out' }),
      record({ callId: '2', outcome: 'missed', reason: 'declined' }),
      record({ callId: '3', outcome: 'answered', talkSeconds: 65, userId: 'sam' }),
      record({ callId: '4', outcome: 'not-reached', reason: 'busy', direction: 'outgoing' }),
      record({ callId: '5', outcome: 'abandoned', party: { kind: 'withheld' } }),
      record({ callId: '6', outcome: 'voicemail', reason: 'rang-out', party: { kind: 'client', identity: 'client:usam_dx' } }),
    ],
  })
  await open()
  expect(row(0).getByText('Missed · rang out')).toBeTruthy()
  expect(row(1).getByText('Declined')).toBeTruthy()
  expect(row(2).getByText('Answered · by Sam')).toBeTruthy()
  expect(row(2).getByText('1:05')).toBeTruthy()
  expect(row(3).getByText('Not reached · busy')).toBeTruthy()
  expect(row(4).getByText('Number withheld')).toBeTruthy()
  expect(row(4).queryByRole('button')).toBeNull() // a withheld number cannot be called back
  expect(row(5).getByText('Sam')).toBeTruthy()
})

test('calls back from the number it was with', async () => {
  const app = await openApp({ calls: [record({ outcome: 'missed', reason: 'rang-out', ourNumber: '+14155550111' })] })
  await open()
  await userEvent.click(screen.getByRole('button', { name: 'Call (415) 555-2671' }))
  expect(app.device().connects[0]?.params).toMatchObject({ To: '+14155552671', LkCallerId: '+14155550111' })
})

test('a change is asked for again and shown', async () => {
  const calls = [record({ callId: '1', outcome: 'ongoing', legs: [leg('party', 'in-progress'), leg('device', 'in-progress')] })]
  const app = await openApp({ calls })
  await open()
  expect(row(0).getByText('In progress')).toBeTruthy()
  calls[0] = record({ callId: '1', outcome: 'answered', talkSeconds: 3 })
  act(() => app.emit('calls.changed', { callIds: ['1'] }))
  await waitFor(() => expect(row(0).getByText('Answered')).toBeTruthy())
})

test.each([
  ['Ringing', [leg('party', 'ringing'), leg('device', 'ringing')]],
  ['Ringing', [leg('party', 'ringing'), leg('device', null)]],
  ['At voicemail', [leg('party', 'in-progress'), leg('device', 'no-answer')]],
  ['Now', []],
])('a call that is not over: %s', async (word, legs) => {
  await openApp({ calls: [record({ outcome: 'ongoing', legs })] })
  await open()
  expect(row(0).getByText(word)).toBeTruthy()
})

const page = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => record({ callId: String(from + index), outcome: 'answered' }))

test('older calls come on demand, each once', async () => {
  await openApp({
    answers: {
      'calls.page': ({ after }: { after?: string }) => (after ? { calls: page(49, 20), next: null } : { calls: page(0, 50), next: 'x' }),
    },
  })
  await open()
  expect(screen.getAllByRole('listitem')).toHaveLength(50)
  await userEvent.click(screen.getByRole('button', { name: 'Load older calls' }))
  expect(screen.getAllByRole('listitem')).toHaveLength(69)
  expect(screen.queryByRole('button', { name: 'Load older calls' })).toBeNull()
})

test('nothing yet, and what cannot be read, are two different things', async () => {
  const empty = await openApp()
  await open()
  expect(screen.getByRole('heading', { name: 'No calls yet' })).toBeTruthy()
  empty.screen.unmount()
  const state = { isBroken: true }
  await openApp({
    answers: { 'calls.page': () => (state.isBroken ? failure('store-failed') : { calls: [record({ outcome: 'answered' })], next: null }) },
  })
  await open()
  expect(screen.getByRole('alert').textContent).toContain('local database')
  state.isBroken = false
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(screen.getAllByRole('listitem')).toHaveLength(1)
})
