import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Desktop } from '../kit/desktop.ts'
import { startWorkspace, type Workspace } from '../kit/workspace.ts'

let workspace: Workspace
let ada: Desktop

beforeAll(async () => {
  workspace = await startWorkspace()
  ada = await workspace.desktop('Ada', 'manager')
}, 60_000)
afterAll(() => workspace.close())

/** The timeline of the only call there is, once the relay knows how it ended. */
const timelineOver = () =>
  vi.waitFor(
    async () => {
      const callId = ada.events.flatMap((one) => (one.event === 'calls.changed' ? one.payload.callIds : []))[0]
      const timeline = await ada.ask('calls.timeline', { callId: callId ?? 'none' })
      if (timeline.why.what === 'why-ongoing') throw new Error('the call is not over yet')
      return timeline
    },
    { timeout: 20_000, interval: 50 },
  )

test('a call that reached nobody says why it did not ring, and hides numbers when asked', async () => {
  await workspace.control('/incoming-calls', { from: '+14155552671', to: '+14155550100', script: 'wait' })
  const timeline = await timelineOver()
  expect(timeline.entries[0]).toMatchObject({ what: 'arrived', source: 'webhook', clock: 'relay' })
  expect(timeline.entries.find((one) => one.what === 'nobody-rung')).toMatchObject({
    source: 'relay',
    params: { reason: 'nobody-assigned' },
  })
  expect(timeline.why).toMatchObject({ what: 'why-nobody-assigned', params: { here: 'none' } })
  expect(timeline.about).toMatchObject({ version: '1.2.3', isMasked: false })
  expect(JSON.stringify(timeline)).toContain('+14155552671')
  const masked = await ada.ask('calls.timeline', { callId: timeline.callId, mask: true })
  expect(masked.about.isMasked).toBe(true)
  expect(JSON.stringify(masked)).not.toContain('4155552671')
  expect(JSON.stringify(masked)).toContain('…2671')
})

test('a call that is not here is not found', async () => {
  expect(await ada.fails('calls.timeline', { callId: 'nobody' })).toMatchObject({ code: 'not-found' })
})
