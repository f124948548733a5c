import { describe, expect, test } from 'vitest'
import type { FailureError } from '../../../contract/failure.ts'
import { plainDetails, type AuditEntry, type NumberDetails, type NumberSettings } from '../../../contract/number.ts'
import { checkUnchanged, givenSinceHold, isTraceNeeded, type CheckInput } from '../../../main/numbers/release-check.ts'
import { settingsOf, usageOf, wiring } from './kit.ts'

const HELD = '2026-11-14T10:00:00.000Z'
const hold = { until: '2026-11-21T10:00:00.000Z', message: null, at: HELD, byUserId: 'ada' }
const VAPI = 'https://api.vapi.ai/in'

interface Over {
  userIds?: string[]
  details?: Partial<NumberDetails>
  settings?: Partial<NumberSettings>
  baseline?: Partial<NumberSettings>
  seen?: CheckInput['seen']
  given?: string[]
  usage?: Parameters<typeof usageOf>[0]
}
const input = ({ userIds = ['sam'], details, settings, baseline, seen, given = [], usage }: Over): CheckInput => {
  const phoneNumber = '+14155550100'
  const sid = `PN${'1'.repeat(32)}`
  return {
    row: { phoneNumber, sid, name: 'Main line', isActive: true, userIds, details: { ...plainDetails(), hold, ...details } },
    remote: {
      sid,
      phoneNumber,
      type: 'local',
      capabilities: { voice: true, sms: true, mms: false, fax: false },
      addressRequirements: 'none',
      emergencyAddressStatus: '',
      createdAt: HELD,
      settings: settingsOf(settings),
    },
    guard: { phoneNumber, sid, baseline: settingsOf(baseline), baselineAt: HELD, seen: settingsOf(), seenAt: HELD },
    usage: usageOf({ lastUsedAt: '2026-11-13T10:00:00.000Z', ...usage }),
    wiring,
    seen,
    given,
  }
}
/** What the refusal names; '' when it may go. */
function changedOf(over: Over): string {
  try {
    checkUnchanged(input(over))
    return ''
  } catch (error) {
    const { code, details } = error as FailureError
    return code === 'conflict' ? String(details?.['changed']) : code
  }
}

const shown = { owners: ['sam'], calls30: 3, defaultFor: ['sam'], routedTo: '', emergencyAddressSid: null }
const called = { lastUsedAt: '2026-11-14T10:00:00.001Z', calls30: 4 }
const cases: [string, Over, string][] = [
  ['nothing has changed', {}, ''],
  ['owners and calls were there before', { details: { defaultFor: ['sam'] } }, ''],
  ['somebody was given it', { userIds: ['sam', 'eve'], given: ['eve'] }, 'owners'],
  ['somebody was given it and lost it again', { given: ['eve'] }, ''],
  ['somebody calls from it by default now', { details: { defaultFor: ['sam'] }, given: ['sam'] }, 'owners,defaultFor'],
  ['it was called since', { usage: called }, 'calls30'],
  ['it was never called', { usage: { lastUsedAt: null, calls30: 0 } }, ''],
  ['its calls were sent elsewhere', { settings: { voiceUrl: VAPI } }, 'routedTo'],
  ['to an application', { settings: { voiceApplicationSid: 'AP1' } }, 'routedTo'],
  ['as accepted', { settings: { voiceUrl: VAPI }, baseline: { voiceUrl: VAPI } }, ''],
  ['another setting drifted', { settings: { friendlyName: 'x' } }, ''],
  ['it has an emergency address', { settings: { emergencyAddressSid: 'AD1' } }, ''],
  ['everything at once', { userIds: ['eve'], given: ['eve'], usage: called, settings: { trunkSid: 'TK1' } }, 'owners,calls30,routedTo'],
  ['all that was shown', { seen: shown, details: { defaultFor: ['sam'] } }, ''],
  ['shown: given since, and seen', { seen: shown, given: ['sam'] }, ''],
  ['shown: one owner more than that', { seen: shown, userIds: ['sam', 'eve'] }, 'owners'],
  ['shown: one owner fewer', { seen: shown, userIds: [] }, ''],
  ['shown: a default more', { seen: { ...shown, defaultFor: [] }, details: { defaultFor: ['sam'] } }, 'defaultFor'],
  ['shown without defaults: owners stand for them', { seen: { owners: ['sam'], calls30: 3 }, details: { defaultFor: ['sam'] } }, ''],
  ['shown: called since the hold, and seen', { seen: { ...shown, calls30: 4 }, usage: called }, ''],
  ['shown: called once more', { seen: shown, usage: called }, 'calls30'],
  ['shown: old calls ran out of the window', { seen: { ...shown, calls30: 9 } }, ''],
  ['shown: elsewhere, as seen', { seen: { ...shown, routedTo: VAPI }, settings: { voiceUrl: VAPI } }, ''],
  ['shown: elsewhere again', { seen: { ...shown, routedTo: VAPI }, settings: { trunkSid: 'TK1' } }, 'routedTo'],
  ['shown: an emergency address that came', { seen: shown, settings: { emergencyAddressSid: 'AD1' } }, 'emergencyAddressSid'],
  ['shown: the emergency address', { seen: { ...shown, emergencyAddressSid: 'AD1' }, settings: { emergencyAddressSid: 'AD1' } }, ''],
  ['shown: an emergency address that went', { seen: { ...shown, emergencyAddressSid: 'AD1' } }, ''],
]
test.each(cases)('the check of the moment: %s', (_, over, changed) => {
  expect(changedOf(over)).toBe(changed)
})

