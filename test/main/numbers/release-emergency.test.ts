import { expect, test } from 'vitest'
import type { FailureError } from '../../../contract/failure.ts'
import type { RemoteNumber } from '../../../contract/number.ts'
import { detachEmergencyAddress } from '../../../main/numbers/release-emergency.ts'
import { settingsOf } from './kit.ts'

const SID = `PN${'1'.repeat(32)}`
/** A number with this emergency address, and Twilio's word of it; null: there is no such number. */
type Look = readonly [addressSid: string, status: string] | null
const remoteOf = ([emergencyAddressSid, emergencyAddressStatus]: NonNullable<Look>): RemoteNumber => ({
  sid: SID,
  phoneNumber: '+14155550100',
  capabilities: { voice: true, sms: true, mms: true, fax: false },
  type: 'local',
  addressRequirements: 'none',
  emergencyAddressStatus,
  createdAt: null,
  settings: settingsOf({ emergencyAddressSid }),
})

/** Twilio's account shows the number so, look by look; the last one stays. */
async function detached(first: Look, ...then: Look[]) {
  const looks = [first, ...then]
  const done: string[] = []
  const next = () => (looks.length > 1 ? looks.shift() : looks[0]) ?? null
  const account = {
    number: () => {
      const look = next()
      done.push('look')
      return Promise.resolve(look ? remoteOf(look) : undefined)
    },
    update: (_sid: string, settings: object) => {
      done.push(JSON.stringify(settings))
      const look = next()
      return look ? Promise.resolve(remoteOf(look)) : Promise.reject(new Error('gone'))
    },
  }
  const failed = await detachEmergencyAddress(account, SID, 1).then(
    () => null,
    (error: unknown) => error as FailureError,
  )
  return { done, failed }
}

const UNSET = '{"emergencyStatus":"Inactive","emergencyAddressSid":""}'
const registered = ['AD1', 'registered'] as const
const pending = ['AD1', 'pending-unregistration'] as const
const none = ['', 'unregistered'] as const

const cases: [string, Look[], string[]][] = [
  ['has none: nothing is written', [none], ['look']],
  ['is gone: nothing is written', [null], ['look']],
  ['is let go of at once', [registered, none], ['look', UNSET]],
  ['is let go of after a while', [registered, pending, pending, none], ['look', UNSET, 'look', 'look']],
  ['is being let go of already: not asked twice', [pending, pending, none], ['look', 'look', 'look']],
  ['could not be registered: taken away all the same', [['AD1', 'registration-failure'], none], ['look', UNSET]],
  ['goes with the number meanwhile', [registered, pending, null], ['look', UNSET, 'look']],
  [
    'says nothing of its status',
    [
      ['AD1', ''],
      ['', ''],
    ],
    ['look', UNSET],
  ],
]
test.each(cases)('an emergency address that %s', async (_, looks, wanted) => {
  const { done, failed } = await detached(...(looks as [Look, ...Look[]]))
  expect(failed).toBeNull()
  expect(done).toEqual(wanted)
})

test('that Twilio cannot let go of fails at once, one that takes too long after fifteen looks', async () => {
  const refused = await detached(registered, ['AD1', 'unregistration-failure'])
  expect(refused.failed).toMatchObject({ code: 'emergency-address-attached', details: { status: 'unregistration-failure' } })
  expect(refused.done).toEqual(['look', UNSET])
  const slow = await detached(registered, pending)
  expect(slow.failed).toMatchObject({ code: 'emergency-address-attached', details: { status: 'pending-unregistration' } })
  expect(slow.done).toHaveLength(17)
})
