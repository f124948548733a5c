import type { UserRecord } from '../../../contract/record.ts'
import { plainDetails } from '../../../contract/number.ts'
import { migrate } from '../../../main/store/migrate.ts'
import { appMigrations } from '../../../main/store/migrations/index.ts'
import { openDatabase, type Connection } from '../../../main/store/open-database.ts'
import { createReader, type Reader } from '../../../main/store/reader.ts'
import { createReplica, type Changes, type Replica } from '../../../main/store/replica.ts'
import { callFacts, type ToldCall } from './history.ts'

export interface MemoryReplica {
  db: Connection
  replica: Replica
  reader: Reader
  say: (name: string, payload: unknown) => Changes
  call: (told: ToldCall) => void
  record: (record: UserRecord) => void
  user: (userId: string, name: string) => void
  number: (phoneNumber: string, numberName: string) => void
  close: () => void
}

/** A replica in memory, told by a relay that never errs. */
export function memoryReplica(): MemoryReplica {
  const db = openDatabase(':memory:')
  migrate(db, appMigrations)
  const replica = createReplica(db)
  replica.snapshotFinish('e1', 0)
  let seq = 0
  const say = (name: string, payload: unknown) =>
    replica.apply('e1', 'ada', [{ seq: ++seq, at: '2026-11-21T12:00:00.000Z', name, payload }])
  return {
    db,
    replica,
    reader: createReader(db),
    say,
    call: (told: ToldCall) => void say('call.facts', { callId: told.callId, facts: callFacts(told) }),
    record: (record: UserRecord) => void say('record.changed', record),
    user: (userId: string, name: string) => void say('user.changed', { userId, name, role: 'staff', isActive: true }),
    number: (phoneNumber: string, numberName: string) =>
      void say('number.changed', { phoneNumber, numberName, isActive: true, userIds: [], sid: null, details: plainDetails() }),
    close: () => void db.close(),
  }
}
