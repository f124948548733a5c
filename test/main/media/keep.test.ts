import { randomInt } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Killable } from '../kit/killable.ts'
import { startFakeRelay } from '../kit/fake-relay.ts'
import { callFacts, recordingSid, type ToldCall } from '../kit/history.ts'
import { tone, wavOf } from './kit.ts'
import { startMedia, until, type MediaTest } from './media-relay.ts'

const wav = wavOf(tone(2, [0.5]))
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})
async function start(config: Parameters<typeof startMedia>[0]): Promise<MediaTest> {
  const at = await startMedia(config)
  ends.push(() => at.close())
  return at
}
const told = (callId: string, more: Partial<ToldCall> = {}): ToldCall => ({
  callId,
  talkSeconds: 2,
  startedAt: new Date().toISOString(),
  ...more,
})
const days = (count: number) => new Date(Date.now() - count * 86_400_000).toISOString()
const filesIn = (folder: string) => readdirSync(path.join(folder, 'media'))

describe('how much is kept', () => {
  test('of what does not fit, what was played longest ago goes', async () => {
    const at = await start({ media: { voicemailsAhead: 0, maxBytes: 2 * wav.length + 100 } })
    const sids: string[] = []
    for (const callId of ['a', 'b', 'c']) {
      const sid = await at.recorded(told(callId))
      sids.push(sid)
      at.audio.set(sid, { bytes: wav })
      await at.desktop.ask('recordings.open', { sid })
      await at.cached(sid)
      at.desktop.ports.skewMs += 1000
      if (callId === 'b') await at.desktop.ask('recordings.open', { sid: sids[0] ?? '' }) // played again: now b is the oldest
      at.desktop.ports.skewMs += 1000
    }
    const kept = async () => Promise.all(sids.map(async (sid) => (await at.desktop.ask('recordings.get', { sid })).isCached))
    await until(async () => (await kept()).filter(Boolean).length === 2)
    expect(await kept()).toEqual([true, false, true])
    await until(() => Promise.resolve(filesIn(at.desktop.folder).length === 4)) // files go after their rows
  })

  test('what was not played for long goes at the next start', async () => {
    const at = await start({ media: { voicemailsAhead: 0, maxDays: 30 } })
    const sid = await at.recorded(told('a'))
    at.audio.set(sid, { bytes: wav })
    await at.desktop.ask('recordings.open', { sid })
    await at.cached(sid)
    at.desktop.ports.skewMs = 29 * 86_400_000
    await at.desktop.restart()
    expect((await at.desktop.ask('recordings.get', { sid })).isCached).toBe(true)
    at.desktop.ports.skewMs = 31 * 86_400_000
    await at.desktop.restart()
    await until(() => Promise.resolve(filesIn(at.desktop.folder).length === 0))
    expect((await at.desktop.ask('recordings.get', { sid })).isCached).toBe(false)
  })

  test('what is larger than all of it is played through, by ranges, and not kept', async () => {
    const at = await start({ media: { voicemailsAhead: 0, maxBytes: 1000 } })
    for (const noRange of [false, true]) {
      const sid = await at.recorded(told(`a${noRange}`))
      at.audio.set(sid, { bytes: wav, noRange })
      const { url } = await at.desktop.ask('recordings.open', { sid })
      expect((await (await at.get(url)).bytes()).equals(wav)).toBe(true)
      const part = await at.get(url, { range: 'bytes=20000-20999' })
      expect([part.status, (await part.bytes()).equals(wav.subarray(20_000, 21_000))]).toEqual([206, true])
      expect((await at.desktop.ask('recordings.get', { sid })).isCached).toBe(false)
    }
    expect(filesIn(at.desktop.folder)).toEqual([])
  })
})

test('what does not come as a whole file is played through, and leaves no file', async () => {
  const at = await start({})
  const sid = await at.recorded(told('a'))
  at.audio.set(sid, { bytes: wav, status: 203 })
  const { url } = await at.desktop.ask('recordings.open', { sid })
  expect(filesIn(at.desktop.folder)).toEqual([])
  expect((await (await at.get(url)).bytes()).equals(wav)).toBe(true)
  expect(filesIn(at.desktop.folder)).toEqual([])
})

