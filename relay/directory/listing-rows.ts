import type { Database } from '../database/open.ts'
import type { NumberBrief } from './listing.ts'

interface BriefRecord {
  phone_number: string
  sid: string | null
  name: string
  is_active: number
  left_at: string | null
}

const briefOf = (row: BriefRecord): NumberBrief => ({
  phoneNumber: row.phone_number,
  sid: row.sid,
  name: row.name,
  isActive: row.is_active === 1,
  leftAt: row.left_at,
})

/** Reads of every number, or of those of these that are known, only what a listing is compared with: ten thousand in some milliseconds. */
export function createBriefs(db: Database): (only?: readonly string[]) => NumberBrief[] {
  const columns = 'SELECT phone_number, sid, name, is_active, left_at FROM numbers'
  const all = db.prepare<[], BriefRecord>(`${columns} ORDER BY phone_number`)
  const one = db.prepare<[string], BriefRecord>(`${columns} WHERE phone_number = ?`)
  return (only) => (only ? only.flatMap((phoneNumber) => one.all(phoneNumber)) : all.all()).map(briefOf)
}
