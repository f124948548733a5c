import type { Database } from '../database/open.ts'

/** A number's settings as they are kept: texts of JSON, so that ten thousand are compared and sent without being parsed. */
export interface Snapshot {
  phoneNumber: string
  sid: string
  baselineRaw: string
  baselineAt: string
  seenRaw: string
  seenAt: string
  isListed: boolean
}

interface SnapshotRecord {
  phone_number: string
  sid: string
  baseline_raw: string
  baseline_at: string
  seen_raw: string
  seen_at: string
  is_listed: number
}

const snapshotOf = (row: SnapshotRecord): Snapshot => ({
  phoneNumber: row.phone_number,
  sid: row.sid,
  baselineRaw: row.baseline_raw,
  baselineAt: row.baseline_at,
  seenRaw: row.seen_raw,
  seenAt: row.seen_at,
  isListed: row.is_listed === 1,
})

const LISTED_AT = 'numbers_listed_at'

/** Snapshots of the numbers' settings. Writes run inside a transaction of the writer. */
export function createGuardRows(db: Database) {
  const one = db.prepare<[string], SnapshotRecord>('SELECT * FROM number_snapshots WHERE phone_number = ?')
  const listed = db.prepare<[], { phoneNumber: string; seenAt: string }>(
    'SELECT phone_number AS phoneNumber, seen_at AS seenAt FROM number_snapshots WHERE is_listed = 1',
  )
  // Settings of numbers that left are kept, and nobody's concern.
  const ours = db.prepare<[], SnapshotRecord>(
    'SELECT s.* FROM number_snapshots s JOIN numbers n USING (phone_number) WHERE n.left_at IS NULL ORDER BY phone_number',
  )
  const ourOne = db.prepare<[string], SnapshotRecord>(
    'SELECT s.* FROM number_snapshots s JOIN numbers n USING (phone_number) WHERE n.left_at IS NULL AND phone_number = ?',
  )
  const put = db.prepare(`INSERT OR REPLACE INTO number_snapshots
    (phone_number, sid, baseline_raw, baseline_at, seen_raw, seen_at, is_listed) VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const absent = db.prepare('UPDATE number_snapshots SET is_listed = 0, seen_at = ? WHERE phone_number = ?')
  const listedAt = db.prepare<[string], { value: string }>('SELECT value FROM meta WHERE name = ?')
  const putListedAt = db.prepare('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
  return {
    get(phoneNumber: string): Snapshot | undefined {
      const row = one.get(phoneNumber)
      return row && snapshotOf(row)
    },
    /** Those that the last listing had. */
    listed: () => listed.all(),
    ofOurs: (only?: readonly string[]): Snapshot[] =>
      (only ? [...new Set(only)].flatMap((phoneNumber) => ourOne.all(phoneNumber)) : ours.all()).map(snapshotOf),
    put: ({ phoneNumber, sid, baselineRaw, baselineAt, seenRaw, seenAt, isListed }: Snapshot): void =>
      void put.run(phoneNumber, sid, baselineRaw, baselineAt, seenRaw, seenAt, Number(isListed)),
    /** The last listing did not have it; it was seen for the last time in the one before. */
    missed: (phoneNumber: string, seenAt: string): void => void absent.run(seenAt, phoneNumber),
    listedAt: (): string | null => listedAt.get(LISTED_AT)?.value ?? null,
    putListedAt: (at: string): void => void putListedAt.run(LISTED_AT, at),
  }
}
export type GuardRows = ReturnType<typeof createGuardRows>
