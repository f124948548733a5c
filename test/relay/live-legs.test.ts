import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CallFact } from '../../contract/call.ts'
import { makeRelay, type TestRelay } from './kit.ts'

let twilio: Server
let relay: TestRelay
const asked: string[] = []
beforeEach(async () => {
  asked.length = 0
  twilio = createServer((request, response) => {
    request.resume()
    asked.push(`${request.method} ${request.url?.split('/').at(-1)}`)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => twilio.listen(0, '127.0.0.1', resolve))
  relay = await makeRelay({ TWILIO_API_BASE: `http://127.0.0.1:${(twilio.address() as AddressInfo).port}` })
})
afterEach(async () => {
  await relay.close()
  twilio.closeAllConnections()
  twilio.close()
})

const sids = ['1', '2', '3', '4'].map((digit) => `CA${digit.repeat(32)}`)

/** Joins calls of one leg each: the device's, under that SID, with that status. */
async function talk(...legs: [callId: string, sid: string | undefined, deviceId: string, status: string][]): Promise<void> {
  const at = relay.clock.now().toISOString()
  const { calls } = relay.telephony.deps
  const callOf = (callId: string, sid: string, deviceId: string, status: string) => {
    const fact = (subject: string, field: string, value: string, source: CallFact['source'] = 'relay'): CallFact => ({
      subject,
      field,
      value,
      source,
      at,
    })
    const leg = `leg:${callId}-d`
    const facts = [fact('call', 'direction', 'outgoing'), fact('call', 'startedAt', at), fact(leg, 'role', 'device')]
    return [...facts, fact(leg, 'deviceId', deviceId), fact(leg, 'sid', sid), fact(leg, 'status', status, 'webhook')].map(
      (one) => [callId, one] as const,
    )
  }
  const all = legs.map(([callId, sid = '', deviceId, status]) => callOf(callId, sid, deviceId, status))
  await relay.core.writer.submit(() => all.flat().forEach(([callId, fact]) => calls.join(callId, [fact])))
}

test('revoking a device ends the legs it is talking on, and only those', async () => {
  const ada = (await relay.enrolled('Ada', 'staff')).session.device
  const sam = (await relay.enrolled('Sam', 'staff')).session.device
  await talk(
    ['live', sids[0], ada.deviceId, 'in-progress'],
    ['over', sids[1], ada.deviceId, 'completed'],
    ['other', sids[2], sam.deviceId, 'in-progress'],
  )
  await relay.core.admin({ command: 'revoke', device: ada.deviceId })
  await expect.poll(() => asked).toEqual([`POST ${sids[0]}.json`])
})

test('deactivating a user ends the legs of all of its devices', async () => {
  const [laptop, desk] = [await relay.enrolled('Ada', 'staff'), await relay.enrolled('Ada', 'staff')]
  const sam = await relay.enrolled('Sam', 'staff')
  await talk(
    ['one', sids[0], laptop.session.device.deviceId, 'in-progress'],
    ['two', sids[1], desk.session.device.deviceId, 'ringing'],
    ['other', sids[2], sam.session.device.deviceId, 'in-progress'],
  )
  await relay.core.admin({ command: 'deactivate', name: 'Ada' })
  await expect.poll(() => asked.toSorted()).toEqual([`POST ${sids[0]}.json`, `POST ${sids[1]}.json`])
  await relay.core.admin({ command: 'activate', name: 'Ada' })
  expect(asked).toHaveLength(2)
})
