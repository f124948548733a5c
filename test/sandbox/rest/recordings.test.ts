import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { wavBytes } from '../../../sandbox/twilio/media/wav.ts'
import { callOf, recordingOf, startRest, type Rest } from './kit.ts'

let rest: Rest
beforeEach(async () => {
  rest = await startRest()
})
afterEach(() => rest.close())

/** A recording of one second: channel 1 at 1000, channel 2 at 3000. */
function record(channels: 1 | 2, over = {}): { sid: string; file: string; bytes: Buffer } {
  const pcm = Int16Array.from({ length: 8000 * channels }, (_, at) => (channels === 2 && at % 2 === 1 ? 3000 : 1000))
  const bytes = Buffer.from(wavBytes(pcm, channels))
  const file = join(rest.account.mediaFolder, `${channels}.wav`)
  writeFileSync(file, bytes)
  const recording = recordingOf(rest.account, { channels, file, ...over })
  rest.account.recordings.put(recording)
  return { sid: recording.sid, file, bytes }
}
const media = (sid: string, query = '', headers: Record<string, string> = {}) =>
  rest.ask(`/Recordings/${sid}${query}`, undefined, { headers: { authorization: rest.authorization, ...headers } })
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer())

const locationOf = async (sid: string) => {
  const answer = await rest.ask(`/Recordings/${sid}.wav`, undefined, {
    headers: { authorization: rest.authorization },
    redirect: 'manual',
  })
  expect(answer.status).toBe(302)
  return new URL(answer.headers.get('location') ?? '')
}

describe('media', () => {
  test('.wav and no extension are the file; .mp3 is not offered', async () => {
    const { sid, bytes } = record(1)
    for (const extension of ['', '.wav']) {
      const answer = await media(sid, extension)
      expect(answer.headers.get('content-type')).toBe('audio/x-wav')
      expect(await bytesOf(answer)).toEqual(bytes)
    }
    expect((await media(sid, '.mp3')).status).toBe(404)
    expect(rest.warnings()).toHaveLength(1)
  })

  test('needs authentication', async () => {
    expect((await rest.ask(`/Recordings/${record(1).sid}.wav`, undefined, { headers: {} })).status).toBe(401)
  })

  test('two channels as they are when asked for, else mixed', async () => {
    const { sid, bytes } = record(2)
    expect(await bytesOf(await media(sid, '.wav?RequestedChannels=2'))).toEqual(bytes)
    const mono = await bytesOf(await media(sid, '.wav'))
    expect(mono.length).toBe(44 + 16_000)
    expect(mono.readUInt16LE(22)).toBe(1)
    expect(mono.readInt16LE(44)).toBe(2000)
  })

  test('two channels of a mono recording: 400, 16113', async () => {
    const answer = await media(record(1).sid, '.wav?RequestedChannels=2')
    expect(await answer.json()).toMatchObject({ code: 16113, status: 400 })
  })

  test.each([
    ['bytes=0-43', 206, 0, 44],
    ['bytes=100-', 206, 100, 16_044],
    ['bytes=-10', 206, 16_034, 16_044],
    ['bytes=16000-99999', 206, 16_000, 16_044],
    ['bytes=0-1,5-6', 200, 0, 16_044],
    ['lines=1-2', 200, 0, 16_044],
  ])('Range %s', async (range, status, from, to) => {
    const { sid, bytes } = record(1)
    const answer = await media(sid, '.wav', { range })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('accept-ranges')).toBe('bytes')
    expect(answer.headers.get('content-range')).toBe(status === 206 ? `bytes ${from}-${to - 1}/16044` : null)
    expect(await bytesOf(answer)).toEqual(bytes.subarray(from, to))
  })

  test.each(['bytes=16044-', 'bytes=9-3'])('Range %s cannot be satisfied', async (range) => {
    const answer = await media(record(1).sid, '.wav', { range })
    expect(answer.status).toBe(416)
    expect(answer.headers.get('content-range')).toBe('bytes */16044')
  })

  test('without the switch ranges are ignored', async () => {
    rest.switches.mediaRange = false
    const answer = await media(record(1).sid, '.wav', { range: 'bytes=0-43' })
    expect([answer.status, answer.headers.get('accept-ranges')]).toEqual([200, null])
  })

  test('the first requests may find nothing', async () => {
    rest.switches.mediaFirst404 = 2
    const { sid } = record(1)
    const statuses = []
    for (let n = 0; n < 3; n++) statuses.push((await media(sid, '.wav')).status)
    expect(statuses).toEqual([404, 404, 200])
  })

  test.each(['in-progress', 'processing', 'absent'] as const)('%s: 404', async (status) => {
    expect((await media(record(1, { status }).sid, '.wav')).status).toBe(404)
  })
})

