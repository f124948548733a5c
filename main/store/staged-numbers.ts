import type { Connection } from './open-database.ts'
import type { createReports } from './remote-rows.ts'

/** A listed number that is to be written as it is, `rawOf`. */
export interface StagedNumber {
  phoneNumber: string
  sid: string
  raw: string
}

/** Before a plan, as `createUndo` reads it: no row, or the row that was there. */
const before = `case when old.phone_number is null then null else json_object('sid', old.sid, 'raw', old.raw,
  'first_seen_at', old.first_seen_at, 'seen_at', old.seen_at, 'missing_since', old.missing_since, 'gone_at', old.gone_at) end`

/**
 * Numbers of a listing under way that are sure to be written when its plan is applied. They are brought here page by page, while Twilio makes the
 * next one, so that applying thousands of them is a few statements. In memory, of one listing at a time; what is lost is only sent again.
 * Callers bring the transactions.
 */
export function createStagedNumbers(db: Connection, reports: ReturnType<typeof createReports>) {
  db.pragma('temp_store = memory')
  db.exec('create temp table staged_numbers (phone_number text primary key, sid text not null, raw text not null) strict')
  const clear = db.prepare<[]>('delete from staged_numbers')
  const put = db.prepare<[string, string, string]>('insert or replace into staged_numbers (phone_number, sid, raw) values (?, ?, ?)')
  const keep = db.prepare<[]>(
    `insert into number_undo (phone_number, raw)
     select staged.phone_number, json_object('remote', ${before}, 'relay', null)
     from staged_numbers as staged left join remote_numbers as old on old.phone_number = staged.phone_number`,
  )
  const write = db.prepare<[{ at: string }]>(
    `insert into remote_numbers (phone_number, sid, raw, first_seen_at, seen_at) select phone_number, sid, raw, @at, @at from staged_numbers
     where true on conflict (phone_number) do update set sid = excluded.sid, raw = excluded.raw, seen_at = excluded.seen_at,
       missing_since = null, gone_at = null`,
  )
  const returned = db.prepare<[], { phoneNumber: string; sid: string }>(
    `select staged.phone_number as phoneNumber, staged.sid from staged_numbers as staged
     join numbers on numbers.phone_number = staged.phone_number where left_at is not null`,
  )
  let staged: string | undefined
  function drop(): void {
    clear.run()
    staged = undefined
  }
  return {
    drop,
    /** Numbers of a listing; those of another are dropped. */
    stage: (listingId: string, numbers: readonly StagedNumber[]): void => {
      if (staged !== listingId) drop()
      staged = listingId
      for (const { phoneNumber, sid, raw } of numbers) put.run(phoneNumber, sid, raw)
    },
    has: (listingId: string): boolean => staged === listingId,
    /** Writes what is staged, as listed at `at`, and keeps for an undo how it was before. */
    write(at: string): void {
      for (const number of returned.all()) reports.put({ ...number, action: 'number.returned' })
      keep.run()
      write.run({ at })
      drop()
    },
  }
}
