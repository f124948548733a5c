import { Type, type Static } from 'typebox'
import { CallFact } from './call.ts'
import { NumberDetails, Purchase } from './number.ts'
import { Party } from './party.ts'
import { UserRecord } from './record.ts'
import { BackfillState } from './history.ts'
import { ID_PATTERN } from './sid.ts'

const Id = Type.String({ pattern: ID_PATTERN })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** What the relay's log holds and the link carries. An unknown type is kept by the desktop and applied after an update (RULES R20). */
export const eventPayloads = {
  /** An incoming call is about to ring these devices: pre-fills the card, never rings by itself (RULES R23). */
  'call.offered': Type.Object({
    callId: Id,
    party: Party,
    ourNumber: Type.String(),
    numberName: Type.String(),
    deviceIds: Type.Array(Id),
    ringSeconds: Type.Integer(),
  }),
  'call.facts': Type.Object({ callId: Id, facts: Type.Array(CallFact) }),
  /** What this user may see has changed: the socket closes with 4003 and the desktop takes a new snapshot. */
  'access.changed': Type.Object({ userId: Id }),
  'number.changed': Type.Object({
    phoneNumber: Type.String(),
    numberName: Type.String(),
    isActive: Type.Boolean(),
    userIds: Type.Array(Id),
    sid: nullable(Type.String()),
    details: NumberDetails,
  }),
  /** What people, or the relay, added to a call, a recording or a number: latest per kind and id. */
  'record.changed': UserRecord,
  /** The relay's job moved on: managers. */
  'backfill.changed': BackfillState,
  /** An intent to buy moved on: managers, and who asked. */
  'purchase.changed': Purchase,
  'user.changed': Type.Object({ userId: Id, name: Type.String(), role: Type.String(), isActive: Type.Boolean() }),
  'device.changed': Type.Object({ deviceId: Id, userId: Id, name: Type.String(), isRevoked: Type.Boolean() }),
  /** Somebody tried what they may not: managers only. */
  'security.rejected': Type.Object({ what: Type.String(), callSid: Type.Optional(Type.String()), identity: Type.Optional(Type.String()) }),
} as const
export type EventType = keyof typeof eventPayloads
export type EventPayload<T extends EventType> = Static<(typeof eventPayloads)[T]>
export type LogEvent = { [T in EventType]: { type: T; payload: EventPayload<T> } }[EventType]

export const isEventType = (type: string): type is EventType => Object.hasOwn(eventPayloads, type)
