import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callRecord, type ToldCall } from '../kit/history.ts'
import { tone, wavOf } from './kit.ts'
import { startMedia, until, type Handing, type MediaTest } from './media-relay.ts'

const seconds = 20
// More than two chunks of 64 KiB, so that ranges and holds fall into different ones.
const wav = wavOf([...tone(10, [0.5, 0]), ...tone(2, [0, 0]), ...tone(8, [0, 0.3])], { channels: 2 })
let at: MediaTest
let calls = 0
const start = async () => {
  at = await startMedia()
}
const end = () => at.close()

const folder = () => path.join(at.desktop.folder, 'media')
const files = () => readdirSync(folder())
const filesOf = (sid: string) => files().filter((name) => name.startsWith(sid))
const open = (sid: string) => at.desktop.ask('recordings.open', { sid })
const askedFor = (sid: string) => at.asked.filter(([asked]) => asked === sid)
const notKept = (sid: string) =>
  at.desktop.ports.lines.filter(({ message, recording }) => message === 'a recording could not be kept' && recording === sid).length
/** A call with a recording of 20 s. */
const told = (more: Partial<ToldCall> = {}): ToldCall => ({
  callId: `c${(calls += 1)}`,
  talkSeconds: seconds,
  startedAt: new Date().toISOString(),
  ...more,
})
/** A recording that the relay hands out like this. */
async function handed(handing: Partial<Handing> = {}, more: Partial<ToldCall> = {}): Promise<string> {
  const sid = await at.recorded(told(more))
  at.audio.set(sid, { bytes: wav, ...handing })
  return sid
}
async function inCache() {
  const sid = await handed()
  const { url } = await open(sid)
  await at.cached(sid)
  return { sid, url }
}

