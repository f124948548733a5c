import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Compile } from 'typebox/compile'
import type { Failure } from '../../../contract/failure.ts'
import { driftOf, settingKeys, type AuditEntry, type NumberSettings } from '../../../contract/number.ts'
import { GuardReply, type GuardBody } from '../../../contract/number-relay.ts'
import { settingsOf } from '../../../relay/twilio/numbers.ts'
import { makeRelay, type Enrolled, type MemoryNumber, type TestRelay } from '../kit.ts'

const main = (): MemoryNumber => ({ sid: `PN${'1'.repeat(32)}`, phoneNumber: '+14155550100', name: 'Main line' })
const support = (): MemoryNumber => ({ sid: `PN${'2'.repeat(32)}`, phoneNumber: '+14155550111', name: 'Support' })
const MAIN = main().phoneNumber
const VOICE = 'https://relay.example/api/twilio/twiml#ct=1500&rt=3000&tt=6000&rc=1&rp=ct,rt,5xx'

let relay: TestRelay
let ada: Enrolled
beforeEach(async () => {
  relay = await makeRelay({}, [main(), support()])
  ada = await relay.enrolled('Ada', 'manager')
})
afterEach(() => relay.close())

const refresh = () => relay.post('/api/numbers/refresh', {}, ada.headers)
/** Long enough for Twilio's list to have caught up with what was read back. */
const later = (ms = 60_000) => void (relay.time.movedMs += ms)
const replies = Compile(GuardReply)
async function guard(): Promise<GuardReply> {
  const reply = await relay.get('/api/numbers/guard', ada.headers)
  expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(replies.Check(reply.json())).toBe(true)
  return reply.json<GuardReply>()
}
async function rowOf(phoneNumber = MAIN) {
  const row = (await guard()).rows.find((one) => one.phoneNumber === phoneNumber)
  if (!row) throw new Error('no such row')
  return row
}
const drift = async (phoneNumber = MAIN) => {
  const { baseline, seen } = await rowOf(phoneNumber)
  return driftOf(baseline, seen)
}
const put = (rows: GuardBody['rows'], headers = ada.headers) =>
  relay.app.inject({ method: 'PUT', url: '/api/numbers/guard', payload: { rows }, headers })
const settings = (changes: Partial<NumberSettings>) => settingsOf({ friendlyName: 'Main line', ...changes })
const own = (changes: Partial<NumberSettings>, reason: GuardBody['rows'][number]['reason'] = 'configured') => ({
  phoneNumber: MAIN,
  sid: main().sid,
  settings: settings(changes),
  reason,
})
const memory = (index = 0): MemoryNumber => {
  const number = relay.memory.numbers[index]
  if (!number) throw new Error('no such number')
  return number
}
/** Somebody changes a number at Twilio, past us. */
const change = (changes: Partial<NumberSettings>) => {
  memory().settings = { ...memory().settings, ...changes }
}
const audit = (): AuditEntry[] => relay.core.audit.page({ limit: 200, subject: MAIN }).entries.toReversed()
const traced = () => audit().map(({ userName, action }) => `${userName} ${action}`)
const warnings = () => relay.lines.filter((line) => line['msg'] === 'settings at Twilio are no longer what we left them at')
const writes = () => Number(relay.core.db.prepare<[], { n: number }>('SELECT total_changes() AS n').get()?.n)
const number = () => relay.core.directory.number(MAIN)
const nameOf = () => number()?.name
const leave = () => relay.memory.numbers.splice(0, 1)

