import { createHash } from 'node:crypto'
import { v7 } from 'uuid'
import type { CallRecord, LegRecord, RecordingRecord } from '../../contract/call.ts'
import { plainDetails } from '../../contract/number.ts'
import type { UserRecord } from '../../contract/record.ts'
import { createCallIndex } from '../../main/store/call-index.ts'
import { createCallMarks } from '../../main/store/call-marks.ts'
import { createCallWriter } from '../../main/store/call-table.ts'
import { createDirectoryTable } from '../../main/store/directory-table.ts'
import { createJoin } from '../../main/store/join.ts'
import { migrate } from '../../main/store/migrate.ts'
import { appMigrations } from '../../main/store/migrations/index.ts'
import { openDatabase } from '../../main/store/open-database.ts'

const START = Date.parse('2024-01-01T00:00:00Z')
export const USERS = 50
export const NUMBERS = 100
/** Distinct outside numbers: a few call often, most once or twice. */
const PARTIES = 300_000

const firstNames = ['Ada', 'Sam', 'Kim', 'José', 'Zoë', 'Omar', 'Mei', 'Lars', 'Ines', 'Ravi']
const lastNames = ['Lovelace', 'Ångström', 'Morse', 'Núñez', 'Okafor']
const places = ['Support', 'Sales', 'Billing', 'Front desk', 'Workshop', 'Returns', 'Emergency', 'Press', 'Night line', 'Clinic']
const towns = ['London', 'Boston', 'Lyon', 'Graz', 'Porto', 'Oslo', 'Turin', 'Ghent', 'Perth', 'Malmö']
export const tagList = ['vip', 'call back', 'invoice', 'complaint', 'new customer', 'spam', 'follow up', 'urgent', 'refund', 'partner']
const said = (
  'please call me back about the invoice from last week the delivery was late and the boiler is broken again we would like to change ' +
  'our order before friday thank you for the quick answer the price was too high and nobody came on monday could you send a new contract'
).split(' ')

/** A number that only `at` and `salt` decide, 0…1. */
function chance(at: number, salt: number): number {
  let bits = Math.imul(at ^ Math.imul(salt, 0x9e37_79b9), 0x85eb_ca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35)
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32
}
const pick = <T>(list: readonly T[], at: number, salt: number) => list[Math.floor(chance(at, salt) * list.length)] as T

export const userIdOf = (user: number) => `user-${user}`
export const ourNumberOf = (number: number) => `+1415555${String(1000 + number)}`
/** Half of the calls are with a tenth of the parties. */
export function partyOf(at: number): string {
  const party = Math.floor(chance(at, 1) * (chance(at, 2) < 0.5 ? PARTIES / 10 : PARTIES))
  const digits = String(2_000_000 + ((party * 7919) % 7_999_993)).padStart(7, '0')
  return party % 3 === 0
    ? `+4420${digits.slice(0, 4)}${digits.slice(3)}`
    : `+1${pick(['212', '415', '617', '312', '720'], party, 3)}${digits}`
}

const callIdAt = (at: number) => {
  const random = createHash('md5').update(`call ${at}`).digest()
  return v7({ msecs: START + at * 60_000, random })
}
const sidAt = (prefix: string, at: number, leg: number) => `${prefix}${leg}${at.toString(16).padStart(31, '0')}`

const plainLeg = { userId: null, deviceId: null, to: null, ringAt: null, answerAt: null, errorCode: null, priceUnit: null, price: null }

/** What is drawn for call `at`: 70 % answered, 60 % incoming. */
function drawn(at: number) {
  const [luck, isIn] = [chance(at, 5), chance(at, 4) < 0.6]
  const [isAnswered, isVoicemail] = [luck < 0.7, isIn && luck > 0.95]
  const user = userIdOf(Math.floor(chance(at, 7) ** 2 * USERS))
  const isRecorded = isVoicemail || (isAnswered && chance(at, 9) < 0.3)
  return {
    isIn,
    isAnswered,
    isVoicemail,
    isRecorded,
    userId: !isIn || isAnswered ? user : null,
    talk: Math.floor(chance(at, 6) ** 3 * 3000) + 1,
  }
}
type Drawn = ReturnType<typeof drawn>

function legsAt(at: number, { isIn, isAnswered, userId, talk }: Drawn, endAt: string): LegRecord[] {
  const [sid, status] = [sidAt('CA', at, 0), isAnswered ? ('completed' as const) : ('no-answer' as const)]
  const parent = { ...plainLeg, legId: 'p', sid, parentSid: null, price: '-0.0085', priceUnit: 'USD' }
  const child = { ...plainLeg, legId: 'c', sid: sidAt('CA', at, 1), parentSid: sid, userId: isIn ? userId : null }
  return [
    { ...parent, role: isIn ? 'party' : 'device', status: 'completed', endAt, durationSeconds: talk + 10, bridged: null },
    { ...child, role: isIn ? 'device' : 'party', status, endAt, durationSeconds: isAnswered ? talk : 0, bridged: isAnswered },
  ]
}

