import { describe, expect, test } from 'vitest'
import { followEdge, guardCall } from '../../renderer/follow-edge.ts'
import { createState } from '../../renderer/state/index.ts'
import type { CallView } from '../../renderer/model/phone.ts'
import type { Sdk } from '../../renderer/voice/sdk.ts'
import { fakeBridge, firstRun, signedIn } from './kit/app-kit.tsx'
import { phoneKit } from './kit/phone-kit.ts'

const edge = (port: number) => ({ signalingUrl: `ws://127.0.0.1:${port}/signal`, soundsUrl: null })
const sdk = {} as Sdk

async function page() {
  const main = fakeBridge({ ...signedIn, voice: edge(1) }, [], {})
  const state = createState(main.bridge, 'US')
  await state.session.getState().load()
  let reloads = 0
  const asked: unknown[] = []
  let isDown = false
  const load = (wanted: unknown) => {
    asked.push(wanted)
    return isDown ? Promise.reject(new Error('offline')) : Promise.resolve(sdk)
  }
  const sdkAt = followEdge(state, { load, reload: () => reloads++ })
  return { state, emit: main.emit, sdkAt, asked, reloads: () => reloads, lose: (is: boolean) => (isDown = is) }
}

describe('a session with another edge in the same page', () => {
  test('loads the page anew once the SDK was loaded for the old one', async () => {
    const { sdkAt, emit, reloads } = await page()
    await sdkAt(edge(1))
    emit('session.changed', { ...firstRun, state: 'signed-out' })
    expect(reloads()).toBe(0)
    emit('session.changed', { ...signedIn, voice: edge(2) })
    emit('session.changed', { ...signedIn, voice: edge(2) })
    expect(reloads()).toBe(1)
  })

  test('before the SDK was loaded, or with the same edge, there is nothing to undo', async () => {
    const { sdkAt, emit, reloads } = await page()
    emit('session.changed', { ...signedIn, voice: edge(2) })
    await sdkAt(edge(2))
    emit('session.changed', { ...signedIn, voice: edge(2) })
    expect(reloads()).toBe(0)
  })

  test('never during a call', async () => {
    const { sdkAt, emit, state, reloads } = await page()
    await sdkAt(edge(1))
    state.phone.setState({ call: { state: 'in-call' } as CallView })
    emit('session.changed', { ...signedIn, voice: edge(2) })
    expect(reloads()).toBe(0)
    state.phone.setState({ call: null })
    expect(reloads()).toBe(1)
  })

  test('an SDK that could not be loaded is loaded at the next need', async () => {
    const { sdkAt, asked, lose } = await page()
    lose(true)
    await expect(sdkAt(edge(1))).rejects.toThrow('offline')
    lose(false)
    expect(await sdkAt(edge(1))).toBe(sdk)
    expect(asked).toHaveLength(2)
  })
})

test('leaving the page is asked about during a call alone', async () => {
  const kit = phoneKit()
  await kit.phone.turnOn()
  let asked = 0
  const leave = () => guardCall(kit.phone)({ preventDefault: () => asked++ })
  leave()
  expect(asked).toBe(0)
  const call = await kit.dial()
  call.open()
  leave()
  expect(asked).toBe(1)
  kit.phone.hangUp()
  leave()
  expect(asked).toBe(1)
})