test('a refusal says how it is now', () => {
  const over = { userIds: ['sam', 'eve'], given: ['eve'], usage: called, settings: { voiceUrl: VAPI } }
  expect(() => checkUnchanged(input(over))).toThrow(
    expect.objectContaining({
      details: { phoneNumber: '+14155550100', changed: 'owners,calls30,routedTo', owners: 'eve', ...called, routedTo: VAPI },
    }),
  )
})

let lines = 100
const line = (action: string, before: object, after: object): AuditEntry => ({
  auditId: --lines,
  at: HELD,
  userId: 'ada',
  userName: 'Ada',
  action,
  subject: '+14155550100',
  before: before as AuditEntry['before'],
  after: after as AuditEntry['after'],
})
const heldLine = line('number.held', { hold: null }, { hold })

describe('who was given a number since it was held', () => {
  const add = (userIds: string[], was: string[] = []) => line('number.assigned', { userIds: was }, { userIds })
  const traces: [string, AuditEntry[], string[]][] = [
    ['nobody', [heldLine, add(['sam'])], []],
    ['somebody', [add(['sam', 'eve'], ['sam']), heldLine, add(['sam'])], ['eve']],
    ['somebody by default', [line('number.updated', { defaultFor: [] }, { defaultFor: ['sam'] }), heldLine], ['sam']],
    ['nobody by being taken away', [add([], ['sam']), heldLine], []],
    ['before an earlier hold that was ended', [heldLine, add(['eve']), line('number.unheld', { hold }, { hold: null }), heldLine], []],
    ['other lines say nothing', [line('number.updated', { notes: '' }, { notes: 'x' }), line('number.configured', {}, {}), heldLine], []],
    ['no line of the hold: all of them', [add(['eve'])], ['eve']],
  ]
  test.each(traces)('%s', (_, entries, given) => {
    expect(givenSinceHold(entries)).toEqual(given)
  })

  test('is asked for only where somebody has it and nothing is said to be seen', () => {
    expect(isTraceNeeded(input({}).row, undefined)).toBe(true)
    expect(isTraceNeeded(input({ userIds: [] }).row, undefined)).toBe(false)
    expect(isTraceNeeded(input({}).row, shown)).toBe(false)
  })
})
