import type { Database } from '../database/open.ts'
import type { NumberBrief } from './listing.ts'

interface BriefRecord {
  phone_number: string
  sid: string | null
  name: string
  is_active: number
  left_at: string | null
}

/** Reads of every number only what a listing is compared with: ten thousand in some milliseconds. */
export function createBriefs(db: Database): () => NumberBrief[] {
  const all = db.prepare<[], BriefRecord>('SELECT phone_number, sid, name, is_active, left_at FROM numbers ORDER BY phone_number')
  return () =>
    all.all().map((row) => ({
      phoneNumber: row.phone_number,
      sid: row.sid,
      name: row.name,
      isActive: row.is_active === 1,
      leftAt: row.left_at,
    }))
}
