import { rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CallFilter } from '../../../contract/history.ts'
import { migrate } from '../../../main/store/migrate.ts'
import { appMigrations } from '../../../main/store/migrations/index.ts'
import { openDatabase } from '../../../main/store/open-database.ts'
import { createReader } from '../../../main/store/reader.ts'
import { openStore, type Store } from '../../../main/store/store.ts'
import { newFolder } from '../kit/desktop.ts'
import { incomingFacts } from '../kit/facts.ts'
import { note } from '../kit/history.ts'
import { memoryReplica } from '../kit/memory-replica.ts'
import { recordedSql, type Asked } from '../../../bench/kit/recorded-sql.ts'

let folder: string
beforeEach(() => (folder = newFolder()))
afterEach(() => rmSync(folder, { recursive: true }))
const file = () => path.join(folder, 'app.db')

const ids = async (store: Store, filter?: CallFilter) => (await store.reader.calls(50, undefined, filter)).calls.map((call) => call.callId)
const search = async (store: Store, text: string) =>
  (await store.reader.searchCalls({ text, country: 'US' }, 50)).hits.map(({ call }) => call.callId)

/** A file as the version of a migration left it, with calls that version knew. */
function seedOlder(version: number): void {
  const old = openDatabase(file())
  migrate(
    old,
    appMigrations.filter(({ id }) => id <= version),
  )
  old.exec(`
    update replica set epoch = 'e1', cursor = 7, needs_snapshot = 0;
    insert into users values ('ada', 'Ada Lovelace', 'staff', 1);
    insert into numbers (phone_number, name, is_active) values ('+14155550100', 'Main line', 1);
    insert into calls (call_id, direction, outcome, party_kind, party_address, our_number, user_id, started_at, talk_seconds,
      cost_amount, cost_currency, cost_is_final)
    values
      ('c1', 'incoming', 'answered', 'number', '+442079460018', '+14155550100', 'ada', '2026-11-21T10:00:00.000Z', 40, '0.0085', 'USD', 1),
      ('c2', 'outgoing', 'not-reached', 'number', '+442079460018', '+14155550100', 'ada', '2026-11-21T10:00:00.001Z', null, null, null, null),
      ('c4', 'incoming', 'missed', 'withheld', null, '+14155550100', null, '2026-11-21T10:00:00.002Z', null, null, null, null),
      ('c3', 'incoming', 'voicemail', 'withheld', null, '+14155550100', null, '2026-11-21T10:00:00.002Z', null, null, null, null),
      ('c0', 'incoming', 'missed', 'sip', 'sip:bob@pbx.example', '+14155550100', null, '1999-01-01T00:00:00.000Z', null, null, null, null);
    insert into recordings (call_id, position, sid, source, status, duration_seconds)
      values ('c1', 0, 'RE1', 'DialVerb', 'completed', 39), ('c3', 0, 'RE3', 'RecordVerb', 'completed', 9);
  `)
  old.close()
}

test.each([50, 60])('calls of a file of version %i are listed, filtered and searched from the first start on', async (version) => {
  seedOlder(version)
  const store = await openStore(folder)
  expect(await ids(store)).toEqual(['c4', 'c3', 'c2', 'c1', 'c0'])
  expect(await ids(store, { hasRecording: true })).toEqual(['c1'])
  expect(await ids(store, { hasVoicemail: true })).toEqual(['c3'])
  expect(await ids(store, { costAtLeast: { amount: '0.0085', currency: 'USD' } })).toEqual(['c1'])
  expect(await ids(store, { to: '2026-11-21T10:00:00.001Z' })).toEqual(['c1', 'c0'])
  expect(await search(store, '020 7946')).toEqual(['c2', 'c1'])
  expect(await search(store, 'lovelace main')).toEqual(['c2', 'c1'])
  expect(await search(store, 'bob')).toEqual(['c0'])
  await store.replica.observe('c5', incomingFacts('2026-11-21T10:00:00.002Z'))
  expect(await ids(store, { directions: ['incoming'] })).toEqual(['c5', 'c4', 'c3', 'c1', 'c0'])
  await store.close()
  const again = await openStore(folder)
  expect(await ids(again)).toEqual(['c5', 'c4', 'c3', 'c2', 'c1', 'c0'])
  await again.close()
})

test('a file whose index did not know the lists of recordings finds them, and no word of the trash', async () => {
  seedOlder(80)
  const old = openDatabase(file())
  old.exec(`
    update calls set sort_key = cast(substr(call_id, 2) as integer), doc_digest = 1;
    insert into call_docs (rowid, doc) select sort_key, 'whisper' from calls;
    insert into recording_list values
      ('RE1', 'c1', 'recordings', 'kept', '2026-11-21T10:00:00.000Z', 0), ('RE3', 'c3', 'voicemail', 'trash', '2026-11-21T10:00:00.002Z', 0);
    insert into records (kind, record_id, call_id, value, at, is_heard) values
      ('recording', 'RE3', 'c3', '{"trash":{"at":"2026-11-21T11:00:00.000Z","until":"2026-12-21T11:00:00.000Z","byUserId":"ada"},"hold":null,"deletedAt":null}', '', 1),
      ('transcript', 'RE1', 'c1', '{"status":"completed","text":"hello","provider":"twilio","sid":null}', '', 1),
      ('transcript', 'RE3', 'c3', '{"status":"completed","text":"whisper","provider":"twilio","sid":null}', '', 1);
  `)
  old.close()
  const store = await openStore(folder)
  const { recordings } = await store.reader.recordingsFound({ filter: { userIds: ['ada'] }, country: 'US' }, 'kept', 9, undefined, 0)
  expect(recordings.map(({ sid }) => sid)).toEqual(['RE1'])
  expect(await search(store, 'hello')).toEqual(['c1'])
  expect(await search(store, 'whisper')).toEqual(['c4', 'c2', 'c0']) // as they were: they have no recordings
  await store.close()
})

