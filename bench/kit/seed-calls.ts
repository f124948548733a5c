import { v7 } from 'uuid'
import type { CallFact } from '../../contract/call.ts'
import { recordOf } from '../../contract/call-record.ts'
import { createCallWriter } from '../../main/store/call-table.ts'
import { createFactTable } from '../../main/store/facts.ts'
import { openDatabase } from '../../main/store/open-database.ts'

const START = Date.parse('2024-01-01T00:00:00Z')

/** Facts of one answered incoming call of 42 s; `at` counts the calls, one every minute. */
function factsOf(at: number): CallFact[] {
  const began = START + at * 60_000
  const iso = (ms: number) => new Date(began + ms).toISOString()
  const sid = `CA${at.toString(16).padStart(32, '0')}`
  const fact = (subject: string, field: string, value: CallFact['value'], ms: number): CallFact => ({
    subject,
    field,
    value,
    source: 'webhook',
    at: iso(ms),
  })
  return [
    fact('call', 'direction', 'incoming', 0),
    fact('call', 'from', `+1415555${String(at % 10_000).padStart(4, '0')}`, 0),
    fact('call', 'ourNumber', '+14155550100', 0),
    fact('leg:parent', 'sid', sid, 0),
    fact('leg:parent', 'role', 'party', 0),
    fact('call', 'to', '+14155550100', 0),
    fact('leg:parent', 'status', 'completed', 50_000),
    fact('leg:parent', 'durationSeconds', 42, 50_000),
  ]
}

/** Fills an app.db with calls through the store's own tables: facts, records and indexes, as if they had come over the link. */
export function seedCalls(database: string, count: number): void {
  const db = openDatabase(database)
  const calls = createCallWriter(db)
  const facts = createFactTable(db)
  for (let at = 0; at < count;) {
    db.exec('begin')
    for (const until = Math.min(count, at + 20_000); at < until; at++) {
      const callId = v7({ msecs: START + at * 60_000 })
      const known = factsOf(at)
      facts.put(callId, known)
      const record = recordOf(callId, known)
      if (!record) throw new Error('the facts make no call')
      calls.put(record)
    }
    db.exec('commit')
  }
  db.close()
}
