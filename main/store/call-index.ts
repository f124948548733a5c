import { hash } from 'node:crypto'
import type { CallRecord, RecordingRecord } from '../../contract/call.ts'
import type { Party } from '../../contract/party.ts'
import { parseIdentity } from '../../contract/sid.ts'
import { keptRecordings } from './call-marks.ts'
import { BEGINNINGS, bucketOf, foldedText, marks, microsOf, wordsOf } from './call-words.ts'
import type { Connection } from './open-database.ts'
import { createRecordReader, ofKind, type ShownRecord } from './record-reader.ts'

const absent: ReadonlySet<string | null> = new Set(['absent', 'failed', 'deleted'])

/** The properties of a party: its address, or the person of ours. */
function partyMarks(party: Party): string[] {
  if (party.kind === 'number') return [marks.party(party.number)]
  const person = party.kind === 'client' ? parseIdentity(party.identity) : undefined
  return person ? [marks.colleague(person.userId)] : []
}

type ListPlace = 'kept' | 'trash'

const isVoicemail = (one: RecordingRecord) => one.source === 'RecordVerb'

/** The properties of a call that filters and names ask for. Recordings that nobody can hear count as none. */
function propertiesOf(call: CallRecord, kept: readonly RecordingRecord[], listed: readonly ListPlace[]): string[] {
  const audible = kept.filter((one) => !absent.has(one.status))
  return [
    marks.direction(call.direction),
    marks.outcome(call.outcome),
    ...partyMarks(call.party),
    ...(call.ourNumber === null ? [] : [marks.ourNumber(call.ourNumber)]),
    ...(call.userId === null ? [] : [marks.user(call.userId)]),
    ...(call.talkSeconds === null ? [] : [marks.talk(bucketOf(call.talkSeconds))]),
    ...(call.cost === null ? [] : [marks.cost(call.cost.currency, bucketOf(microsOf(call.cost.amount)))]),
    ...(audible.some((one) => !isVoicemail(one)) ? [marks.recording] : []),
    ...(audible.some((one) => isVoicemail(one) && one.durationSeconds !== 0) ? [marks.voicemail] : []),
    ...listed.map(marks.listed),
  ]
}

/** The texts that people, and the relay, hung on a call; what was said in a recording goes and comes back with it. Pure. */
export function textsOf(call: CallRecord, records: readonly ShownRecord[]) {
  const kept = new Set(keptRecordings(call, records).map(({ sid }) => sid))
  return {
    notes: ofKind(records, 'note').flatMap(({ value }) => (value ? [value.text] : [])),
    tags: ofKind(records, 'tags').flatMap(({ value }) => value?.tags ?? []),
    transcripts: ofKind(records, 'transcript').flatMap(({ recordId, value }) =>
      value?.status === 'completed' && kept.has(recordId) ? [value.text] : [],
    ),
  }
}

/** Words of two and three letters that begin words of the text: looking for what many have begins there. */
function beginningsOf(texts: readonly string[]): string[] {
  const words = texts.flatMap((text) => wordsOf(text).map(({ word }) => word))
  const all = new Set(words.flatMap((word) => BEGINNINGS.map((length) => word.slice(0, length)).filter((part) => part.length > 1)))
  return Array.from(all, marks.beginning)
}

/** What the index holds of a call: its properties, then its texts. */
function docOf(call: CallRecord, records: readonly ShownRecord[], listed: readonly ListPlace[]): string {
  const { notes, tags, transcripts } = textsOf(call, records)
  const texts = [...notes, ...tags, ...transcripts, ...(call.party.kind === 'sip' ? [call.party.address] : [])]
  return [
    ...propertiesOf(call, keptRecordings(call, records), listed),
    ...(notes.length > 0 ? [marks.note] : []),
    ...tags.map(marks.tag),
    ...beginningsOf(texts),
    ...texts.map(foldedText),
  ].join(' ')
}

const digestOf = (doc: string) => Number.parseInt(hash('sha1', doc, 'hex').slice(0, 13), 16)

/**
 * Keeps the index of calls as calls and records say; what is as it was is not written. What goes is taken out by triggers, in the same
 * transaction. Names are not in it: they are joined when somebody asks, so that a rename costs nothing. Callers bring the transaction.
 */
export function createCallIndex(db: Connection) {
  const { recordsOf } = createRecordReader(db)
  const place = db.prepare<[string], { key: number; digest: number | null }>(
    'select sort_key as key, doc_digest as digest from calls where call_id = ?',
  )
  const hasRecords = db.prepare<[string], number>('select 1 from records where call_id = ? limit 1').pluck()
  // Of the lists of recordings, which are made of the same call and records before (`call-marks`).
  const lists = db
    .prepare<[string], ListPlace>(
      `select distinct place from recording_list where call_id = ? and shelf = 'recordings' and place <> 'deleted' order by place`,
    )
    .pluck()
  const mark = db.prepare<[number, string]>('update calls set doc_digest = ? where call_id = ?')
  const remove = db.prepare<[number]>('delete from call_docs where rowid = ?')
  const add = db.prepare<[number, string]>('insert into call_docs (rowid, doc) values (?, ?)')
  const addAddress = db.prepare<[string]>('insert into call_addresses (address) values (?) on conflict (address) do nothing')
  const addParts = db.prepare<[number | bigint, string]>('insert into call_address_parts (rowid, address) values (?, ?)')
  return {
    /** Puts a stored call into the index, with what hangs on it. */
    refresh(call: CallRecord): void {
      const before = place.get(call.callId)
      if (!before) throw new Error(`call ${call.callId} has no row`)
      const listed = call.recordings.length > 0 ? lists.all(call.callId) : []
      const doc = docOf(call, hasRecords.get(call.callId) === undefined ? [] : recordsOf(call.callId), listed)
      const digest = digestOf(doc)
      if (digest === before.digest) return
      if (before.digest) remove.run(before.key)
      add.run(before.key, doc)
      mark.run(digest, call.callId)
      if (call.party.kind !== 'number') return
      const { changes, lastInsertRowid } = addAddress.run(call.party.number)
      if (changes > 0) addParts.run(lastInsertRowid, call.party.number)
    },
  }
}
export type CallIndex = ReturnType<typeof createCallIndex>

/** Calls that an older version wrote, some at a time: the ids of those that are not in the index yet. */
export const createNotIndexed = (db: Connection) => {
  const some = db.prepare<[number], string>('select call_id from calls where doc_digest is null limit ?').pluck()
  return (limit: number): string[] => some.all(limit)
}

/**
 * The index as a whole. What is taken out of it call by call is no longer found, but its words stay in the file until lists are merged:
 * `compact` merges them, which rewrites the index (a second for a million calls). Callers bring the transaction.
 */
export function createIndexUpkeep(db: Connection) {
  const tell = (command: 'optimize' | 'delete-all') =>
    ['call_docs', 'call_address_parts'].map((table) => db.prepare<[]>(`insert into ${table} (${table}) values ('${command}')`))
  const [compact, clear] = [tell('optimize'), tell('delete-all')]
  return {
    /** Of calls that may no longer be seen not a word is left. */
    compact: (): void => compact.forEach((statement) => statement.run()),
    /** Before all calls are deleted: one by one would take long. */
    clear: (): void => clear.forEach((statement) => statement.run()),
  }
}
