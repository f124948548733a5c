import { isDeepStrictEqual } from 'node:util'
import { FailureError } from '../../contract/failure.ts'
import { plainDetails } from '../../contract/number.ts'
import type { NumberRow } from '../../contract/relay.ts'
import type { Database } from '../database/open.ts'
import type { Clock, EventLog } from '../ports.ts'
import { createNumberReads, createNumberWriter, type NumberReads } from './number-rows.ts'
import { numberPayload } from './views.ts'

export interface NumberWrites {
  /** Makes or renames a number, as Twilio lists it. One that is active has not left. */
  putNumber(number: { phoneNumber: string; sid: string | null; name: string; isActive: boolean }): NumberRow
  /** These users answer the number and may show it, in this order. @throws FailureError `not-found` */
  assignNumber(phoneNumber: string, userIds: readonly string[]): NumberRow
  /**
   * Keeps a number as given, new or known, and tells those concerned, whose access may have changed. A default that another number had moves here;
   * who does not answer the number cannot have it as default. Nothing different, nothing told.
   */
  saveNumber(number: NumberRow): NumberRow
}

/** Numbers, what is kept of them, and who answers them. */
export function createNumbers(db: Database, log: Pick<EventLog, 'append'>, clock: Clock): NumberReads & NumberWrites {
  const reads = createNumberReads(db)
  return { ...reads, ...createWrites(db, log, clock, reads) }
}

const announceTo = (log: Pick<EventLog, 'append'>, number: NumberRow, viewers: readonly string[]) =>
  log.append({ type: 'number.changed', payload: numberPayload(number) }, { kind: 'users', userIds: viewers })

/** As it is stored: nobody twice, defaults of those who answer it, in the order they are read back. */
function tidy(number: NumberRow): NumberRow {
  const userIds = [...new Set(number.userIds)]
  const defaultFor = [...new Set(number.details.defaultFor)].filter((userId) => userIds.includes(userId)).toSorted()
  return { ...number, userIds, details: { ...number.details, defaultFor } }
}

function createWrites(db: Database, log: Pick<EventLog, 'append'>, clock: Clock, reads: NumberReads): NumberWrites {
  const write = createNumberWriter(db)
  const known = (phoneNumber: string) => {
    const found = reads.number(phoneNumber)
    if (!found) throw new FailureError('not-found', 'no such number')
    return found
  }
  function tell(after: NumberRow, before: readonly string[]): void {
    const concerned = [...new Set([...before, ...after.userIds])]
    announceTo(log, after, concerned)
    const changed = concerned.filter((id) => before.includes(id) !== after.userIds.includes(id))
    for (const userId of changed) log.append({ type: 'access.changed', payload: { userId } }, { kind: 'users', userIds: [userId] })
  }
  function save(before: NumberRow | undefined, number: NumberRow): NumberRow {
    const after = tidy(number)
    if (before && isDeepStrictEqual(before, after)) return before
    const robbed = new Set(after.details.defaultFor.map((userId) => reads.defaultNumberOf(userId)))
    write(after, before, clock.now().toISOString())
    tell(after, before?.userIds ?? [])
    for (const other of robbed) if (other !== undefined && other !== after.phoneNumber) tell(known(other), known(other).userIds)
    return after
  }
  return {
    saveNumber: (number) => save(reads.number(number.phoneNumber), number),
    putNumber({ phoneNumber, sid, name, isActive }) {
      const before = reads.number(phoneNumber)
      const { userIds, details } = before ?? { userIds: [], details: plainDetails() }
      const leftAt = isActive ? null : details.leftAt
      return save(before, { phoneNumber, sid, name, isActive, userIds, details: { ...details, leftAt } })
    },
    assignNumber(phoneNumber, userIds) {
      const before = known(phoneNumber)
      return save(before, { ...before, userIds: [...userIds] })
    },
  }
}