describe('a listing', () => {
  test('first sight makes the baseline; what is asked for is exactly what setup writes', async () => {
    expect((await guard()).rows).toEqual([])
    expect((await guard()).listedAt).toBeNull()
    const { listedAt } = (await refresh()).json<{ listedAt: string }>()
    const reply = await guard()
    expect(reply.listedAt).toBe(listedAt)
    expect(reply.wiring).toEqual(relay.core.urls.number)
    expect(reply.wiring.voiceUrl).toBe(VOICE)
    expect(reply.rows.map((row) => row.phoneNumber)).toEqual([MAIN, support().phoneNumber])
    const { baseline, seen, seenAt, sid } = await rowOf()
    expect([sid, baseline, seenAt]).toEqual([main().sid, settings({}), listedAt])
    expect(seen).toEqual(baseline)
    expect(Object.keys(baseline)).toEqual(settingKeys)
  })

  test('a change made past us is drift: kept, told in one line, once', async () => {
    await refresh()
    later()
    change({ voiceUrl: 'https://evil.example/', emergencyStatus: 'Active' })
    await refresh()
    expect(await drift()).toEqual([
      { key: 'voiceUrl', was: '', is: 'https://evil.example/' },
      { key: 'emergencyStatus', was: '', is: 'Active' },
    ])
    later()
    await refresh()
    expect(warnings()).toHaveLength(1)
    expect(warnings()[0]).toMatchObject({ count: 1, numbers: [{ sid: main().sid, keys: ['voiceUrl', 'emergencyStatus'] }] })
    expect(traced()).toEqual([])
    change({ voiceUrl: '', emergencyStatus: '' })
    await refresh()
    expect(await drift()).toEqual([])
    expect(warnings()).toHaveLength(1)
  })

  test('of unchanged numbers writes when it was, and is known to have seen them', async () => {
    await refresh()
    const first = await rowOf()
    later()
    const before = writes()
    await refresh()
    expect(writes() - before).toBe(1)
    const { listedAt } = await guard()
    const row = await rowOf()
    expect(row.seenAt).toBe(listedAt)
    expect(row.seenAt > first.seenAt).toBe(true)
    expect(row.baselineAt).toBe(first.baselineAt)
  })

  test('what was read back from the number is newer than a list of seconds later', async () => {
    await refresh()
    later()
    await put([own({ voiceUrl: VOICE })])
    await refresh()
    expect(await drift()).toEqual([])
    later()
    await refresh()
    expect(await drift()).toEqual([{ key: 'voiceUrl', was: VOICE, is: '' }])
  })

  test('a number that is missing keeps when it was last seen', async () => {
    await refresh()
    const { seenAt } = await rowOf()
    const whole = relay.memory.twilio.list.bind(relay.memory.twilio)
    relay.memory.twilio.list = async () => (await whole()).slice(1)
    for (let n = 0; n < 2; n++) {
      later()
      await refresh()
    }
    expect((await rowOf()).seenAt).toBe(seenAt)
    relay.memory.twilio.list = whole
    await refresh()
    expect((await rowOf()).seenAt > seenAt).toBe(true)
  })

  test('one that failed leaves everything as it was, and says why', async () => {
    await refresh()
    const before = await guard()
    relay.memory.twilio.list = () => Promise.reject(Object.assign(new Error('Authenticate'), { status: 401, code: 20003 }))
    const reply = await refresh()
    expect([reply.statusCode, reply.json<Failure>()]).toMatchObject([502, { code: 'account-wrong', details: { twilioCode: 20003 } }])
    relay.memory.twilio.list = () => Promise.reject(new Error('socket hang up'))
    expect((await refresh()).json<Failure>().code).toBe('twilio-unreachable')
    relay.memory.twilio.list = () => Promise.reject(Object.assign(new Error('busy'), { status: 429 }))
    expect((await refresh()).json<Failure>()).toMatchObject({ code: 'twilio-busy', retry: 'later' })
    relay.memory.twilio.list = () => Promise.reject(Object.assign(new Error('oops'), { status: 503 }))
    expect((await refresh()).json<Failure>().code).toBe('twilio-failed')
    expect(await guard()).toEqual(before)
  })

  test('is one at a time, whoever asks', async () => {
    let count = 0
    const whole = relay.memory.twilio.list.bind(relay.memory.twilio)
    relay.memory.twilio.list = () => {
      count++
      return whole()
    }
    const { numberSync } = relay.core
    await Promise.all([numberSync.refresh(), numberSync.refresh(), numberSync.refresh()])
    expect(count).toBe(1)
    await refresh()
    expect(count).toBe(2)
  })

  test('setup makes what Twilio answered the baseline', async () => {
    await relay.core.admin({ command: 'setup' })
    const { baseline } = await rowOf()
    expect(baseline).toMatchObject({ ...relay.core.urls.number, friendlyName: 'Main line' })
    expect(traced()).toEqual(['operator number.configured'])
    later()
    await refresh()
    expect(await drift()).toEqual([])
    await relay.core.admin({ command: 'setup' })
    expect(traced()).toHaveLength(1)
  })
})

