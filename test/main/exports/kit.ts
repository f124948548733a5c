import type { CallItem } from '../../../contract/history.ts'

/** A call as a list shows it. */
export const item = (more: Partial<CallItem> = {}): CallItem => ({
  callId: 'c1',
  direction: 'outgoing',
  outcome: 'answered',
  reason: null,
  party: { kind: 'number', number: '+14155552671' },
  ourNumber: '+14155550100',
  userId: null,
  deviceId: null,
  startedAt: '2026-11-21T10:00:00.000Z',
  answeredAt: null,
  endedAt: null,
  ringSeconds: null,
  talkSeconds: null,
  cost: null,
  recordWanted: null,
  legs: [],
  recordings: [],
  tags: [],
  noteCount: 0,
  missed: null,
  ...more,
})

/** Rows of a CSV, read by the words of RFC 4180: CRLF ends a row, a quote is doubled within quotes. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy
  const body = text.replace(/^\u{FEFF}/u, '')
  while (cells.lastIndex < body.length) {
    const at = cells.lastIndex
    const cell = cells.exec(body)
    if (!cell) throw new Error(`no CSV at ${at}: ${JSON.stringify(body.slice(at, at + 40))}`)
    rows.at(-1)?.push(cell[1]?.replaceAll('""', '"') ?? cell[2] ?? '')
    if (cell[3] === '\r\n' && cells.lastIndex < body.length) rows.push([])
  }
  return rows
}
