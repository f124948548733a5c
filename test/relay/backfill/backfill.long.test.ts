import { generateKeyPairSync } from 'node:crypto'
import path from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BackfillState } from '../../../contract/history.ts'
import type { Session } from '../../../contract/relay.ts'
import { openDatabase } from '../../../relay/database/open.ts'
import { createSandbox, type Sandbox } from '../../../sandbox/app.ts'
import { runEntry, startService, type Service } from '../../e2e/kit/child.ts'
import { environment, publicKeyOf, temporaryFolder } from '../kit.ts'

const CALLS = 100_000
const RECORDINGS = 2000
const DAYS = 365
/** Twilio's half a second, scaled. */
const PACE_MS = 25
/** A timer may fire in the millisecond before. */
const TIMER_MS = 2

let place: ReturnType<typeof temporaryFolder>
let sandbox: Sandbox
let relay: Service<{ url: string }> | undefined
beforeEach(async () => {
  place = temporaryFolder()
  sandbox = await createSandbox({ port: 0, profile: 'kind', seed: 5, log: pino({ level: 'silent' }) })
  sandbox.account.calls.clear()
})
afterEach(async () => {
  await relay?.stop('SIGKILL')
  await sandbox.close()
  place.remove()
})

const file = () => path.join(place.folder, 'relay.db')
const env = () => {
  const { account, url } = sandbox
  const [key] = account.state.keys
  return {
    ...environment(file()),
    RELAY_BACKFILL_PACE_MS: String(PACE_MS),
    RELAY_SESSION_MS: '86400000',
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken(),
    TWILIO_API_KEY: key?.sid ?? '',
    TWILIO_API_SECRET: key?.secret ?? '',
    TWILIO_TWIML_APP_SID: account.state.applications[0]?.sid ?? '',
    TWILIO_API_BASE: url,
  }
}
const start = async () => (relay = await startService<{ url: string }>('relay/server.ts', ['--json'], env()))

async function ask<T>(of: string, token?: string, body?: object): Promise<T> {
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }) }
  const answer = await fetch(relay?.ready.url + of, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) })
  if (!answer.ok) throw new Error(`${of}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

/** A manager's token. */
async function enrolled(): Promise<string> {
  const invite = await runEntry('relay/server.ts', ['invite', '--name', 'Ada', '--role', 'manager', '--json'], env())
  const { code } = JSON.parse(invite) as { code: string }
  const { publicKey } = generateKeyPairSync('ed25519')
  const body = { code, deviceName: 'Laptop', publicKey: publicKeyOf(publicKey) }
  return (await ask<Session>('/api/auth/enroll', undefined, body)).token
}

/** What the backfill asked, in order: nobody else asks for a thousand at once, or for single calls of so long ago. */
const asked = () =>
  sandbox.account.entries().filter(({ kind, what }) => kind === 'request' && /[?&]PageSize=1000\b|\/Calls\/CA\w+\.json/.test(what))

/**
 * The shortest time between a request's answer and the end of the one after the next: the next began after the answer, and the one after
 * it a pace later at least. True of a slow machine too.
 */
const shortest = (times: readonly number[]) => Math.min(...times.slice(2).map((at, index) => at - (times[index] ?? at)))

test(
  'a hundred thousand calls come once each, at the pace, through two kills; again they are no news',
  { timeout: 3_600_000 },
  async () => {
    await start()
    const token = await enrolled()
    const state = () => ask<BackfillState>('/api/backfill', token)
    const seed = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const order = JSON.stringify({ calls: CALLS, days: DAYS, recordings: RECORDINGS })
    expect((await fetch(`${sandbox.url}/control/history`, { ...seed, body: order })).status).toBe(201)
    const from = new Date(Date.now() - (DAYS + 1) * 86_400_000).toISOString()
    const begunAt = Date.now()
    await ask('/api/backfill', token, { from })

    /** Requests of each process that read. */
    const runs: number[][] = []
    let before = 0
    const ranUntilNow = () => {
      const times = asked().map(({ at }) => Date.parse(at))
      runs.push(times.slice(before))
      before = times.length
    }
    for (const many of [CALLS / 3, (2 * CALLS) / 3]) {
      await expect.poll(state, { timeout: 1_800_000, interval: 250 }).toSatisfy((known: BackfillState) => known.calls >= many)
      await relay?.stop('SIGKILL')
      ranUntilNow()
      await start()
    }
    await expect.poll(state, { timeout: 1_800_000, interval: 250 }).toMatchObject({ state: 'done', calls: CALLS, recordings: RECORDINGS })
    ranUntilNow()
    console.info(`${CALLS} calls: ${before} requests in ${Math.round((Date.now() - begunAt) / 1000)} s`)
    expect(runs.every((times) => times.length > 100 && shortest(times) >= PACE_MS - TIMER_MS)).toBe(true)

    await ask('/api/backfill', token, { from })
    await expect
      .poll(state, { timeout: 1_800_000, interval: 250 })
      .toMatchObject({ state: 'done', calls: CALLS, recordings: RECORDINGS, news: 0 })
    await relay?.stop()

    const db = openDatabase(file())
    const sids = db.prepare<[], { sid: string }>('SELECT sid FROM call_legs ORDER BY sid').all()
    const counts = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM calls').get()
    db.close()
    const expected = [...sandbox.account.calls.all()].map(({ sid }) => sid).toSorted()
    expect(counts?.n).toBe(CALLS)
    expect(sids.map(({ sid }) => sid)).toEqual(expected)
  },
)
