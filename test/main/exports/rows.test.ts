import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outcomeReasons, outcomes } from '../../../contract/call.ts'
import type { CallItem, CallNote } from '../../../contract/history.ts'
import { exportFormats, type ExportNames, type ExportRow } from '../../../main/exports/rows.ts'
import { item, readCsv } from './kit.ts'

const names: ExportNames = {
  users: new Map([['ada', 'Ada Lovelace']]),
  numbers: new Map([['+14155550100', 'Front desk']]),
  country: 'US',
}
const note = (text: string, more: Partial<CallNote> = {}): CallNote => ({
  noteId: 'n1',
  text,
  at: '2026-11-21T11:00:00.000Z',
  byUserId: 'ada',
  recordingSid: null,
  atSeconds: null,
  isPending: false,
  ...more,
})
const csvOf = (rows: readonly ExportRow[]) => {
  const { head, rows: write, tail } = exportFormats.csv
  return readCsv(head + write(rows, names, true) + tail)
}
/** The one row as a record of its columns. */
function cells(call: Partial<CallItem>, notes: CallNote[] = []): Record<string, string> {
  const [header = [], row = []] = csvOf([{ call: item(call), notes }])
  return Object.fromEntries(header.map((name, index) => [name, row[index] ?? '']))
}

describe('CSV', () => {
  test('has all of a call, in words and for machines', () => {
    const call = item({
      callId: 'c1',
      direction: 'incoming',
      outcome: 'missed',
      reason: 'rang-out',
      party: { kind: 'number', number: '+14155552671' },
      ourNumber: '+14155550100',
      userId: 'ada',
      ringSeconds: 12,
      cost: { amount: '0.0130', currency: 'USD', isFinal: false },
      tags: ['lead', 'vip'],
      missed: { state: 'open', how: null, byUserId: null, byCallId: null, at: null },
    })
    expect(cells(call, [note('first'), note('second, longer\nin two lines')])).toMatchObject({
      Call: 'c1',
      Direction: 'Incoming',
      Outcome: 'Missed',
      Reason: 'rang out',
      Party: '+14155552671',
      'Party formatted': '(415) 555-2671',
      'Our number': '+14155550100',
      'Our number formatted': '(415) 555-0100',
      'Our number name': 'Front desk',
      User: 'Ada Lovelace',
      Started: call.startedAt,
      'Ring seconds': '12',
      'Talk seconds': '',
      Cost: '0.0130',
      Currency: 'USD',
      'Cost is': 'so far',
      'Missed call': 'open',
      Tags: 'lead; vip',
      Notes: '2026-11-21T11:00:00.000Z Ada Lovelace: first\n2026-11-21T11:00:00.000Z Ada Lovelace: second, longer\nin two lines',
    })
  })

  test('says what is unknown with nothing, and never 0', () => {
    expect(cells({ cost: null, party: { kind: 'withheld' }, ourNumber: null, userId: null })).toMatchObject({
      Cost: '',
      Currency: '',
      'Cost is': '',
      Party: 'withheld',
      'Party formatted': '',
      'Our number': '',
      'Our number name': '',
      User: '',
    })
    expect(cells({ cost: { amount: '0.02', currency: 'USD', isFinal: true } })['Cost is']).toBe('final')
    expect(cells({ userId: 'gone' })['User']).toBe('gone')
    expect(cells({ outcome: 'missed', reason: 'declined' })['Outcome']).toBe('Declined')
  })

  test('every outcome and reason has words', () => {
    for (const outcome of outcomes) expect(cells({ outcome })['Outcome']).toMatch(/^[A-Z]/)
    for (const reason of outcomeReasons) expect(cells({ reason })['Reason']).not.toBe('')
  })

  test.each(['=1+1', '@SUM(A1)', '+1+2', '-2', '\tx', '=HYPERLINK("http://evil")'])('%j is no formula for a spreadsheet', (text) => {
    expect(cells({ tags: [text] })['Tags']).toBe(`'${text}`)
  })

  test('any text comes back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }), (texts) => {
        const rows = texts.map((text, index) => ({ call: item({ callId: `c${index}` }), notes: [note(text)] }))
        const [header = [], ...read] = csvOf(rows)
        const at = header.indexOf('Notes')
        expect(read.map((row) => row[at])).toEqual(texts.map((text) => `2026-11-21T11:00:00.000Z Ada Lovelace: ${text}`))
        expect(read.every((row) => row.length === header.length)).toBe(true)
      }),
    )
  })
})

describe('JSON', () => {
  test('is one array, however it was cut into pages', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 }), (pages) => {
        const { head, rows, tail } = exportFormats.json
        let done = 0
        let text = head
        for (const size of pages) {
          const page = Array.from({ length: size }, (_, index) => ({ call: item({ callId: `c${done + index}` }), notes: [note('a "b"')] }))
          text += rows(page, names, done === 0)
          done += size
        }
        const read = JSON.parse(text + tail) as { callId: string; notes: CallNote[] }[]
        expect(read.map(({ callId }) => callId)).toEqual(Array.from({ length: done }, (_, index) => `c${index}`))
        expect(read.every(({ notes }) => notes[0]?.text === 'a "b"')).toBe(true)
      }),
    )
  })

  test('has the call as the app knows it, and the names', () => {
    const { head, rows, tail } = exportFormats.json
    const call = item({ userId: 'ada', ourNumber: '+14155550100' })
    const read: unknown = JSON.parse(head + rows([{ call, notes: [] }], names, true) + tail)
    expect(read).toEqual([{ ...call, notes: [], userName: 'Ada Lovelace', ourNumberName: 'Front desk' }])
  })
})
