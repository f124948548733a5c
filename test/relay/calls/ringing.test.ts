import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRinging, type LegEnder } from '../../../relay/calls/ringing.ts'
import { callerForm, createBench, pathIn, sidOf, type Bench } from './bench.ts'

let bench: Bench
let body: string
let callId: string
const call = sidOf('CA', 1)
const [first, second] = [sidOf('CA', 2), sidOf('CA', 3)]
beforeEach(async () => {
  bench = await createBench()
  const ada = bench.user('Ada')
  bench.directory.addDevice(ada.userId, 'Laptop', 'key')
  bench.directory.putNumber({ phoneNumber: '+15005550006', sid: null, name: 'Front desk', isActive: true })
  bench.directory.assignNumber('+15005550006', [ada.userId])
  body = (await bench.post('/api/twilio/twiml', callerForm(call))).body
  callId = bench.deps.calls.callOf(call) ?? ''
})
afterEach(() => bench.close())

function twilio(changes: Partial<LegEnder> = {}) {
  const ended: string[] = []
  const port: LegEnder = { children: () => Promise.resolve([]), end: (sid) => Promise.resolve(void ended.push(sid)), ...changes }
  return { port, ended }
}
const ringing = (sid: string, index: number) =>
  bench.post(pathIn(body, 'statusCallback', index), { ...callerForm(sid), ParentCallSid: call, CallStatus: 'ringing' })
const stop = (port: LegEnder) => createRinging(port, bench.deps.calls, bench.deps.log, [0, 10, 10]).stop(callId)

test('every leg that rings is ended once, also one whose callback comes late', async () => {
  await ringing(first, 0)
  const { port, ended } = twilio()
  const slow = { ...port, children: () => ringing(second, 1).then(() => []) }
  await stop(slow)
  expect(ended).toEqual([first, second])
})

test('a leg that only Twilio knows is ended, one that is over is not', async () => {
  const { port, ended } = twilio({
    children: () =>
      Promise.resolve([
        { sid: first, status: 'ringing' },
        { sid: second, status: 'no-answer' },
      ]),
  })
  await stop(port)
  expect(ended).toEqual([first])
})

test('it stops when the Dial is over, and an error of Twilio is no more than a line', async () => {
  await ringing(first, 0)
  const failing = twilio({ end: () => Promise.reject(new Error('503')) })
  await stop(failing.port)
  expect(bench.lines.filter((line) => line.message === 'ringing could not be stopped')).toHaveLength(3)
  await bench.post(pathIn(body, 'action'), { ...callerForm(call), DialCallStatus: 'no-answer', DialBridged: 'false' })
  const { port, ended } = twilio()
  await stop(port)
  expect(ended).toEqual([])
})
