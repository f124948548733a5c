import { isDeepStrictEqual } from 'node:util'
import { FailureError } from '../../contract/failure.ts'
import { requireName } from '../../contract/number-name.ts'
import { plainDetails, type NumberDetails, type NumberPatch } from '../../contract/number.ts'
import type { NumberChange } from '../../contract/number-relay.ts'
import type { NumberRow } from '../../contract/relay.ts'
import { sayable } from '../twiml/sayable.ts'

/** What a change needs to know besides the number. */
export interface ChangeContext {
  /** ISO 8601 UTC. */
  at: string
  /** Who changes it. */
  userId: string
  /** Whether somebody of this id works here, and may be given numbers. */
  isActiveUser: (userId: string) => boolean
}

const refused = (why: string) => new FailureError('bad-request', why)
const isArrival = ({ action }: NumberChange) => action === 'number.bought' || action === 'number.returned'
const isDeparture = ({ action }: NumberChange) => action === 'number.released' || action === 'number.removed'

/** The trace must say what happened: each field has its actions. @throws FailureError `bad-request` */
function checkAction(change: NumberChange): void {
  const { action, sid, hasLeft = false, hold } = change
  if (sid !== undefined && !isArrival(change)) throw refused(`${action} brings no sid`)
  if (hasLeft !== isDeparture(change)) throw refused(hasLeft ? `${action} is no way to leave` : `${action} says that the number has left`)
  if (change.isUndo && action !== 'number.returned') throw refused(`${action} undoes nothing`)
  const isHold = hold !== undefined && hold !== null
  // One that comes back may be parked as it was; when it is bought nobody has parked it yet.
  if (isHold !== (action === 'number.held') && !(isHold && action === 'number.returned'))
    throw refused('number.held and a hold belong together')
  if (action === 'number.unheld' && hold !== null) throw refused('number.unheld ends a hold')
}

/** The number as it was; or the beginning of one that we did not know and that has come. @throws FailureError `not-found` */
function knownOr(before: NumberRow | undefined, change: NumberChange): NumberRow {
  if (before) return before
  if (change.sid === undefined) throw new FailureError('not-found', 'no such number')
  const { phoneNumber, sid } = change
  return { phoneNumber, sid, name: phoneNumber, isActive: true, userIds: [], details: plainDetails() }
}

/** One that comes back is in use again; one that was switched off and never left stays off. */
function arrived(number: NumberRow, sid: string | undefined): NumberRow {
  if (sid === undefined) return number
  const { leftAt } = number.details
  return { ...number, sid, isActive: number.isActive || leftAt !== null, details: { ...number.details, leftAt: null } }
}

function usersAfter(number: NumberRow, patch: NumberPatch, { isActiveUser }: ChangeContext): { userIds: string[]; defaultFor: string[] } {
  const userIds = [...new Set(patch.userIds ?? number.userIds)]
  // Who has it already may keep it, whatever became of them: else nobody else could be added.
  const unknown = userIds.find((userId) => !number.userIds.includes(userId) && !isActiveUser(userId))
  if (unknown !== undefined) throw refused(`there is no active user ${unknown}`)
  const foreign = patch.defaultFor?.find((userId) => !userIds.includes(userId))
  if (foreign !== undefined) throw refused(`${foreign} does not answer this number`)
  const defaultFor = patch.defaultFor ?? number.details.defaultFor.filter((userId) => userIds.includes(userId))
  return { userIds, defaultFor: [...new Set(defaultFor)].toSorted() }
}

/** As the database gives it back: it knows no half surrogates, and what is told must be what is kept. */
const kept = (text: string) => text.toWellFormed()

function named(name: string | undefined): { name?: string } {
  if (name === undefined) return {}
  return { name: requireName(kept(name)) }
}

function patched(number: NumberRow, patch: NumberPatch | undefined, context: ChangeContext): NumberRow {
  if (!patch) return number
  const { details } = number
  const isGone = details.leftAt !== null
  if (isGone && (patch.isActive || patch.userIds?.length || patch.defaultFor?.length))
    throw new FailureError('not-found', 'the number is not the account’s any more')
  const { userIds, defaultFor } = usersAfter(number, patch, context)
  const { ringMode = details.ringMode, isRecorded = details.isRecorded } = patch
  const notes = kept(patch.notes ?? details.notes)
  const tags = [...new Set((patch.tags ?? details.tags).map(kept))]
  const inactiveMessage = patch.inactiveMessage === undefined ? details.inactiveMessage : sayable(patch.inactiveMessage)
  const changed: NumberDetails = { ...details, ringMode, isRecorded, notes, inactiveMessage, defaultFor, tags }
  return { ...number, ...named(patch.name), isActive: patch.isActive ?? number.isActive, userIds, details: changed }
}

function held(number: NumberRow, hold: NumberChange['hold'], { at, userId }: ChangeContext): NumberRow {
  if (hold === undefined) return number
  const { details } = number
  if (hold === null) return { ...number, details: { ...details, hold: null } }
  if (details.leftAt !== null) throw new FailureError('not-found', 'the number is not the account’s any more')
  const ms = Date.parse(hold.until)
  if (Number.isNaN(ms)) throw refused('until is no instant')
  const until = new Date(ms).toISOString()
  const message = sayable(hold.message)
  // Held the same way already: it was so since then, and by whom it was.
  if (details.hold?.until === until && details.hold.message === message) return number
  return { ...number, details: { ...details, hold: { until, message, at, byUserId: userId } } }
}

/** Nobody answers it any more, and a hold has nothing left to hold; everything else is kept as its history. */
function departed(number: NumberRow, { at }: ChangeContext): NumberRow {
  const details = { ...number.details, leftAt: number.details.leftAt ?? at, hold: null, defaultFor: [] }
  return { ...number, isActive: false, userIds: [], details }
}

/** The number after a change. Pure; the same change again changes nothing. @throws FailureError `not-found`, `bad-request`, `name-invalid` */
export function numberAfter(before: NumberRow | undefined, change: NumberChange, context: ChangeContext): NumberRow {
  checkAction(change)
  const here = arrived(knownOr(before, change), change.sid)
  // Who goes leaves nobody behind, whatever a patch says beside it: so that it may be said twice.
  const { isActive: _isActive, userIds: _userIds, defaultFor: _defaultFor, ...words } = change.patch ?? {}
  const after = held(patched(here, change.hasLeft ? words : change.patch, context), change.hold, context)
  const { origin: given } = change
  const origin = given ? { ...given, place: given.place === null ? null : kept(given.place) } : after.details.origin
  const complete: NumberRow = { ...after, details: { ...after.details, origin } }
  return change.hasLeft ? departed(complete, context) : complete
}

const fieldsOf = ({ sid, name, isActive, userIds, details }: NumberRow): Record<string, unknown> => ({
  sid,
  name,
  isActive,
  userIds,
  ...details,
})

/** What differs between two states of a number, field by field; of a new one everything that is not plain. Undefined: nothing. Pure. */
export function differencesOf(before: NumberRow | undefined, after: NumberRow) {
  const then = before ? fieldsOf(before) : { sid: undefined, name: undefined, isActive: undefined, userIds: [], ...plainDetails() }
  const changed = Object.entries(fieldsOf(after)).filter(([field, value]) => !isDeepStrictEqual(then[field], value))
  if (changed.length === 0) return undefined
  const was = before ? changed.map(([field]) => [field, fieldsOf(before)[field]]) : []
  return { before: Object.fromEntries(was) as Record<string, unknown>, after: Object.fromEntries(changed) as Record<string, unknown> }
}
