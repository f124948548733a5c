import { expect, test } from 'vitest'
import type { LegRecord } from '../../../contract/call.ts'
import { wordOf } from '../../../renderer/voice/relay-word.ts'
import { record } from '../kit/phone-kit.ts'

function leg(role: LegRecord['role'], status: LegRecord['status']): LegRecord {
  const times = { ringAt: null, answerAt: null, endAt: null, durationSeconds: null }
  const unknown = { parentSid: null, userId: null, deviceId: null, to: null, bridged: null, errorCode: null, price: null, priceUnit: null }
  return { legId: role, sid: `CA${status}`, role, status, ...times, ...unknown }
}

test.each<[LegRecord['status'][], string | undefined]>([
  [['no-answer'], 'rang-out'],
  [['no-answer', 'no-answer'], 'rang-out'],
  [['no-answer', 'failed'], 'rang-out'], // another device was away
  [['no-answer', 'busy'], 'rang-out'], // another one declined
  [['no-answer', 'ringing'], undefined],
  [['no-answer', 'canceled'], undefined],
  [['failed'], undefined],
  [['canceled'], undefined],
])('while the caller is at voicemail, devices %j: %s', (devices, reason) => {
  const legs = [leg('party', 'in-progress'), ...devices.map((status) => leg('device', status))]
  expect(wordOf(record({ legs }), 'CAown')?.reason).toBe(reason)
})
