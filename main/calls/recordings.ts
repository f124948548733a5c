import { FailureError } from '../../contract/failure.ts'
import type { RecordValue } from '../../contract/record.ts'
import type { RecordingItem } from '../../contract/recording.ts'
import type { PreferenceService } from '../account/preferences.ts'
import type { Handlers } from '../bridge/bridge.ts'
import type { RelayClock } from '../link/relay-clock.ts'
import type { Store } from '../store/store.ts'
import { shownValue, type Author, type RecordChange, type RecordChanges } from './records.ts'

export interface RecordingParts {
  store: Pick<Store, 'reader' | 'replica'>
  records: Pick<RecordChanges, 'change'>
  clock: Pick<RelayClock, 'now'>
  preferences: Pick<PreferenceService, 'get'>
}

/** How long the trash is said to keep something until the relay, whose rule it is, has answered. */
const USUAL_TRASH_MS = 30 * 24 * 3_600_000

/** Lists of recordings and voicemails, and what people do with them. */
export function recordingHandlers(parts: RecordingParts) {
  const { store, clock } = parts
  const now = () => clock.now().getTime()
  const deeds = recordingDeeds(parts)
  return {
    'recordings.page': recordingsPage(parts, now),
    'recordings.get': ({ sid }: { sid: string }) => deeds.get(sid),
    'recordings.position': async ({ sid, seconds }: Parameters<Handlers['recordings.position']>[0]) => {
      const { callId } = await deeds.get(sid)
      await store.replica.putPosition(sid, callId, seconds)
      return {}
    },
    'recordings.trash': ({ sid }: { sid: string }) => deeds.trash(sid, true),
    'recordings.restore': ({ sid }: { sid: string }) => deeds.trash(sid, false),
    'recordings.hold': deeds.hold,
    'recordings.retention': deeds.retention,
    'recordings.audit': async ({ limit, after, troubleOnly }: Parameters<Handlers['recordings.audit']>[0]) => ({
      ...(await store.reader.auditPage(limit, after, troubleOnly ?? false, now())),
      counts: await store.reader.auditCounts(now()),
    }),
    'voicemail.list': async ({ limit, after, unreadOnly, trash }: Parameters<Handlers['voicemail.list']>[0]) => {
      const { recordings, next } =
        unreadOnly && !trash
          ? await store.reader.unreadVoicemails(limit, after, now())
          : await store.reader.recordingsPage({ shelf: 'voicemail', place: trash ? 'trash' : 'kept', limit, after, now: now() })
      return { voicemails: recordings, next, unread: await store.reader.unreadCount() }
    },
    'voicemail.mark': deeds.mark,
    'voicemail.trash': ({ sid }: { sid: string }) => deeds.trash(sid, true),
    'greetings.list': () => greetings(store),
  }
}

type PageArgs = Parameters<Handlers['recordings.page']>[0]
const isoOf = (instant: string | undefined) => (instant === undefined ? undefined : new Date(instant).toISOString())

/**
 * Without a filter, or with nothing but dates in it, the list of recordings is walked; else the calls that are found.
 * @throws FailureError `bad-request` for an instant, or a list's end, that nobody was given
 */
const recordingsPage =
  ({ store, preferences }: RecordingParts, now: () => number): Handlers['recordings.page'] =>
  async ({ limit, after, callId, trash = false, filter = {}, text = '' }: PageArgs) => {
    if (callId !== undefined) return { recordings: await store.reader.recordingsOf(callId, trash, now()), next: null }
    const { from, to, ...others } = filter
    for (const instant of [from, to])
      if (instant !== undefined && Number.isNaN(Date.parse(instant))) throw new FailureError('bad-request', `${instant} is no instant`)
    const place = trash ? 'trash' : 'kept'
    if (text.trim() === '' && Object.keys(others).length === 0)
      return store.reader.recordingsPage({ shelf: 'recordings', place, limit, after, now: now(), from: isoOf(from), to: isoOf(to) })
    if (after !== undefined && !/^\d{1,16}$/.test(after)) throw new FailureError('bad-request', 'after is no page’s next')
    const { country } = await preferences.get()
    return store.reader.recordingsFound({ filter, text, country }, place, limit, after, now())
  }

