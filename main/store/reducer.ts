import { Compile } from 'typebox/compile'
import type { CallFact } from '../../contract/call.ts'
import { eventPayloads, isEventType, type EventType, type LogEvent } from '../../contract/event.ts'
import type { BackfillState } from '../../contract/history.ts'
import type { Purchase } from '../../contract/number.ts'
import { createDirectoryTable } from './directory-table.ts'
import type { Join } from './join.ts'
import { createKeptEvents } from './kept-events.ts'
import type { Connection } from './open-database.ts'

/** An event as the link carried it; its payload is still unchecked. */
export interface LinkEvent {
  seq: number
  at: string
  name: string
  payload: unknown
}

/** What a command changed: main tells the page. */
export interface Changes {
  callIds: string[]
  /** Numbers the relay told of. */
  phoneNumbers: string[]
  /** Purchases the relay told of, each as it was last; not stored: the relay is asked for the list. */
  purchases: Purchase[]
  /** Kinds of records that the relay told of; their calls are among `callIds`. */
  recordKinds: string[]
  /** How the relay's reading of older calls goes on, as it was told last; not stored. */
  backfill?: BackfillState
  /** What this user may see has changed: a new snapshot is due (RULES R20). */
  needsSnapshot: boolean
}

const payloadChecks = Object.fromEntries(
  Object.entries(eventPayloads).map(([type, schema]) => [type, Compile(schema)]),
) as unknown as Record<EventType, { Check(value: unknown): boolean }>

function understood(event: LinkEvent): LogEvent | undefined {
  if (!isEventType(event.name) || !payloadChecks[event.name].Check(event.payload)) return undefined
  return { type: event.name, payload: event.payload } as LogEvent
}

/** Events → tables, as a join (RULES R7): neither order within a call nor repetition matters. Callers bring the transaction. */
export function createReducer(db: Connection, { join, told }: Join) {
  const directory = createDirectoryTable(db)
  const kept = createKeptEvents(db)

  function applyOther(event: Exclude<LogEvent, { type: 'call.facts' }>, userId: string, changes: Changes): void {
    if (event.type === 'number.changed') {
      changes.phoneNumbers.push(event.payload.phoneNumber)
      directory.putNumber(event.payload)
    } else if (event.type === 'purchase.changed') changes.purchases.push(event.payload)
    else if (event.type === 'backfill.changed') changes.backfill = event.payload
    else if (event.type === 'record.changed') {
      changes.recordKinds.push(event.payload.kind)
      changes.callIds.push(...told(event.payload))
    } else if (event.type === 'user.changed') directory.putUser(event.payload)
    else if (event.type === 'device.changed') directory.putDevice(event.payload)
    else if (event.type === 'access.changed') changes.needsSnapshot ||= event.payload.userId === userId
    // call.offered is of the moment (the link tells the page), security.rejected is in the relay's audit: nothing to store.
  }

  function events(list: readonly LinkEvent[], userId: string): Changes {
    const changes: Changes = { callIds: [], phoneNumbers: [], purchases: [], recordKinds: [], needsSnapshot: false }
    const byCall = new Map<string, CallFact[]>()
    for (const event of list) {
      const one = understood(event)
      if (!one) kept.add(event)
      else if (one.type === 'call.facts') byCall.set(one.payload.callId, [...(byCall.get(one.payload.callId) ?? []), ...one.payload.facts])
      else applyOther(one, userId, changes)
    }
    changes.purchases = [...new Map(changes.purchases.map((one) => [one.intentId, one])).values()]
    changes.phoneNumbers = [...new Set(changes.phoneNumbers)]
    changes.recordKinds = [...new Set(changes.recordKinds)]
    changes.callIds = [...new Set([...changes.callIds, ...[...byCall].flatMap(([callId, all]) => join(callId, all))])]
    return changes
  }

  return {
    events,
    /** Applies what an earlier version kept because it did not understand it. */
    kept: (): Changes =>
      events(
        kept.take((event) => understood(event) !== undefined),
        '',
      ),
  }
}
