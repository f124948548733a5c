import type { Sql } from '../calls/sql.ts'

/** When Twilio last asked the fallback of each number: our answer had not come, or could not be run. */
export function createFallbacks(db: Sql) {
  const put = db.prepare(`INSERT INTO number_fallbacks (phone_number, at) VALUES (?, ?)
    ON CONFLICT (phone_number) DO UPDATE SET at = max(at, excluded.at)`)
  return {
    /** Inside a transaction of the writer. `at`: ISO. */
    note: (phoneNumber: string, at: string): void => void put.run(phoneNumber, at),
  }
}
export type Fallbacks = ReturnType<typeof createFallbacks>
