import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Desktop } from '../kit/desktop.ts'
import { startWorkspace, type Workspace } from '../kit/workspace.ts'

// Two people and a real relay over a sandbox with a past: forty calls, half of them Sam's.
const CALLS = 40
/** Several things are waited for, one after the other, ms. */
const PATIENT = 180_000
let workspace: Workspace
let ada: Desktop
let sam: Desktop
const soon = (check: () => Promise<unknown> | void) => vi.waitFor(check, { timeout: 60_000, interval: 50 })
const countOf = async (desktop: Desktop) => (await desktop.ask('calls.count', { filter: {}, most: 1000 })).count
const callsOf = async (desktop: Desktop) => (await desktop.ask('calls.page', { limit: 200 })).calls
const view = (desktop: Desktop, callId: string) => desktop.ask('calls.get', { callId })

beforeEach(async () => {
  workspace = await startWorkspace({}, { RELAY_BACKFILL_PACE_MS: '0' })
  workspace.sandbox.account.calls.clear()
  ada = await workspace.desktop('Ada', 'manager', { withAccount: false })
  sam = await workspace.desktop('Sam', 'staff', { withAccount: false })
  const { identity } = await sam.ask('voice.token', { renew: false })
  await workspace.control('/history', { calls: CALLS, days: 20, recordings: 9, clients: [identity, 'u0_d0'] })
  await ada.ask('history.backfill', { action: 'start', from: new Date(Date.now() - 30 * 86_400_000).toISOString() })
  await soon(async () => {
    const { state } = await ada.ask('history.backfill', { action: 'get' })
    const counts = [await countOf(ada), await countOf(sam)]
    if (state !== 'done' || counts.join() !== [CALLS, CALLS / 2].join()) throw new Error(`${state}: ${counts.join()}`)
  })
})
afterEach(() => workspace.close())

test(
  'notes, tags and closed missed calls are shared by those who may see the call; offline edits merge',
  async () => {
    const mine = await callsOf(sam)
    const seen = new Set(mine.map(({ callId }) => callId))
    const shared = mine[0]?.callId ?? ''
    const hidden = (await callsOf(ada)).find(({ callId }) => !seen.has(callId))?.callId ?? ''
    await ada.ask('calls.note', { callId: hidden, noteId: 'n-hidden', text: 'for managers' })
    await ada.ask('calls.note', { callId: shared, noteId: 'n-shared', text: 'Sam, please call' })
    await soon(async () => expect((await view(sam, shared)).notes).toMatchObject([{ text: 'Sam, please call', isPending: false }]))
    expect((await sam.fails('calls.get', { callId: hidden })).code).toBe('not-found')
    expect((await sam.fails('calls.note', { callId: shared, noteId: 'n-shared', text: 'changed' })).code).toBe('forbidden')

    const missed = mine.find((call) => call.missed?.state === 'open')?.callId ?? ''
    await sam.ask('missed.resolve', { callIds: [missed], isResolved: true })
    await soon(async () => expect((await view(ada, missed)).missed).toMatchObject({ state: 'closed', how: 'by-hand' }))
    expect((await view(ada, missed)).missed?.byUserId).toBe((await view(sam, missed)).missed?.byUserId)

    await workspace.stopRelay()
    await ada.ask('calls.tag', { callIds: [shared], add: ['vip'], remove: [] })
    await sam.ask('calls.tag', { callIds: [shared], add: ['refund'], remove: [] })
    expect([(await view(ada, shared)).tags, (await view(sam, shared)).tags]).toEqual([['vip'], ['refund']])
    await workspace.startRelay()
    await soon(async () => {
      for (const desktop of [ada, sam]) expect((await view(desktop, shared)).tags).toEqual(['refund', 'vip'])
    })
  },
  PATIENT,
)

test(
  'recordings are put into the trash, held and heard for everybody',
  async () => {
    const { recordings } = await sam.ask('recordings.page', { limit: 50 })
    const { voicemails, unread } = await sam.ask('voicemail.list', { limit: 50 })
    const all = [...recordings, ...voicemails]
    expect(all.length).toBeGreaterThan(0)
    expect(unread).toBe(voicemails.length)
    const sid = all.find(({ state }) => state === 'ready')?.sid ?? ''
    const item = (desktop: Desktop) => desktop.ask('recordings.get', { sid })
    await sam.ask('recordings.trash', { sid })
    await soon(async () => expect((await item(ada)).state).toBe('trashed'))
    await ada.ask('recordings.restore', { sid })
    await ada.ask('recordings.hold', { sid, note: 'kept for the court' })
    await soon(async () => expect(await item(sam)).toMatchObject({ state: 'ready', hold: { note: 'kept for the court' } }))
    expect((await sam.fails('recordings.hold', { sid, note: null })).code).toBe('forbidden')
    for (const voicemail of voicemails.slice(0, 1)) {
      await sam.ask('voicemail.mark', { sid: voicemail.sid, mark: 'heard' })
      await soon(async () => expect(await ada.ask('recordings.get', { sid: voicemail.sid })).toMatchObject({ isRead: true, heardBy: [{}] }))
    }
  },
  PATIENT,
)

/** Everything the lists show, in one value. */
const everything = async (desktop: Desktop) => ({
  calls: await callsOf(desktop),
  tags: await desktop.ask('calls.tags', {}),
  missed: await desktop.ask('missed.list', { limit: 200, includeClosed: true }),
  recordings: (await desktop.ask('recordings.page', { limit: 200 })).recordings,
  voicemails: (await desktop.ask('voicemail.list', { limit: 200 })).voicemails,
  audit: await desktop.ask('recordings.audit', { limit: 200 }),
  found: await desktop.ask('calls.search', { text: 'secret', limit: 50 }),
})

test(
  'a manager for a while keeps nothing of it: the profile equals a fresh one of staff',
  async () => {
    for (const { callId } of await callsOf(ada)) {
      await ada.ask('calls.note', { callId, noteId: `n-${callId}`, text: 'secret word' })
      await ada.ask('calls.tag', { callIds: [callId], add: ['vip'], remove: [] })
    }
    await soon(async () => expect((await everything(sam)).found.hits).toHaveLength(CALLS / 2))
    await workspace.invite('Sam', 'manager')
    await soon(async () => expect((await everything(sam)).found.hits).toHaveLength(CALLS))
    await workspace.invite('Sam', 'staff')
    await soon(async () => expect(await countOf(sam)).toBe(CALLS / 2))
    const fresh = await workspace.desktop('Sam', 'staff', { withAccount: false })
    await soon(async () => expect(await everything(sam)).toEqual(await everything(fresh)))
    expect((await everything(sam)).found.hits).toHaveLength(CALLS / 2)
  },
  PATIENT,
)