test('lists do not wait for a writer', async () => {
  const store = await openStore(folder)
  await store.replica.observe('c1', incomingFacts())
  const writer = openDatabase(file())
  writer.exec(`begin immediate; delete from calls`)
  expect(await ids(store)).toEqual(['c1'])
  expect(await search(store, '4155552671')).toEqual(['c1'])
  writer.exec('rollback')
  writer.close()
  await store.close()
})

test('the reader cannot write', async () => {
  await (await openStore(folder)).close()
  const db = openDatabase(file(), { readonly: true })
  expect(() => db.exec('delete from calls')).toThrow(/readonly/)
  db.close()
})

/** Every statement of these lists, as SQLite would go about it. */
function plans(ask: (reader: ReturnType<typeof createReader>) => void): string[] {
  const own = memoryReplica()
  for (let at = 0; at < 80; at++)
    own.call({ callId: `c${at}`, party: `+1212555${1000 + at}`, outcome: at % 2 ? 'missed' : 'answered', isRecorded: at % 4 === 0 })
  own.record(note('c1', 'invoice'))
  const asked = new Map<string, Asked>()
  ask(createReader(recordedSql(own.db, (one) => asked.set(one.sql, one))))
  const details = [...asked.values()].flatMap(({ sql, values }) => {
    const plan = own.db.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(...values)
    return plan.map(({ detail }) => `${detail} | ${sql}`)
  })
  own.close()
  expect(details.length).toBeGreaterThan(2)
  return details
}
// Names of users and of our numbers are read whole, once per change; json_each and the indexes of texts are virtual tables.
const isWhole = (plan: string) =>
  plan.startsWith('SCAN ') && !/VIRTUAL TABLE|^SCAN (users|numbers|s) |CONSTANT ROW|^SCAN \(subquery/.test(plan)

const incoming: CallFilter = { directions: ['incoming'] }

describe('no list looks at every call', () => {
  test.each<[string, Parameters<typeof plans>[0]]>([
    ['a page', (reader) => void reader.calls(50)],
    ['a later page', (reader) => void reader.calls(50, '900000000')],
    [
      'a filter of everything',
      (reader) =>
        void reader.calls(50, '9000000000000000', {
          from: '2026-01-01T00:00:00Z',
          directions: ['incoming'],
          outcomes: ['missed'],
          userIds: ['ada'],
          tags: ['vip'],
          hasNote: false,
          talkAtLeast: 3,
          costAtMost: { amount: '3', currency: 'USD' },
          party: '+12125551000',
          ourNumbers: ['+14155550100'],
        }),
    ],
    ['a word', (reader) => void reader.searchCalls({ text: 'invoice', country: 'US' }, 50)],
    ['a number of few', (reader) => void reader.searchCalls({ text: '5551001', country: 'US' }, 50)],
    ['a number of many', (reader) => void reader.searchCalls({ text: '2125', country: 'US' }, 50)],
    ['a number and a word', (reader) => void reader.searchCalls({ text: '2125 invoice', country: 'US' }, 50)],
    ['a count', (reader) => void reader.countCalls({ text: '2125', filter: { hasVoicemail: false }, country: 'US' }, 50)],
    ['missed calls', (reader) => void reader.missedPage(50, undefined, false)],
    [
      'recordings that a filter finds',
      (reader) => void reader.recordingsFound({ filter: incoming, country: 'US' }, 'kept', 50, undefined, 0),
    ],
    ['closed ones, too', (reader) => void reader.missedPage(50, undefined, true)],
  ])('for %s', (_what, ask) => {
    expect(plans(ask).filter(isWhole)).toEqual([])
  })

  test('and none walks the list of recordings for each call', () => {
    const found = plans((reader) => void reader.recordingsFound({ filter: incoming, country: 'US' }, 'kept', 50, undefined, 0))
    const lists = found.flatMap((plan) => /INDEX (recording_list_\w+)/.exec(plan)?.[1] ?? [])
    expect(lists).toEqual(['recording_list_by_call'])
  })

  test('and a page is not sorted', () => {
    expect(plans((reader) => void reader.calls(50)).filter((plan) => /TEMP B-TREE.*from calls as c indexed/.test(plan))).toEqual([])
    expect(
      plans((reader) => void reader.searchCalls({ text: 'invoice', country: 'US' }, 50)).filter((plan) =>
        /TEMP B-TREE.*call_docs as d/.test(plan),
      ),
    ).toEqual([])
  })
})