describe('opening a recording', () => {
  beforeAll(start)
  afterAll(end)

  test('plays it through the relay once, and from this computer ever after', async () => {
    const sid = await handed()
    const first = await open(sid)
    expect(first).toMatchObject({ durationSeconds: seconds, channels: 2, recording: { sid, state: 'ready' } })
    expect(first.url).toMatch(/^\/media\/[\w-]{22}$/)
    const played = await at.get(first.url)
    expect([played.status, played.headers.get('content-type'), played.headers.get('cache-control')]).toEqual([200, 'audio/wav', 'no-store'])
    expect((await played.bytes()).equals(wav)).toBe(true)
    await at.cached(sid)
    expect(at.desktop.events).toContainEqual({ event: 'recordings.cached', payload: { sid, isCached: true } })
    await at.relay.stop()
    const again = await open(sid)
    expect(again).toMatchObject({ durationSeconds: seconds, channels: 2, recording: { isCached: true }, silences: [[10, 12]] })
    expect(again.peaks?.map((channel) => channel.length)).toEqual([1000, 1000])
    expect((await (await at.get(again.url)).bytes()).equals(wav)).toBe(true)
    expect(askedFor(sid)).toEqual([[sid, undefined]])
    await at.relay.start()
    await at.desktop.online()
  })

  test('ranges are those of the whole, from the cache and while it comes', async () => {
    const gate = Promise.withResolvers<void>()
    const sid = await handed({ hold: { after: 100_000, until: gate.promise } })
    const { url } = await open(sid)
    const early = await at.get(url, { range: 'bytes=70000-70009' })
    expect([early.status, early.headers.get('content-range')]).toEqual([206, `bytes 70000-70009/${wav.length}`])
    expect((await early.bytes()).equals(wav.subarray(70_000, 70_010))).toBe(true)
    const late = (await at.get(url, { range: 'bytes=99000-' })).bytes()
    gate.resolve()
    expect((await late).equals(wav.subarray(99_000))).toBe(true)
    await at.cached(sid)
    const tail = await at.get(url, { range: 'bytes=-5' })
    expect([tail.status, await tail.bytes()]).toEqual([206, wav.subarray(-5)])
    const beyond = await at.get(url, { range: `bytes=${wav.length}-` })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${wav.length}`])
    const head = await at.get(url, {}, 'HEAD')
    expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges'), head.body]).toEqual([
      200,
      String(wav.length),
      'bytes',
      null,
    ])
    expect(askedFor(sid)).toHaveLength(1)
  })

  test('two who listen at once share one download', async () => {
    const sid = await handed()
    const [one, two] = await Promise.all([open(sid), open(sid)])
    expect(one.url).not.toBe(two.url)
    const played = await Promise.all([one, two].map(async ({ url }) => (await at.get(url)).bytes()))
    for (const bytes of played) expect(bytes.equals(wav)).toBe(true)
    expect(askedFor(sid)).toHaveLength(1)
  })

  test('an answer without a length is played as it comes, and cached', async () => {
    const sid = await handed({ noLength: true, noRange: true })
    const played = await at.get((await open(sid)).url, { range: 'bytes=0-' })
    expect((await played.bytes()).equals(wav)).toBe(true)
    await at.cached(sid)
  })

  test('who stops listening does not stop the download', async () => {
    const gate = Promise.withResolvers<void>()
    const sid = await handed({ hold: { after: 70_000, until: gate.promise } })
    const { body } = await at.get((await open(sid)).url)
    const reader = body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    await reader?.cancel()
    gate.resolve()
    await at.cached(sid)
  })
})

describe('what cannot be played says why', () => {
  beforeAll(start)
  afterAll(end)

  test.each([
    ['the relay is away', 'relay', 'recording-offline', 'later'],
    ['Twilio has no audio yet', [404, 'not-found'], 'recording-not-ready', 'later'],
    ['Twilio is busy', [429, 'rate-limited'], 'rate-limited', 'later'],
    ['Twilio is broken', [500, 'internal'], 'twilio-failed', 'later'],
  ] as const)('%s', async (_name, trouble, code, retry) => {
    const sid = await handed(trouble === 'relay' ? {} : { refuse: [...trouble] })
    if (trouble === 'relay') await at.relay.stop()
    expect(await at.desktop.fails('recordings.open', { sid })).toMatchObject({ code, retry })
    expect(await at.desktop.fails('recordings.download', { sid })).toMatchObject({ code })
    expect(filesOf(sid)).toEqual([])
    if (trouble === 'relay') await at.relay.start()
  })

  test('after a day, audio that Twilio does not have is gone', async () => {
    const sid = await at.recorded(told({ startedAt: '2026-01-01T10:00:00.000Z' }))
    expect((await at.desktop.fails('recordings.open', { sid })).code).toBe('recording-absent')
  })

  test.each([
    ['absent', 16_101, 'recording-absent'],
    ['failed', null, 'recording-absent'],
    ['processing', null, 'recording-not-ready'],
    ['in-progress', null, 'recording-not-ready'],
  ])('Twilio says %s', async (status, errorCode, code) => {
    const call = told({ isRecorded: false })
    const sid = `RE${String((calls += 1)).padStart(32, '5')}`
    await at.recorded(call)
    const say = (field: string, value: string | number) =>
      ({ subject: `rec:${sid}`, field, value, source: 'webhook', at: new Date().toISOString() }) as const
    const facts = [say('status', status), say('source', 'DialVerb'), ...(errorCode === null ? [] : [say('errorCode', errorCode)])]
    at.relay.push({ type: 'call.facts', payload: { callId: call.callId, facts } })
    await until(async () => (await at.desktop.app.request('recordings.get', { sid })).ok)
    const failed = await at.desktop.fails('recordings.open', { sid })
    expect(failed).toMatchObject({ code, details: { status, ...(errorCode === null ? {} : { twilioCode: errorCode }) } })
    expect(askedFor(sid)).toEqual([])
  })

  test('nobody knows it', async () => {
    expect((await at.desktop.fails('recordings.open', { sid: `RE${'0'.repeat(32)}` })).code).toBe('not-found')
  })
})

describe('what did not arrive whole does not count', () => {
  beforeAll(start)
  afterAll(end)

  test.each([
    ['the connection breaks', { cutAfter: 90_000 }],
    ['less came than was promised', { bytes: wav.subarray(0, 90_000), says: wav.length }],
    ['it is shorter than its head says', { bytes: wav.subarray(0, 90_000) }],
    ['it lasts longer than Twilio says', { bytes: wavOf(tone(30, [0.5])) }],
    ['it is a web page', { bytes: Buffer.from('<html>sorry</html>') }],
    ['it is empty', { bytes: Buffer.alloc(0) }],
  ])('%s', async (_name, handing) => {
    const sid = await handed({ ...handing })
    const { url } = await open(sid)
    await at.get(url).then(({ bytes }) => bytes().catch(() => undefined))
    // Each attempt has come to its end: a later one must not join it.
    await until(() => Promise.resolve(notKept(sid) === askedFor(sid).length && filesOf(sid).length === 0))
    expect((await at.desktop.ask('recordings.get', { sid })).isCached).toBe(false)
    // It is asked for again, and then whole.
    at.audio.set(sid, { bytes: wav })
    expect((await (await at.get((await open(sid)).url)).bytes()).equals(wav)).toBe(true)
    await at.cached(sid)
  })

  test('a listener hears of a broken connection as an error, not as the end', async () => {
    const gate = Promise.withResolvers<void>()
    const sid = await handed({ hold: { after: 90_000, until: gate.promise } })
    const { bytes } = await at.get((await open(sid)).url)
    gate.reject(new Error('cut'))
    await expect(bytes()).rejects.toThrow('the download broke off')
  })
})

describe('tickets', () => {
  beforeAll(start)
  afterAll(end)

  test('are for one thing, ten minutes, and of no use when guessed', async () => {
    const { url } = await inCache()
    expect((await at.get('/media/AAAAAAAAAAAAAAAAAAAAAA')).status).toBe(404)
    expect((await at.get('/media/')).status).toBe(404)
    expect((await at.get(url, {}, 'POST')).status).toBe(405)
    at.desktop.ports.skewMs = 9 * 60_000
    expect((await at.get(url)).status).toBe(200)
    at.desktop.ports.skewMs = 11 * 60_000
    expect((await at.get(url)).status).toBe(404)
    at.desktop.ports.skewMs = 0
  })

  test('are in no log', async () => {
    const sid = await handed({ cutAfter: 10 })
    const { url } = await open(sid)
    await at.get(url).catch(() => undefined)
    expect(JSON.stringify(at.desktop.ports.lines)).not.toContain(url.slice('/media/'.length))
  })

  test('to save a recording work once, under a name that speaks', async () => {
    const sid = await handed({}, { party: '+14155552671', ourNumber: '+14155550100' })
    const { url, fileName } = await at.desktop.ask('recordings.download', { sid })
    expect(fileName).toMatch(/^\d{4}-\d\d-\d\d \d\d\.\d\d Recording \+14155552671 on \+14155550100\.wav$/)
    expect((await at.get(url, {}, 'HEAD')).status).toBe(200)
    const saved = await at.get(url)
    expect(saved.headers.get('content-disposition')).toContain(`attachment; filename="${fileName}"`)
    expect((await saved.bytes()).equals(wav)).toBe(true)
    expect((await at.get(url)).status).toBe(404)
  })
})

describe('who may no longer hear it', () => {
  beforeEach(start)
  afterEach(end)

  test('a recording in the trash is not played and goes from this computer', async () => {
    const { sid, url } = await inCache()
    const trash = { at: '2026-11-21T12:00:00.000Z', until: '2027-01-01T00:00:00.000Z', byUserId: 'kim' }
    const payload = callRecord('recording', sid, `c${calls}`, { trash, hold: null, deletedAt: null })
    at.relay.push({ type: 'record.changed', payload })
    await until(() => Promise.resolve(files().length === 0))
    expect((await at.desktop.fails('recordings.open', { sid })).code).toBe('not-found')
    expect((await at.get(url)).status).toBe(404)
    const event = { event: 'recordings.cached', payload: { sid, isCached: false } }
    await expect.poll(() => at.desktop.events).toContainEqual(event)
  })

  test('a call that is out of sight takes its recordings along', async () => {
    const { url } = await inCache()
    at.relay.state.rows['records'] = []
    at.relay.push({ type: 'access.changed', payload: { userId: 'ada' } })
    await until(() => Promise.resolve(files().length === 0))
    expect((await at.get(url)).status).toBe(404)
  })

  test('signing out leaves nothing, not even the key', async () => {
    const { url } = await inCache()
    expect(at.desktop.secrets.values.has('media-key')).toBe(true)
    await at.desktop.ask('session.signOut', {})
    await until(() => Promise.resolve(files().length === 0 && !at.desktop.secrets.values.has('media-key')))
    expect((await at.get(url)).status).toBe(404)
  })

  test('signing out ends what is being fetched', async () => {
    const sid = await handed({ hold: { after: 80_000, until: new Promise(() => undefined) } })
    const { url } = await open(sid)
    const listening = (await at.get(url)).bytes()
    listening.catch(() => undefined)
    await at.desktop.ask('session.signOut', {})
    await expect(listening).rejects.toThrow('the download was ended')
    await until(() => Promise.resolve(files().length === 0))
  })
})

describe('files on the disk', () => {
  beforeEach(start)
  afterEach(end)

  test('survive a restart; what does not count is removed', async () => {
    const { sid } = await inCache()
    const kept = files().toSorted()
    expect(kept).toHaveLength(2)
    await at.desktop.app.close()
    for (const name of ['RE1-left.part', 'RE1-left.shape', 'RE1-left.audio']) writeFileSync(path.join(folder(), name), 'left')
    await at.desktop.start()
    await until(() => Promise.resolve(files().length === 2))
    expect(files().toSorted()).toEqual(kept)
    expect(await open(sid)).toMatchObject({ recording: { isCached: true } })
    expect(askedFor(sid)).toHaveLength(1)
  })

  test.each(['audio', 'shape'])('a broken %s file is dropped and fetched again', async (kind) => {
    const { sid } = await inCache()
    const file = path.join(folder(), files().find((name) => name.endsWith(kind)) ?? '')
    const bytes = readFileSync(file)
    const place = kind === 'audio' ? 80_000 : 40
    writeFileSync(file, bytes.fill(bytes.readUInt8(place) ^ 1, place, place + 1))
    const played = await at.get((await open(sid)).url)
    expect((await played.bytes()).equals(wav)).toBe(true)
    await until(async () => (await open(sid)).silences !== null)
    expect(askedFor(sid)).toHaveLength(2)
    expect(files()).toHaveLength(2)
  })

  test('a lost key makes nothing unplayable for long', async () => {
    const { sid } = await inCache()
    await at.desktop.app.close()
    at.desktop.secrets.values.delete('media-key')
    await at.desktop.start()
    await at.desktop.online()
    expect((await (await at.get((await open(sid)).url)).bytes()).equals(wav)).toBe(true)
  })
})
