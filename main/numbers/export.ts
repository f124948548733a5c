import { stringify } from 'csv-stringify/sync'
import { isE164 } from '../../contract/e164-shape.ts'
import { ratioOfDecimal } from '../../contract/money.ts'
import type { OwnedNumber } from '../../contract/number-desktop.ts'

/** What a spreadsheet takes for a formula when it begins a cell. */
const FORMULA = /^[=+\-@\t\r]/
const isFormula = (text: string): boolean => FORMULA.test(text) && !isE164(text)

/**
 * A cell that no spreadsheet runs: what looks like a formula gets an apostrophe. A phone number stays as it is, for machines to read: a sign and
 * digits alone compute nothing.
 */
export const safeCell = (text: string): string => (isFormula(text) ? `'${text}` : text)

type Column = [header: string, cell: (number: OwnedNumber, names: ReadonlyMap<string, string>) => string]

const yesNo = (is: boolean) => (is ? 'yes' : 'no')
const namesOf = (userIds: readonly string[], names: ReadonlyMap<string, string>) =>
  userIds.map((userId) => names.get(userId) ?? userId).join('; ')

const columns: readonly Column[] = [
  ['Number', ({ phoneNumber }) => phoneNumber],
  ['Name', ({ name }) => name],
  ['State', ({ state }) => state],
  ['Owners', ({ userIds }, names) => namesOf(userIds, names)],
  ['Default for', ({ defaultFor }, names) => namesOf(defaultFor, names)],
  ['Ring mode', ({ ringMode }) => ringMode],
  ['Recorded', ({ isRecorded }) => yesNo(isRecorded)],
  ['Country', ({ country }) => country ?? ''],
  ['Type', ({ type }) => type ?? ''],
  ['Place', ({ place }) => place ?? ''],
  ['Voice', ({ capabilities }) => (capabilities ? yesNo(capabilities.voice) : '')],
  ['SMS', ({ capabilities }) => (capabilities ? yesNo(capabilities.sms) : '')],
  ['Calls in 30 days', ({ calls30 }) => String(calls30)],
  ['Minutes in 30 days', ({ talkSeconds30 }) => ratioOfDecimal(String(talkSeconds30), 1, 60, 1)],
  ['Last used', ({ lastUsedAt }) => lastUsedAt ?? ''],
  ['Monthly', ({ monthly }) => monthly?.amount ?? ''],
  ['Currency', ({ monthly }) => monthly?.currency ?? ''],
  ['Since', ({ since }) => since ?? ''],
  ['Held until', ({ hold }) => hold?.until ?? ''],
  ['Health', ({ health }) => health],
  ['Troubles', ({ troubles }) => troubles.join('; ')],
  ['Tags', ({ tags }) => tags.join('; ')],
  ['Notes', ({ notes }) => notes],
  ['SID', ({ sid }) => sid ?? ''],
]

/** The numbers as CSV (RFC 4180: CRLF, quotes where needed) with a header. `names`: of users, by id. Pure. */
export function numbersCsv(numbers: readonly OwnedNumber[], names: ReadonlyMap<string, string>): string {
  const rows = numbers.map((number) => columns.map(([, cell]) => safeCell(cell(number, names))))
  // By itself it would quote whole line ends only; RFC 4180 wants it for half of one, too.
  return stringify([columns.map(([header]) => header), ...rows], { record_delimiter: 'windows', quoted_match: /[\r\n]/ })
}