function recordingDeeds({ store, records, clock }: RecordingParts) {
  async function get(sid: string): Promise<RecordingItem> {
    const item = await store.reader.recording(sid, clock.now().getTime())
    if (!item) throw new FailureError('not-found', 'no such recording')
    return item
  }
  const done = async (make: Parameters<RecordChanges['change']>[0]) => {
    await records.change(make)
    return {}
  }
  return {
    get,
    trash: (sid: string, isTrashed: boolean) =>
      done(async (author) => trashChange(await get(sid), isTrashed, await deletedAt(store, sid), author)),
    hold: ({ sid, note }: Parameters<Handlers['recordings.hold']>[0]) =>
      done(async (author) => {
        requireManager(author)
        return holdChange(await get(sid), note, await deletedAt(store, sid), author)
      }),
    mark: ({ sid, mark }: Parameters<Handlers['voicemail.mark']>[0]) =>
      done(async (author) => {
        const item = await get(sid)
        if (!item.isVoicemail) throw new FailureError('not-found', 'no such voicemail')
        return markChange(item, mark, author)
      }),
    retention: ({ phoneNumber, days }: Parameters<Handlers['recordings.retention']>[0]) =>
      done(async (author) => {
        requireManager(author)
        if (!(await store.reader.phoneNumbers()).includes(phoneNumber)) throw new FailureError('not-found', 'no such number')
        const base = await shownValue(store, 'retention', phoneNumber)
        return retentionChange(phoneNumber, base, days, author)
      }),
  }
}

function requireManager({ role }: Author): void {
  if (role !== 'manager') throw new FailureError('forbidden', 'for managers')
}

const deletedAt = async (store: RecordingParts['store'], sid: string) => (await shownValue(store, 'recording', sid))?.deletedAt ?? null

/** How the recording looks until the relay has answered. */
const shown = (item: RecordingItem, value: RecordValue<'recording'>, { userId, at }: Author): RecordChange['record'] => ({
  kind: 'recording',
  recordId: item.sid,
  callId: item.callId,
  phoneNumber: null,
  value,
  at,
  byUserId: userId,
})

/** @throws FailureError `not-found` for what is deleted */
function trashChange(item: RecordingItem, isTrashed: boolean, deleted: string | null, author: Author): RecordChange[] {
  const { sid, trash, hold } = item
  if (item.state === 'deleted') throw new FailureError('not-found', 'the recording is deleted')
  if ((trash !== null) === isTrashed) return []
  const until = new Date(Date.parse(author.at) + USUAL_TRASH_MS).toISOString()
  const value = { hold, deletedAt: deleted, trash: isTrashed ? { at: author.at, until, byUserId: author.userId } : null }
  return [{ command: { name: 'recording.trash', sid, isTrashed }, record: shown(item, value, author) }]
}

/** @throws FailureError `not-found` for what is deleted */
function holdChange(item: RecordingItem, note: string | null, deleted: string | null, author: Author): RecordChange[] {
  const { sid, trash, hold } = item
  if (item.state === 'deleted') throw new FailureError('not-found', 'the recording is deleted')
  if ((hold?.note ?? null) === note) return []
  const value = { trash, deletedAt: deleted, hold: note === null ? null : { at: author.at, byUserId: author.userId, note } }
  return [{ command: { name: 'recording.hold', sid, note }, record: shown(item, value, author) }]
}

function markChange(item: RecordingItem, mark: 'heard' | 'read' | 'unread', { userId, at }: Author): RecordChange[] {
  const { sid, callId, isRead } = item
  const about = { callId, phoneNumber: null } as const
  const changes: RecordChange[] = []
  if (mark === 'heard' && !item.heardBy.some((one) => one.userId === userId)) {
    const heard = { kind: 'heard', recordId: `${sid}:${userId}`, ...about, value: { at } } as const
    changes.push({ command: { name: 'record.put', ...heard, base: null }, record: { ...heard, at, byUserId: userId } })
  }
  if (isRead !== (mark !== 'unread')) {
    const read = { kind: 'voicemail', recordId: sid, ...about, value: { isRead: !isRead } } as const
    changes.push({ command: { name: 'record.put', ...read, base: { isRead } }, record: { ...read, at, byUserId: userId } })
  }
  return changes
}

function retentionChange(
  phoneNumber: string,
  base: RecordValue<'retention'> | null,
  days: number | null,
  { userId, at }: Author,
): RecordChange[] {
  if ((base?.days ?? null) === days) return []
  const value = days === null ? null : { days }
  const subject = { kind: 'retention', recordId: phoneNumber, callId: null, phoneNumber, value } as const
  return [{ command: { name: 'record.put', ...subject, base }, record: { ...subject, at, byUserId: userId } }]
}

/** What callers of each number hear before the beep, and for how long its recordings are kept. */
async function greetings(store: RecordingParts['store']) {
  const [phoneNumbers, records] = await Promise.all([store.reader.phoneNumbers(), store.reader.numberRecords()])
  return phoneNumbers.map((phoneNumber) => {
    const own = records.filter((record) => record.phoneNumber === phoneNumber)
    return {
      phoneNumber,
      greeting: own.find((record) => record.kind === 'greeting')?.value ?? null,
      retentionDays: own.find((record) => record.kind === 'retention')?.value?.days ?? null,
    }
  })
}