describe('what a manager sets', () => {
  test('is the baseline and seen, with a line of what changed; the same again changes nothing', async () => {
    await refresh()
    expect((await put([own({ voiceUrl: VOICE, voiceMethod: 'POST' })])).statusCode).toBe(204)
    const first = await rowOf()
    expect(first.baseline).toMatchObject({ voiceUrl: VOICE, voiceMethod: 'POST' })
    expect(first.seen).toEqual(first.baseline)
    later()
    await put([own({ voiceUrl: VOICE, voiceMethod: 'POST' }, 'restored')])
    await put([own({ voiceUrl: 'https://other.example/', voiceMethod: 'POST' }, 'accepted')])
    expect(audit().map(({ userName, action, before, after }) => ({ userName, action, before, after }))).toEqual([
      {
        userName: 'Ada',
        action: 'number.configured',
        before: { voiceUrl: '', voiceMethod: '' },
        after: { voiceUrl: VOICE, voiceMethod: 'POST' },
      },
      { userName: 'Ada', action: 'number.accepted', before: { voiceUrl: VOICE }, after: { voiceUrl: 'https://other.example/' } },
    ])
  })

  test('of a number nobody knows yet waits until it is known', async () => {
    await put([{ ...own({ voiceUrl: VOICE }), phoneNumber: '+14155550177', sid: `PN${'7'.repeat(32)}` }])
    expect((await guard()).rows).toEqual([])
    relay.memory.numbers.push({ ...main(), phoneNumber: '+14155550177', sid: `PN${'7'.repeat(32)}`, settings: { voiceUrl: VOICE } })
    await refresh()
    expect(await drift('+14155550177')).toEqual([])
    expect((await rowOf('+14155550177')).baseline.voiceUrl).toBe(VOICE)
  })

  test('settings that are not all there, too many rows, or staff: refused', async () => {
    const { voiceUrl: _without, ...rest } = settings({})
    const partial = { ...own({}), settings: rest } as unknown as GuardBody['rows'][number]
    expect((await put([partial])).json<Failure>().code).toBe('bad-request')
    expect((await put([])).json<Failure>().code).toBe('bad-request')
    const sam = await relay.enrolled('Sam', 'staff')
    expect((await put([own({})], sam.headers)).json<Failure>().code).toBe('forbidden')
    expect((await relay.get('/api/numbers/guard', sam.headers)).statusCode).toBe(403)
    expect((await relay.post('/api/numbers/refresh', {}, sam.headers)).statusCode).toBe(403)
  })
})

describe('the name of a number', () => {
  test('follows Twilio’s when it was changed there, and comes back with a restore', async () => {
    await refresh()
    later()
    memory().name = 'Imported by AI'
    await refresh()
    expect(nameOf()).toBe('Imported by AI')
    expect(await drift()).toEqual([{ key: 'friendlyName', was: 'Main line', is: 'Imported by AI' }])
    memory().name = 'Main line'
    await put([own({}, 'restored')])
    expect(nameOf()).toBe('Main line')
    later()
    await refresh()
    expect([nameOf(), await drift()]).toEqual(['Main line', []])
  })

  test('set here, as the baseline keeps it, has its line already; anything else that comes with it has not', async () => {
    await refresh()
    await put([own({ friendlyName: 'Front desk' }, 'renamed')])
    expect([nameOf(), traced()]).toEqual(['Front desk', []])
    await put([own({ friendlyName: 'Desk', voiceUrl: VOICE }, 'renamed')])
    expect(audit().map(({ action, after }) => [action, after])).toEqual([['number.configured', { friendlyName: 'Desk', voiceUrl: VOICE }]])
    await put([own({ friendlyName: 'lk:intent-1', voiceUrl: VOICE })])
    expect(nameOf()).toBe('Desk')
  })

  test('given here stays while Twilio’s does not change', async () => {
    await refresh()
    await relay.core.writer.submit(() =>
      relay.core.changeNumber({ phoneNumber: MAIN, action: 'number.updated', patch: { name: 'Front desk' } }, { userId: 'operator' }),
    )
    later()
    await refresh()
    expect(nameOf()).toBe('Front desk')
  })

  test('is never the marker of a purchase', async () => {
    relay.memory.numbers.push({ ...main(), sid: `PN${'7'.repeat(32)}`, phoneNumber: '+14155550177', name: 'lk:intent-1' })
    await refresh()
    expect(relay.core.directory.number('+14155550177')?.name).toBe('+14155550177')
    later()
    memory(2).name = 'Sales'
    await refresh()
    expect(relay.core.directory.number('+14155550177')?.name).toBe('Sales')
  })
})

