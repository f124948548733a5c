import type { NumberChange } from '../../contract/number-relay.ts'
import type { NumberRow } from '../../contract/relay.ts'
import type { DirectoryReads, DirectoryWrites } from '../directory/directory.ts'
import type { Clock } from '../ports.ts'
import type { Actor, Audit } from './audit.ts'
import { differencesOf, numberAfter } from './change.ts'
import { asBefore } from './returns.ts'

export interface ChangesDeps {
  directory: DirectoryReads & DirectoryWrites
  audit: Pick<Audit, 'appendAudit' | 'page'>
  clock: Clock
}

/** Applies one change of one number with its line in the trace. Inside a transaction of the writer. */
export type ApplyNumberChange = (change: NumberChange, by: Actor) => void

/**
 * Changes of numbers, by whom it may be: the caller has checked. What changes nothing leaves no line. A default caller ID that moves here
 * leaves a line at the number that loses it, too.
 * @throws FailureError `not-found`, `bad-request`
 */
export function createNumberChanges({ directory, audit, clock }: ChangesDeps): ApplyNumberChange {
  const isActiveUser = (userId: string) => directory.user(userId)?.isActive === true
  const robbedBy = (after: NumberRow): NumberRow[] => {
    const others = new Set(after.details.defaultFor.flatMap((userId) => directory.defaultNumberOf(userId) ?? []))
    return [...others].flatMap((other) => (other === after.phoneNumber ? [] : (directory.number(other) ?? [])))
  }
  return function apply(change, by) {
    const before = directory.number(change.phoneNumber)
    const at = clock.now().toISOString()
    const changed = numberAfter(before, change, { at, userId: by.userId, isActiveUser })
    // Who says how it comes back is believed; else it is as it was.
    const isBack = change.action === 'number.returned' && !change.patch && change.hold === undefined
    const after = isBack ? asBefore(before, changed, at, { directory, audit }) : changed
    const robbed = robbedBy(after)
    const note = (action: string, was: NumberRow | undefined, is: NumberRow, more: Record<string, unknown> = {}) => {
      const difference = differencesOf(was, is)
      if (!difference) return
      audit.appendAudit({ action, subject: is.phoneNumber, before: difference.before, after: { ...difference.after, ...more } }, by)
    }
    note(change.action, before, directory.saveNumber(after), change.isUndo ? { undone: true } : {})
    for (const other of robbed) note('number.updated', other, directory.number(other.phoneNumber) ?? other)
  }
}