describe('media that is elsewhere', () => {
  beforeEach(() => {
    rest.switches.mediaRedirect = true
  })

  test('another origin, that a client reaches by following without Authorization', async () => {
    const { sid, bytes } = record(1)
    expect((await locationOf(sid)).host).toBe(`localhost:${new URL(rest.url).port}`)
    // fetch drops Authorization on a redirect to another origin, as the relay must.
    expect(await bytesOf(await media(sid, '.wav'))).toEqual(bytes)
  })

  test('it refuses Authorization, changed addresses and old ones', async () => {
    const location = await locationOf(record(1).sid)
    expect((await fetch(location, { headers: { authorization: rest.authorization } })).status).toBe(400)
    const forged = new URL(location)
    forged.searchParams.set('channels', '2')
    expect((await fetch(forged)).status).toBe(403)
    rest.clock.advance(61_000)
    expect((await fetch(location)).status).toBe(403)
  })
})

const countOf = async (query: string) =>
  ((await (await rest.ask(`/Recordings.json?${query}`)).json()) as { recordings: unknown[] }).recordings.length

describe('metadata', () => {
  test('per call, with its track; in general, with links', async () => {
    const call = callOf(rest.account)
    rest.account.calls.put(call)
    const { sid } = record(2, { callSid: call.sid })
    record(1)
    const [ofCall] = await rest.client.calls(call.sid).recordings.list()
    expect(ofCall).toMatchObject({ sid, track: 'both', channels: 2 })
    expect((await rest.client.recordings.list({ callSid: call.sid })).map((one) => one.sid)).toEqual([sid])
    expect(await rest.client.recordings(sid).fetch()).toMatchObject({
      duration: '4',
      price: '-0.00250',
      mediaUrl: expect.stringMatching(/Recordings\/RE\w+$/) as string,
    })
  })

  test('by the day they were made', async () => {
    record(1, { createdAt: Date.UTC(2026, 2, 3, 4) })
    expect([
      await countOf('DateCreated=2026-03-03'),
      await countOf('DateCreated>=2026-03-04'),
      await countOf('DateCreated<=2026-03-04'),
    ]).toEqual([1, 0, 1])
  })

  test('deleted: audio gone at once, metadata for 40 days to those who ask', async () => {
    const { sid, file } = record(1)
    expect(await rest.client.recordings(sid).remove()).toBe(true)
    expect(existsSync(file)).toBe(false)
    await expect(rest.client.recordings(sid).fetch()).rejects.toMatchObject({ status: 404 })
    await expect(rest.client.recordings(sid).remove()).rejects.toMatchObject({ status: 404 })
    expect((await media(sid, '.wav')).status).toBe(404)
    expect(await rest.client.recordings.list()).toEqual([])
    expect(await rest.client.recordings.list({ includeSoftDeleted: true })).toMatchObject([{ sid, status: 'deleted' }])
    rest.clock.advance(41 * 86_400_000)
    expect(await rest.client.recordings.list({ includeSoftDeleted: true })).toEqual([])
  })

  test('a file that is missing is 404, not a broken answer', async () => {
    const { sid, file } = record(1)
    expect(readFileSync(file).length).toBeGreaterThan(0)
    rest.account.recordings.put(recordingOf(rest.account, { sid, file: `${file}.gone` }))
    expect((await media(sid, '.wav')).status).toBe(404)
  })
})
