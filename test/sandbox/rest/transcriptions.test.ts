import { afterEach, beforeEach, expect, test } from 'vitest'
import { recordingOf, startRest, transcriptionOf, type Rest } from './kit.ts'

let rest: Rest
beforeEach(async () => {
  rest = await startRest()
})
afterEach(() => rest.close())

function transcribed(over = {}) {
  const recording = recordingOf(rest.account)
  rest.account.recordings.put(recording)
  const one = transcriptionOf(rest.account, { recordingSid: recording.sid, ...over })
  rest.account.transcriptions.put(one)
  return { recording: recording.sid, sid: one.sid }
}

test('of the account, of one recording, and one alone', async () => {
  const [mine, other] = [transcribed({ createdAt: 2000 }), transcribed({ createdAt: 1000 })]
  expect((await rest.client.transcriptions.list()).map((one) => one.sid)).toEqual([mine.sid, other.sid])
  expect((await rest.client.recordings(mine.recording).transcriptions.list()).map((one) => one.sid)).toEqual([mine.sid])
  expect(await rest.client.recordings(mine.recording).transcriptions(mine.sid).fetch()).toMatchObject({
    sid: mine.sid,
    status: 'completed',
    transcriptionText: 'Hello, please call me back.',
    duration: '4',
    price: '-0.05000',
    type: 'fast',
  })
  await expect(rest.client.recordings(mine.recording).transcriptions(other.sid).fetch()).rejects.toMatchObject({ status: 404 })
  await expect(rest.client.recordings(`RE${'0'.repeat(32)}`).transcriptions.list()).rejects.toMatchObject({ status: 404 })
})

test('under way there is neither text nor price', async () => {
  const { sid } = transcribed({ status: 'in-progress', text: '', price: null, priceAt: null })
  expect(await rest.client.transcriptions(sid).fetch()).toMatchObject({ status: 'in-progress', transcriptionText: null, price: null })
})

test('lists lag as those of recordings do, fetching does not', async () => {
  rest.switches.listLagMs = [3000, 3000]
  const { sid } = transcribed()
  expect(await rest.client.transcriptions.list()).toEqual([])
  expect((await rest.client.transcriptions(sid).fetch()).sid).toBe(sid)
  rest.clock.advance(3001)
  expect(await rest.client.transcriptions.list()).toHaveLength(1)
})

test('removed, it is gone; its recording stays', async () => {
  const { sid, recording } = transcribed()
  expect(await rest.client.recordings(recording).transcriptions(sid).remove()).toBe(true)
  await expect(rest.client.transcriptions(sid).fetch()).rejects.toMatchObject({ status: 404 })
  expect((await rest.client.recordings(recording).fetch()).status).toBe('completed')
})

test('what was transcribed is in the usage', async () => {
  transcribed({ createdAt: rest.clock.now(), priceAt: rest.clock.now() - 1 })
  transcribed({ status: 'failed' })
  const [record] = await rest.client.usage.records.list({ category: 'transcriptions' })
  expect(record).toMatchObject({ count: '1', usage: '1', price: '0.05000' })
})
