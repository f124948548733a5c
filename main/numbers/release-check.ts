import { FailureError } from '../../contract/failure.ts'
import type { ReleaseSeen } from '../../contract/number-desktop.ts'
import type { GuardRow, NumberUsage, VoiceWiring } from '../../contract/number-relay.ts'
import { driftOf, type AuditEntry, type RemoteNumber } from '../../contract/number.ts'
import type { NumberRow } from '../../contract/relay.ts'
import { routedTo } from './dependencies.ts'

/** Settings that say where calls go: changed during the hold, somebody has put the number to another use. */
const routing: ReadonlySet<string> = new Set(['voiceUrl', 'voiceApplicationSid', 'trunkSid'])

/** All that speaks for or against a number in the moment before it goes. */
export interface CheckInput {
  row: NumberRow
  remote: RemoteNumber
  guard: GuardRow | undefined
  usage: Pick<NumberUsage, 'calls30' | 'lastUsedAt'> | undefined
  wiring: VoiceWiring
  /** What the person was shown; undefined: what there was when the number was held. */
  seen: ReleaseSeen | undefined
  /** Who was given it since it was held, where that was asked for. */
  given: readonly string[]
}

/** What a release refuses over: `changed` names it, the rest is how it is now. */
type Changes = Partial<Record<'owners' | 'defaultFor' | 'calls30' | 'routedTo' | 'emergencyAddressSid', string | number | null>>

const isList = (value: unknown): value is unknown[] => Array.isArray(value)
const listIn = (values: AuditEntry['before'], key: string): string[] => {
  const value = values[key]
  return isList(value) ? value.map(String) : []
}

/** Users who were given a number, or made to call from it by default, since it was last held, by its trace (newest first). Pure. */
export function givenSinceHold(entries: readonly AuditEntry[]): string[] {
  const held = entries.findIndex(({ after }) => typeof after['hold'] === 'object' && after['hold'] !== null)
  const since = held === -1 ? entries : entries.slice(0, held)
  const added = (key: string) =>
    since.flatMap(({ before, after }) => listIn(after, key).filter((userId) => !listIn(before, key).includes(userId)))
  return [...new Set([...added('userIds'), ...added('defaultFor')])]
}

/** Whether the trace is needed: a number that nobody has was given to nobody. */
export const isTraceNeeded = ({ userIds, details }: NumberRow, seen: ReleaseSeen | undefined): boolean =>
  seen === undefined && userIds.length + details.defaultFor.length > 0

function changesOf({ row, remote, guard, usage, wiring, seen, given }: CheckInput): Changes {
  const { userIds, details } = row
  const isNew = (among: readonly string[] | undefined) => (userId: string) => (among ? !among.includes(userId) : given.includes(userId))
  const owners = userIds.filter(isNew(seen?.owners))
  const defaultFor = details.defaultFor.filter(isNew(seen?.defaultFor ?? seen?.owners))
  const calls30 = usage?.calls30 ?? 0
  const isUsed = seen ? calls30 > seen.calls30 : (usage?.lastUsedAt ?? '') > (details.hold?.at ?? '')
  const where = routedTo(remote.settings, wiring)
  const isMoved = guard !== undefined && driftOf(guard.baseline, remote.settings).some(({ key }) => routing.has(key))
  const address = remote.settings.emergencyAddressSid || null
  // Without a word of what was seen it is no change: it stops no call, and is taken back first in any case.
  const isAddressNew = seen?.emergencyAddressSid !== undefined && address !== null && address !== seen.emergencyAddressSid
  return {
    ...(owners.length > 0 && { owners: owners.join() }),
    ...(defaultFor.length > 0 && { defaultFor: defaultFor.join() }),
    ...(isUsed && { calls30, lastUsedAt: usage?.lastUsedAt ?? null }),
    ...(isMoved && where !== seen?.routedTo && { routedTo: where }),
    ...(isAddressNew && { emergencyAddressSid: address }),
  }
}

/** The check of the moment. @throws FailureError `conflict` with `details.changed`: nobody who decided on the release knew of it. Pure */
export function checkUnchanged(input: CheckInput): void {
  const changes = changesOf(input)
  const changed = Object.keys(changes).filter((key) => key !== 'lastUsedAt')
  if (changed.length === 0) return
  const { phoneNumber } = input.row
  throw new FailureError('conflict', `changed since it was held: ${changed.join(', ')}`, {
    phoneNumber,
    changed: changed.join(),
    ...changes,
  })
}