describe('numbers that come and go', () => {
  test('a manager’s word on whether it is active outlives the hourly list', async () => {
    await refresh()
    const patch = { isActive: false }
    await relay.core.writer.submit(() =>
      relay.core.changeNumber({ phoneNumber: MAIN, action: 'number.updated', patch }, { userId: ada.session.user.userId }),
    )
    memory().name = 'Renamed'
    later()
    await refresh()
    expect(number()).toMatchObject({ isActive: false, name: 'Renamed', details: { leftAt: null } })
  })

  test('gone at Twilio it has left, traced; back it is active with a baseline of its own', async () => {
    await relay.core.admin({ command: 'setup' })
    leave()
    later()
    await refresh()
    expect(number()).toMatchObject({ isActive: false, details: { leftAt: relay.core.numberSync.listedAt() } })
    expect((await guard()).rows.map((row) => row.phoneNumber)).toEqual([support().phoneNumber])
    later()
    await refresh()
    relay.memory.numbers.push({ ...main(), sid: `PN${'9'.repeat(32)}` })
    await refresh()
    expect(number()).toMatchObject({ isActive: true, sid: `PN${'9'.repeat(32)}`, details: { leftAt: null } })
    expect(await drift()).toEqual([])
    expect((await rowOf()).sid).toBe(`PN${'9'.repeat(32)}`)
    expect(traced()).toEqual(['operator number.configured', 'relay number.removed', 'relay number.returned'])
  })

  test('switched off it leaves, and is listed again under its SID: it stays off', async () => {
    await refresh()
    const { phoneNumber } = main()
    const listed = { ...main() }
    const off = { phoneNumber, action: 'number.updated' as const, patch: { isActive: false } }
    await relay.core.writer.submit(() => relay.core.changeNumber(off, { userId: 'operator' }))
    leave()
    later()
    await refresh()
    expect(number()?.details.leftAt).not.toBeNull()
    later()
    relay.memory.numbers.push(listed)
    await refresh()
    expect(number()).toMatchObject({ isActive: false, sid: listed.sid, details: { leftAt: null } })
  })

  test('a list that lags does not bring back what was released', async () => {
    await refresh()
    const [stale] = leave()
    await relay.core.writer.submit(() =>
      relay.core.changeNumber({ phoneNumber: MAIN, action: 'number.released', hasLeft: true }, { userId: ada.session.user.userId }),
    )
    const whole = relay.memory.twilio.list.bind(relay.memory.twilio)
    relay.memory.twilio.list = async () => [...(await whole()), { ...main(), ...stale, settings: settings({}) }]
    later()
    await refresh()
    expect(number()).toMatchObject({ isActive: false })
    expect(number()?.details.leftAt).not.toBeNull()
    relay.memory.numbers.push(main())
    await refresh()
    expect(number()).toMatchObject({ isActive: true, details: { leftAt: null } })
  })

  test('released while the list was on its way, it is gone', async () => {
    await refresh()
    const whole = relay.memory.twilio.list.bind(relay.memory.twilio)
    relay.memory.twilio.list = async () => {
      const listed = await whole()
      later(1000)
      await relay.core.writer.submit(() =>
        relay.core.changeNumber({ phoneNumber: MAIN, action: 'number.released', hasLeft: true }, { userId: 'operator' }),
      )
      return listed
    }
    const reply = await refresh()
    expect(reply.statusCode).toBe(200)
    expect(number()?.details.leftAt).not.toBeNull()
  })

  test('replaced by one of another SID between two lists, it keeps its baseline', async () => {
    await refresh()
    later()
    relay.memory.numbers[0] = { ...main(), sid: `PN${'9'.repeat(32)}`, settings: { voiceUrl: 'https://demo.example/' } }
    await refresh()
    expect(number()).toMatchObject({ isActive: true, sid: `PN${'9'.repeat(32)}` })
    expect(await drift()).toEqual([{ key: 'voiceUrl', was: '', is: 'https://demo.example/' }])
  })
})

const ask = (only: string) => relay.get(`/api/numbers/guard?${new URLSearchParams({ only }).toString()}`, ada.headers)

test('asked for some numbers, it answers with these alone; too long a question is refused', async () => {
  await refresh()
  const rowsOf = async (only: string) => (await ask(only)).json<GuardReply>().rows.map((row) => row.phoneNumber)
  expect(await rowsOf(`${support().phoneNumber},${support().phoneNumber},+14155559999`)).toEqual([support().phoneNumber])
  expect(await rowsOf('nonsense')).toEqual([])
  expect((await ask('+1'.repeat(1001))).statusCode).toBe(400)
})

test('what is kept beside what was read back stays drift, and the name is the one at Twilio', async () => {
  await refresh()
  await put([{ ...own({ voiceUrl: VOICE }), seen: settings({ voiceUrl: VOICE, smsUrl: 'https://ai.example/', friendlyName: 'Bot' }) }])
  expect(await drift()).toEqual([
    { key: 'friendlyName', was: 'Main line', is: 'Bot' },
    { key: 'smsUrl', was: '', is: 'https://ai.example/' },
  ])
  expect(nameOf()).toBe('Bot')
})
