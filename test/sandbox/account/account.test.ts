import { array, assert, constant, constantFrom, integer, oneof, property, record } from 'fast-check'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAccount } from '../../../sandbox/twilio/account/account.ts'
import { openRecords } from '../../../sandbox/twilio/account/records.ts'
import { callOf, recordingOf } from '../rest/kit.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-account-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const clock = { now: () => Date.UTC(2026, 10, 21, 9) }
const open = (seed = 1) => createAccount({ dataFolder: folder, seed, clock, writeDelayMs: 5 })

describe('a new account', () => {
  test('is made from the seed alone', () => {
    const [one, same, other] = [1, 1, 2].map((seed) => createAccount({ seed, clock }))
    expect(same?.state).toEqual(one?.state)
    expect(other?.accountSid).not.toBe(one?.accountSid)
    expect([...(same?.calls.all() ?? [])]).toEqual([...(one?.calls.all() ?? [])])
    for (const account of [one, same, other]) account?.close()
  })

  test('has well-formed SIDs, one key with its secret and one TwiML app', () => {
    const account = createAccount({ seed: 3, clock })
    const { state } = account
    expect(state.accountSid).toMatch(/^AC[0-9a-f]{32}$/)
    expect(state.authToken).toMatch(/^[0-9a-f]{32}$/)
    expect(account.keySecret(state.firstKeySid)).toMatch(/^[0-9a-f]{32}$/)
    expect(account.applicationConfig(state.firstApplicationSid)).toMatchObject({ voiceUrl: '' })
    account.close()
  })

  test('has a history: parents with one Dial child each, final, rated when answered', () => {
    const account = createAccount({ seed: 1, clock })
    const calls = [...account.calls.all()]
    const parents = calls.filter(({ parentCallSid }) => parentCallSid === null)
    expect(parents).toHaveLength(8)
    for (const parent of parents) {
      const [child, ...more] = calls.filter(({ parentCallSid }) => parentCallSid === parent.sid)
      expect(more).toEqual([])
      expect([parent.direction, child?.direction]).toEqual(['inbound', 'outbound-dial'])
      expect([parent.from, parent.to, child?.from, child?.to].filter((party) => party?.startsWith('client:'))).toHaveLength(1)
      for (const leg of [parent, child]) {
        expect(leg?.endedAt).toBeGreaterThanOrEqual(leg?.startedAt ?? Infinity)
        expect(leg?.endedAt).toBeLessThan(clock.now())
        expect(leg?.price === null).toBe(leg?.answeredAt === null)
      }
    }
    expect(new Set(calls.map(({ status }) => status))).toEqual(new Set(['completed', 'no-answer', 'busy']))
    expect(account.balance()).toBe('20.00')
    account.close()
  })

  test('without a folder leaves nothing behind', () => {
    const account = createAccount({ seed: 1, clock })
    const { mediaFolder } = account
    expect(existsSync(mediaFolder)).toBe(true)
    account.close()
    expect(existsSync(mediaFolder)).toBe(false)
  })
})

/** The first choices of a run. */
const draw = () => {
  const account = open()
  const drawn = [1, 2, 3].map(() => account.random())
  account.close()
  return drawn
}
const sid = (digit: string) => `CA${digit.repeat(32)}`

describe('an account that was closed', () => {
  test('comes back with everything', () => {
    const first = open()
    const call = callOf(first)
    first.calls.put(call)
    first.recordings.put(recordingOf(first, { sid: `RE${'1'.repeat(32)}` }))
    Object.assign(first.state.numbers[0] ?? {}, { voiceUrl: 'http://127.0.0.1:1/v' })
    first.changed()
    first.ledger({ kind: 'charge', what: 'a call', amount: '-1.5' })
    const history = [...first.calls.all()]
    first.close()
    const second = open(99)
    expect(second.accountSid).toBe(first.accountSid)
    expect(second.numberConfig('+14155550100')).toMatchObject({ voiceUrl: 'http://127.0.0.1:1/v' })
    expect([...second.calls.all()]).toEqual(history)
    expect(second.recordings.get(`RE${'1'.repeat(32)}`)).toMatchObject({ status: 'completed' })
    expect(second.balance()).toBe('18.50')
    expect(second.entries()).toMatchObject([{ kind: 'charge', what: 'a call', at: '2026-11-21T09:00:00.000Z' }])
    second.close()
  })

  test('of an older sandbox has everything the newer one needs', () => {
    const first = open()
    const { accountSid } = first
    first.close()
    const file = join(folder, 'account.json')
    const old = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown> & { numbers: Record<string, unknown>[] }
    for (const name of ['type', 'credit', 'numberSeed', 'addresses', 'endUsers', 'supportingDocuments', 'bundles', 'taken', 'released'])
      delete old[name]
    for (const number of old.numbers)
      for (const name of [
        'isoCountry',
        'addressRequirements',
        'beta',
        'identitySid',
        'emergencyAddressSid',
        'emergencyPending',
        'voiceReceiveMode',
      ])
        delete number[name]
    writeFileSync(file, JSON.stringify(old))
    const second = open()
    expect([second.accountSid, second.balance(), second.state.addresses]).toEqual([accountSid, '20.00', []])
    expect(second.state.numbers.map(({ isoCountry, emergencyPending }) => [isoCountry, emergencyPending])).toEqual([
      ['US', null],
      ['US', null],
      ['GB', null],
    ])
    second.close()
  })

  test('draws other SIDs than before, with the same seed', () => {
    const [first, second] = [draw(), draw()]
    expect(second.filter((value) => first.includes(value))).toEqual([])
  })

  test('ended what was live when it was killed', () => {
    const first = open()
    first.calls.put(callOf(first, { sid: sid('1'), status: 'in-progress', endedAt: null }))
    first.calls.put(callOf(first, { sid: sid('2'), status: 'ringing', endedAt: null }))
    first.recordings.put(recordingOf(first, { sid: `RE${'1'.repeat(32)}`, status: 'in-progress' }))
    first.close()
    const second = open()
    expect(second.calls.get(sid('1'))).toMatchObject({ status: 'completed', endedAt: expect.any(Number) as number })
    expect(second.calls.get(sid('2'))).toMatchObject({ status: 'failed' })
    expect(second.recordings.get(`RE${'1'.repeat(32)}`)).toMatchObject({ status: 'absent', errorCode: 16101 })
    second.close()
  })

  test('resets to numbers, apps and keys alone', () => {
    const first = open()
    first.ledger({ kind: 'charge', what: 'a call', amount: '1' })
    first.reset()
    expect([[...first.calls.all()], first.entries(), first.balance()]).toEqual([[], [], '20.00'])
    first.close()
    const second = open()
    expect([[...second.calls.all()], second.entries(), second.state.numbers.length]).toEqual([[], [], 3])
    second.close()
  })

  test('is readable by its owner alone', () => {
    open().close()
    expect(statSync(join(folder, 'account.json')).mode & 0o077).toBe(0)
  })
})

