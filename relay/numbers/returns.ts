import type { NumberHold } from '../../contract/number.ts'
import type { NumberRow } from '../../contract/relay.ts'
import type { DirectoryReads } from '../directory/directory.ts'
import type { Audit } from './audit.ts'

export interface ReturnsDeps {
  directory: Pick<DirectoryReads, 'user' | 'defaultNumberOf'>
  audit: Pick<Audit, 'page'>
}

/** So long a number that left may come back as it was, in days. */
const REMEMBERED_DAYS = 30
/** Lines of the trace looked through for what it was. */
const LINES = 50

interface Past {
  isActive: boolean
  userIds: string[]
  defaultFor: string[]
  hold: NumberHold | null
}

/** What the trace says that a number was before it left; undefined where it does not tell. The relay and a desktop may each have noted it. */
function pastOf(gone: NumberRow, { audit }: ReturnsDeps): Past | undefined {
  const { entries } = audit.page({ subject: gone.phoneNumber, limit: LINES })
  const arrived = entries.findIndex(({ action }) => action === 'number.returned' || action === 'number.bought')
  const since = arrived === -1 ? entries : entries.slice(0, arrived)
  const departures = since.filter(({ action }) => action === 'number.removed' || action === 'number.released')
  if (departures.length === 0) return undefined
  const { isActive, userIds, details } = gone
  const now: Past = { isActive, userIds, defaultFor: details.defaultFor, hold: details.hold }
  // Newest first: the oldest line knows best. What a line does not name it did not change.
  return departures.reduce((past, { before }) => ({ ...past, ...(before as Partial<Past>) }), now)
}

/**
 * A number that is back under the SID it left with within 30 days: it has its owners, its hold and its switched-off state as before, as far as
 * those people still work here and call from no other number by default. Any other stays as it is given. Pure but for what it reads.
 */
export function asBefore(gone: NumberRow | undefined, back: NumberRow, at: string, deps: ReturnsDeps): NumberRow {
  const { leftAt } = gone?.details ?? { leftAt: null }
  if (!gone || leftAt === null || back.details.leftAt !== null || gone.sid !== back.sid) return back
  if (Date.parse(at) - Date.parse(leftAt) > REMEMBERED_DAYS * 86_400_000) return back
  const past = pastOf(gone, deps)
  if (!past) return back
  const { directory } = deps
  const userIds = past.userIds.filter((userId) => directory.user(userId)?.isActive)
  const isFree = (userId: string) => [undefined, back.phoneNumber].includes(directory.defaultNumberOf(userId))
  const defaultFor = past.defaultFor.filter((userId) => userIds.includes(userId) && isFree(userId))
  return { ...back, isActive: past.isActive, userIds, details: { ...back.details, defaultFor, hold: past.hold } }
}