describe('new voicemails', () => {
  test('are fetched before somebody asks: the newest ones, not old ones, and no recordings', async () => {
    const at = await start({ media: { voicemailsAhead: 2 } })
    const calls = [
      told('new', { outcome: 'voicemail', startedAt: days(1) }),
      told('older', { outcome: 'voicemail', startedAt: days(5) }),
      told('old', { outcome: 'voicemail', startedAt: days(40) }),
      told('talk', { startedAt: days(1) }),
    ]
    for (const { callId } of calls) at.audio.set(recordingSid(callId), { bytes: wav })
    for (const call of calls) await at.recorded(call)
    await at.cached(recordingSid('new'))
    await at.cached(recordingSid('older'))
    expect(new Set(at.asked.map(([sid]) => sid))).toEqual(new Set([recordingSid('new'), recordingSid('older')]))
  })

  test('are asked for again while Twilio prepares them, and when the relay is back', async () => {
    const at = await start({ media: { voicemailsAhead: 5 } })
    const sid = recordingSid('soon')
    at.audio.set(sid, { bytes: wav, refuse: [404, 'not-found'] })
    await at.recorded(told('soon', { outcome: 'voicemail' }))
    await until(() => Promise.resolve(at.asked.length >= 2))
    at.audio.set(sid, { bytes: wav })
    await at.cached(sid)
    const later = recordingSid('later')
    at.audio.set(later, { bytes: wav, cutAfter: 0 })
    await at.recorded(told('later', { outcome: 'voicemail' }))
    await until(() => Promise.resolve(at.asked.some(([asked]) => asked === later)))
    at.audio.set(later, { bytes: wav })
    await at.relay.stop()
    await at.relay.start()
    at.desktop.ports.skewMs += 11 * 60_000
    await at.cached(later)
    expect((await at.desktop.ask('recordings.get', { sid: later })).isCached).toBe(true)
  })

  test('one that cannot be had does not keep the others', async () => {
    const at = await start({ media: { voicemailsAhead: 5 } })
    at.audio.set(recordingSid('broken'), { bytes: wav, refuse: [500, 'internal'] })
    at.audio.set(recordingSid('fine'), { bytes: wav })
    await at.recorded(told('fine', { outcome: 'voicemail', startedAt: new Date(Date.now() - 60_000).toISOString() }))
    await at.recorded(told('broken', { outcome: 'voicemail' }))
    await at.cached(recordingSid('fine'))
    expect(at.asked.filter(([sid]) => sid === recordingSid('broken')).length).toBeLessThanOrEqual(1)
  })
})

test('killed at any moment, nothing that is not whole counts', { timeout: 180_000 }, async () => {
  const relay = await startFakeRelay()
  ends.push(() => relay.stop())
  let isGiven = true
  relay.state.answer = (request, response) => {
    if (!request.url?.endsWith('/media')) return false
    if (!isGiven) return Boolean(response.writeHead(500).end('{}'))
    response.writeHead(200, { 'content-type': 'audio/x-wav', 'content-length': wav.length })
    response.write(wav.subarray(0, 20_000)) // and the rest a little later
    setTimeout(() => response.end(wav.subarray(20_000)), 15)
    return true
  }
  const app = await new Killable({ media: { voicemailsAhead: 0 } }).start()
  ends.push(() => app.end())
  await app.ask('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })
  await until(async () => (await app.ask('app.status', {})).relay === 'online', 40_000)
  for (let i = 0; i < 30; i++)
    relay.push({ type: 'call.facts', payload: { callId: `k${i}`, facts: callFacts({ ...told(`k${i}`), isRecorded: true }) } })
  await until(async () => (await app.ask('recordings.page', { limit: 50 })).recordings.length === 30, 40_000)
  const sids = Array.from({ length: 30 }, (_, index) => recordingSid(`k${index}`))
  for (let round = 0; round < 4; round++) {
    isGiven = true
    for (const sid of sids.slice(round * 7, round * 7 + 7)) void app.ask('recordings.open', { sid }).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, randomInt(10, 400)))
    await app.kill()
    isGiven = false
    await app.start()
    const { recordings } = await app.ask('recordings.page', { limit: 50 })
    const cached = recordings.filter((one) => one.isCached).map(({ sid }) => sid)
    for (const sid of cached) expect((await app.ask('recordings.open', { sid })).peaks).toHaveLength(1)
    const kept = async () => (await app.ask('recordings.page', { limit: 50 })).recordings.filter((one) => one.isCached).length
    await until(async () => filesIn(app.profile).length === 2 * (await kept()))
    expect(filesIn(app.profile).some((name) => name.endsWith('.part'))).toBe(false)
  }
  expect(existsSync(path.join(app.profile, 'media'))).toBe(true)
})