const recordingAt = (at: number, callId: string, { isVoicemail, talk }: Drawn, endAt: string): RecordingRecord => ({
  callId,
  sid: sidAt('RE', at, 0),
  legSid: sidAt('CA', at, 0),
  status: 'completed',
  durationSeconds: talk,
  startedAt: endAt,
  errorCode: null,
  source: isVoicemail ? 'RecordVerb' : 'DialVerb',
  channels: isVoicemail ? 1 : 2,
  channelRoles: isVoicemail ? null : ['them', 'us'],
})

/** Call `at`, one every minute: two legs, a price, some recorded. */
export function callAt(at: number): CallRecord {
  const iso = (seconds: number) => new Date(START + at * 60_000 + seconds * 1000).toISOString()
  const [callId, of] = [callIdAt(at), drawn(at)]
  const { isIn, isAnswered, isVoicemail, userId, talk } = of
  const endedAt = iso(talk + 10)
  return {
    callId,
    direction: isIn ? 'incoming' : 'outgoing',
    outcome: isAnswered ? 'answered' : isVoicemail ? 'voicemail' : isIn ? 'missed' : 'not-reached',
    reason: isAnswered ? null : isIn ? 'rang-out' : 'no-answer',
    party: { kind: 'number', number: partyOf(at) },
    ourNumber: ourNumberOf(Math.floor(chance(at, 8) ** 2 * NUMBERS)),
    userId,
    deviceId: userId && `${userId}-laptop`,
    startedAt: iso(0),
    answeredAt: isAnswered ? iso(8) : null,
    endedAt,
    ringSeconds: 8,
    talkSeconds: isAnswered ? talk : null,
    cost: { amount: '0.0085', currency: 'USD', isFinal: true },
    recordWanted: null,
    legs: legsAt(at, of, endedAt),
    recordings: of.isRecorded ? [recordingAt(at, callId, of, endedAt)] : [],
  }
}

const sentence = (at: number, words: number) =>
  Array.from({ length: words }, (_, index) => (index === 0 ? `case${at % 40_000}` : pick(said, at + index, 10))).join(' ')

/** What people wrote on call `at`: a note on 5 %, tags on 4 %, a transcript on 3 %. */
export function recordsAt(at: number): UserRecord[] {
  const callId = callIdAt(at)
  const about = { callId, phoneNumber: null, at: new Date(START + at * 60_000 + 300_000).toISOString(), byUserId: 'user-1' }
  const records: UserRecord[] = []
  if (chance(at, 11) < 0.05)
    records.push({ ...about, kind: 'note', recordId: `note-${at}`, value: { text: sentence(at, 12), recordingSid: null, atSeconds: null } })
  if (chance(at, 12) < 0.04) records.push({ ...about, kind: 'tags', recordId: callId, value: { tags: [pick(tagList, at, 13)] } })
  if (chance(at, 14) < 0.03) {
    const value = { status: 'completed', text: sentence(at, 40), provider: 'twilio', sid: null }
    records.push({ ...about, kind: 'transcript', recordId: sidAt('RE', at, 0), value })
  }
  return records
}

/**
 * Fills an app.db with calls by the store's own tables: rows, marks, index, and what people wrote, as if they had come over the link.
 * Without the facts behind them, which no list reads: with them a million takes 3 GB.
 */
export function seedCalls(database: string, count: number, say: (text: string) => void = () => undefined): void {
  const db = openDatabase(database)
  migrate(db, appMigrations)
  for (const pragma of ['journal_mode = off', 'synchronous = off', 'cache_size = -262144']) db.pragma(pragma) // broken off, it is made anew
  const directory = createDirectoryTable(db)
  const [calls, marks, index, { told }] = [createCallWriter(db), createCallMarks(db), createCallIndex(db), createJoin(db)]
  for (let user = 0; user < USERS; user++) {
    const name = `${firstNames[user % 10]} ${lastNames[Math.floor(user / 10)]}`
    directory.putUser({ userId: userIdOf(user), name, role: 'staff', isActive: true })
  }
  for (let number = 0; number < NUMBERS; number++) {
    const numberName = `${places[number % 10]} ${towns[Math.floor(number / 10)]}`
    directory.putNumber({ phoneNumber: ourNumberOf(number), numberName, isActive: true, userIds: [], sid: null, details: plainDetails() })
  }
  for (let at = 0; at < count;) {
    db.exec('begin')
    for (const until = Math.min(count, at + 20_000); at < until; at++) {
      const record = callAt(at)
      calls.put(record)
      marks.refresh(record)
      index.refresh(record)
      for (const one of recordsAt(at)) told(one)
    }
    db.exec('commit')
    if (at % 100_000 === 0) say(`${at} of ${count} calls`)
  }
  db.close()
  openDatabase(database).close() // in WAL from here on
}
