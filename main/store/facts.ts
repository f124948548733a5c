import type { CallFact } from '../../contract/call.ts'
import type { Connection } from './open-database.ts'

interface FactRow {
  subject: string
  field: string
  kind: 'text' | 'number' | 'flag' | 'null'
  value: string | number | null
  source: CallFact['source']
  at: string
  sequence: number | null
}

const kinds = { string: 'text', number: 'number', boolean: 'flag' } as const
type Kinds = keyof typeof kinds

function rowOf(fact: CallFact): FactRow {
  const { subject, field, value, source, at } = fact
  const kind = value === null ? 'null' : kinds[typeof value as Kinds]
  return { subject, field, kind, value: typeof value === 'boolean' ? Number(value) : value, source, at, sequence: fact.sequence ?? null }
}

function factOf({ subject, field, kind, value, source, at, sequence }: FactRow): CallFact {
  return {
    subject,
    field,
    source,
    at,
    value: kind === 'flag' ? value === 1 : value,
    ...(sequence === null ? {} : { sequence }),
  }
}

/** What is known of each call, one winner per subject and field. */
export function createFactTable(db: Connection) {
  const read = db.prepare<[string], FactRow>(
    'select subject, field, kind, value, source, at, sequence from call_facts where call_id = ? order by subject, field',
  )
  const write = db.prepare<[FactRow & { callId: string }]>(
    `insert into call_facts (call_id, subject, field, kind, value, source, at, sequence)
     values (@callId, @subject, @field, @kind, @value, @source, @at, @sequence)
     on conflict (call_id, subject, field) do update set
       kind = excluded.kind, value = excluded.value, source = excluded.source, at = excluded.at, sequence = excluded.sequence`,
  )
  const remove = db.prepare<[string]>('delete from call_facts where call_id = ?')
  return {
    of: (callId: string): CallFact[] => read.all(callId).map(factOf),
    put(callId: string, facts: readonly CallFact[]): void {
      for (const fact of facts) write.run({ callId, ...rowOf(fact) })
    },
    remove: (callId: string): void => void remove.run(callId),
  }
}
export type FactTable = ReturnType<typeof createFactTable>
