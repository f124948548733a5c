import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { tone, wavOf } from './kit.ts'
import { startMedia, until, type MediaTest } from './media-relay.ts'

const wav = wavOf(tone(2, [0.5]))
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})
async function start(): Promise<MediaTest> {
  const at = await startMedia({ media: { voicemailsAhead: 0 } })
  ends.push(() => at.close())
  return at
}
const filesIn = (folder: string) => readdirSync(path.join(folder, 'media'))
async function cachedOf(at: MediaTest, callId: string): Promise<string> {
  const sid = await at.recorded({ callId, talkSeconds: 2, startedAt: new Date().toISOString() })
  at.audio.set(sid, { bytes: wav })
  await at.desktop.ask('recordings.open', { sid })
  await at.cached(sid)
  return sid
}

describe('a backup is restored that is older than what is kept here', () => {
  test('a recording that it knows plays at once, with the relay away; another waits for the snapshot', async () => {
    const at = await start()
    const known = await at.recorded({ callId: 'known', talkSeconds: 2, startedAt: new Date().toISOString() })
    const [copy] = (await at.desktop.ask('backup.make', {})).backups
    at.audio.set(known, { bytes: wav })
    await at.desktop.ask('recordings.open', { sid: known })
    await at.cached(known)
    const newer = await cachedOf(at, 'newer')
    await at.relay.stop()
    await at.desktop.ask('backup.restore', { backupId: copy?.backupId ?? '' })
    expect((await at.desktop.ask('recordings.get', { sid: known })).isCached).toBe(true)
    const { url, peaks, durationSeconds, channels } = await at.desktop.ask('recordings.open', { sid: known })
    expect([peaks?.length, durationSeconds, channels]).toEqual([1, 2, 1])
    expect((await (await at.get(url)).bytes()).equals(wav)).toBe(true)
    expect(filesIn(at.desktop.folder).filter((name) => name.startsWith(newer))).toHaveLength(2)
    await at.relay.start() // its snapshot tells of neither
    await at.desktop.online()
    await until(() => Promise.resolve(filesIn(at.desktop.folder).length === 0))
  })

  test('what is broken is no recording', async () => {
    const at = await start()
    const sid = await at.recorded({ callId: 'known', talkSeconds: 2, startedAt: new Date().toISOString() })
    const [copy] = (await at.desktop.ask('backup.make', {})).backups
    at.audio.set(sid, { bytes: wav })
    await at.desktop.ask('recordings.open', { sid })
    await at.cached(sid)
    const audio = filesIn(at.desktop.folder).find((name) => name.endsWith('.audio')) ?? ''
    writeFileSync(path.join(at.desktop.folder, 'media', audio), 'rubbish'.repeat(100))
    await at.relay.stop()
    await at.desktop.ask('backup.restore', { backupId: copy?.backupId ?? '' })
    expect((await at.desktop.ask('recordings.get', { sid })).isCached).toBe(false)
    expect(filesIn(at.desktop.folder)).toEqual([])
  })
})
