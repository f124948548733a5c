import type { NumberChange } from '../../contract/number-relay.ts'
import type { RemoteNumber } from '../../contract/number.ts'
import type { Connection } from './open-database.ts'

/** A listed number as it is kept and compared: the same number is the same text. */
export const rawOf = (number: RemoteNumber): string => JSON.stringify(number)

/** A number as Twilio listed it. */
export interface RemoteRow {
  sid: string | null
  raw: string | null
  first_seen_at: string
  seen_at: string
  missing_since: string | null
  gone_at: string | null
}
type KeyedRow = RemoteRow & { phone_number: string }

/** Twilio's numbers as rows. */
export function createRemoteRows(db: Connection) {
  const get = db.prepare<[string], RemoteRow>(
    'select sid, raw, first_seen_at, seen_at, missing_since, gone_at from remote_numbers where phone_number = ?',
  )
  const put = db.prepare<[KeyedRow]>(
    `insert into remote_numbers (phone_number, sid, raw, first_seen_at, seen_at, missing_since, gone_at)
     values (@phone_number, @sid, @raw, @first_seen_at, @seen_at, @missing_since, @gone_at)
     on conflict (phone_number) do update set sid = excluded.sid, raw = excluded.raw, first_seen_at = excluded.first_seen_at,
       seen_at = excluded.seen_at, missing_since = excluded.missing_since, gone_at = excluded.gone_at`,
  )
  const remove = db.prepare<[string]>('delete from remote_numbers where phone_number = ?')
  const moved = db.prepare<[]>('update number_sync set revision = revision + 1 where id = 1')
  return {
    get: (phoneNumber: string): RemoteRow | null => get.get(phoneNumber) ?? null,
    put: (phoneNumber: string, row: RemoteRow): void => void put.run({ phone_number: phoneNumber, ...row }),
    remove: (phoneNumber: string): void => void remove.run(phoneNumber),
    /** Every plan made before is outdated now. */
    moved: (): void => void moved.run(),
  }
}

/** What the relay must hear of numbers that left or came back, one word per number: the last one. */
export function createReports(db: Connection) {
  const put = db.prepare<[string, string]>(
    'insert into number_reports (phone_number, payload) values (?, ?) on conflict (phone_number) do update set payload = excluded.payload',
  )
  const settle = db.prepare<[string, string]>('delete from number_reports where phone_number = ? and payload = ?')
  return {
    put: (change: NumberChange): void => void put.run(change.phoneNumber, JSON.stringify(change)),
    /** The relay has answered these; a later word on the same number stays. */
    settle: (changes: readonly NumberChange[]): void => {
      for (const change of changes) settle.run(change.phoneNumber, JSON.stringify(change))
    },
  }
}
