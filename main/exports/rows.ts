import { stringify } from 'csv-stringify/sync'
import { formatNumber } from '../../contract/e164.ts'
import type { CallItem, CallNote } from '../../contract/history.ts'
import type { Party } from '../../contract/party.ts'
import { en } from '../../words/en.ts'
import { safeCell } from '../numbers/export.ts'

/** A call with all that an export says of it. */
export interface ExportRow {
  call: CallItem
  notes: readonly CallNote[]
}

export interface ExportNames {
  /** Of users, by id, and of our numbers. */
  users: ReadonlyMap<string, string>
  numbers: ReadonlyMap<string, string>
  /** ISO 3166: its numbers are written as people there write them. */
  country: string
}

const yesNo = (is: boolean) => (is ? 'yes' : 'no')
const words = en.calls

function addressOf(party: Party): string {
  if (party.kind === 'number') return party.number
  if (party.kind === 'client') return party.identity
  return party.kind === 'sip' ? party.address : 'withheld'
}

function formatted(number: string | null, { country }: ExportNames): string {
  return number === null ? '' : formatNumber(number, country)
}

/** In words, as the app shows it: `declined` is an outcome there, and a reason of *missed* here. */
function outcomeWords({ outcome, reason }: CallItem): string {
  return outcome === 'missed' && reason === 'declined' ? words.outcome.declined : words.outcome[outcome]
}

function costWords({ cost }: CallItem): string {
  if (!cost) return ''
  return cost.isFinal ? 'final' : 'so far'
}

const noteText = ({ text, at, byUserId }: CallNote, { users }: ExportNames) =>
  `${at} ${byUserId === null ? '' : `${users.get(byUserId) ?? byUserId}: `}${text}`

type Column = [header: string, cell: (row: ExportRow, names: ExportNames) => string]

const columns: readonly Column[] = [
  ['Call', ({ call }) => call.callId],
  ['Direction', ({ call }) => words[call.direction]],
  ['Outcome', ({ call }) => outcomeWords(call)],
  ['Reason', ({ call }) => (call.reason === null ? '' : words.reason[call.reason])],
  ['Party', ({ call }) => addressOf(call.party)],
  ['Party formatted', ({ call }, names) => (call.party.kind === 'number' ? formatted(call.party.number, names) : '')],
  ['Our number', ({ call }) => call.ourNumber ?? ''],
  ['Our number formatted', ({ call }, names) => formatted(call.ourNumber, names)],
  ['Our number name', ({ call }, { numbers }) => numbers.get(call.ourNumber ?? '') ?? ''],
  ['User', ({ call }, { users }) => (call.userId === null ? '' : (users.get(call.userId) ?? call.userId))],
  ['Device', ({ call }) => call.deviceId ?? ''],
  ['Started', ({ call }) => call.startedAt],
  ['Answered', ({ call }) => call.answeredAt ?? ''],
  ['Ended', ({ call }) => call.endedAt ?? ''],
  ['Ring seconds', ({ call }) => String(call.ringSeconds ?? '')],
  ['Talk seconds', ({ call }) => String(call.talkSeconds ?? '')],
  ['Cost', ({ call }) => call.cost?.amount ?? ''],
  ['Currency', ({ call }) => call.cost?.currency ?? ''],
  ['Cost is', ({ call }) => costWords(call)],
  ['Recorded', ({ call }) => yesNo(call.recordings.some(({ source }) => source !== 'RecordVerb'))],
  ['Voicemail', ({ call }) => yesNo(call.recordings.some(({ source }) => source === 'RecordVerb'))],
  ['Missed call', ({ call }) => call.missed?.state ?? ''],
  ['Tags', ({ call }) => call.tags.join('; ')],
  ['Notes', ({ notes }, names) => notes.map((note) => noteText(note, names)).join('\n')],
  ['Call SIDs', ({ call }) => call.legs.flatMap(({ sid }) => (sid === null ? [] : [sid])).join('; ')],
  ['Recording SIDs', ({ call }) => call.recordings.map(({ sid }) => sid).join('; ')],
]

// By itself it would quote whole line ends only; RFC 4180 wants it for half of one, too.
const asCsv = (rows: readonly (readonly string[])[]) => stringify([...rows], { record_delimiter: 'windows', quoted_match: /[\r\n]/ })

/** Rows as they look in a JSON export: the call as the app knows it, with names. */
const asJson = ({ call, notes }: ExportRow, { users, numbers }: ExportNames) => ({
  ...call,
  notes,
  userName: call.userId === null ? null : (users.get(call.userId) ?? null),
  ourNumberName: numbers.get(call.ourNumber ?? '') ?? null,
})

/** The parts of a file: what it begins with, rows, what it ends with. Pure. */
export interface ExportFormat {
  contentType: string
  extension: string
  head: string
  rows: (rows: readonly ExportRow[], names: ExportNames, isFirst: boolean) => string
  tail: string
}

export const exportFormats: Record<'csv' | 'json', ExportFormat> = {
  /** RFC 4180, with a mark by which spreadsheets know UTF-8. */
  csv: {
    contentType: 'text/csv; charset=utf-8',
    extension: 'csv',
    head: `\u{FEFF}${asCsv([columns.map(([header]) => header)])}`,
    rows: (rows, names) => asCsv(rows.map((row) => columns.map(([, cell]) => safeCell(cell(row, names))))),
    tail: '',
  },
  json: {
    contentType: 'application/json',
    extension: 'json',
    head: '[',
    rows: (rows, names, isFirst) =>
      rows.map((row, index) => `${isFirst && index === 0 ? '' : ','}\n${JSON.stringify(asJson(row, names))}`).join(''),
    tail: '\n]\n',
  },
}