describe('a folder that is not as it should be', () => {
  test('a foreign version is refused, not overwritten', () => {
    writeFileSync(join(folder, 'account.json'), '{"version":2}')
    expect(open).toThrow('version 2')
    expect(readFileSync(join(folder, 'account.json'), 'utf8')).toBe('{"version":2}')
  })

  test('torn JSON is refused, not overwritten', () => {
    writeFileSync(join(folder, 'account.json'), '{"version":')
    expect(open).toThrow(SyntaxError)
  })

  test('a torn last line costs that line alone', () => {
    const first = open()
    const count = [...first.calls.all()].length
    first.ledger({ kind: 'charge', what: 'one', amount: '1' })
    first.close()
    for (const name of ['calls.ndjson', 'ledger.ndjson']) appendFileSync(join(folder, name), '{"kind":"charge","am')
    const second = open()
    second.ledger({ kind: 'charge', what: 'two', amount: '1' })
    second.close()
    const third = open()
    expect([...third.calls.all()]).toHaveLength(count)
    expect(third.entries().map(({ what }) => what)).toEqual(['one', 'two'])
    third.close()
  })
})

test('records are what the last put or removal of each said, whenever the file is opened again', () => {
  const step = oneof(
    record({ sid: constantFrom('a', 'b', 'c'), value: integer() }),
    record({ removed: constantFrom('a', 'b', 'c') }),
    constant('reopen' as const),
  )
  assert(
    property(array(step, { maxLength: 30 }), (steps) => {
      const path = join(mkdtempSync(join(folder, 'records-')), 'x.ndjson')
      const model = new Map<string, unknown>()
      const removals: [boolean, boolean][] = []
      let records = openRecords<{ sid: string; value: number }>(path, 10_000, (one) => one)
      const reopen = () => {
        records.flush()
        records = openRecords(path, 10_000, (one) => one)
      }
      for (const one of steps) {
        if (one === 'reopen') reopen()
        else if ('removed' in one) {
          removals.push([records.remove(one.removed), model.delete(one.removed)])
        } else {
          records.put(one)
          model.set(one.sid, one)
        }
      }
      reopen()
      expect(removals.filter(([ours, expected]) => ours !== expected)).toEqual([])
      expect(new Map([...records.all()].map((one) => [one.sid, one]))).toEqual(model)
    }),
    { numRuns: 60 },
  )
})

test('killed at any moment while it writes, the account opens again with what was written', async () => {
  const writer = `
    import { createAccount } from ${JSON.stringify(join(import.meta.dirname, '../../../sandbox/twilio/account/account.ts'))}
    const account = createAccount({ dataFolder: ${JSON.stringify(folder)}, seed: 1, clock: { now: Date.now }, writeDelayMs: 0 })
    let n = 0
    console.log('writing')
    setInterval(() => {
      for (let i = 0; i < 20; i++) {
        n += 1
        account.state.friendlyName = 'name ' + n
        account.changed()
        account.calls.put({ ...[...account.calls.all()][0], sid: 'CA' + String(n % 50).padStart(32, '0') })
        account.ledger({ kind: 'charge', what: 'n' + n, amount: '0.00001' })
      }
    }, 0)`
  let written = 0
  for (const delay of [5, 30, 60, 90]) {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', writer], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    await new Promise((resolve) => setTimeout(resolve, delay))
    child.kill('SIGKILL')
    await once(child, 'exit')
    const account = open()
    expect(account.state.friendlyName).toMatch(/^(Linekeeper demo|name \d+)$/)
    expect(account.entries().length).toBeGreaterThanOrEqual(written)
    written = account.entries().length
    expect([...account.calls.all()].every((call) => /^CA\w{32}$/.test(call.sid) && call.accountSid === account.accountSid)).toBe(true)
    account.close()
  }
  expect(written).toBeGreaterThan(0)
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
})
