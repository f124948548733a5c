import type { CallFact } from '../../contract/call.ts'
import type { UserRecord } from '../../contract/record.ts'
import { createFactTable } from './facts.ts'
import type { Connection } from './open-database.ts'

/** Everything known of a call, and what the people and devices in it are called. */
export interface TimelineParts {
  facts: CallFact[]
  records: UserRecord[]
  /** Of everybody here, active or not: id → name. */
  names: ReadonlyMap<string, string>
}

type RecordRow = Omit<UserRecord, 'value'> & { value: string }

/** Reads what a timeline is told from; undefined for a call that is not here. */
export function createTimelineReader(db: Connection) {
  const call = db.prepare<[string]>('select 1 from calls where call_id = ?')
  const facts = createFactTable(db)
  const records = db.prepare<[string], RecordRow>(
    `select kind, record_id as recordId, call_id as callId, phone_number as phoneNumber, value, at, by_user_id as byUserId
     from records where call_id = ? and value is not null order by kind, record_id`,
  )
  const names = db.prepare<[], { id: string; name: string }>(
    'select user_id as id, name from users union all select device_id as id, name from devices',
  )
  return (callId: string): TimelineParts | undefined => {
    if (!call.get(callId)) return undefined
    return {
      facts: facts.of(callId),
      records: records.all(callId).map((row) => ({ ...row, value: JSON.parse(row.value) as unknown })),
      names: new Map(names.all().map(({ id, name }) => [id, name])),
    }
  }
}
