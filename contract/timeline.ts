import { Type, type Static } from 'typebox'
import { ID_PATTERN } from './sid.ts'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Whose clock an instant is of (RULES R11): Twilio tells whole seconds, ±1 s; the relay and this desktop milliseconds. */
export const timelineClocks = ['twilio', 'relay', 'desktop'] as const

/**
 * One thing that happened in a call. `what` names a sentence of the catalogue (`timeline.<what>`), `params` fill it: ids of users, devices
 * and legs, statuses, seconds, codes. Ordered by cause, then by clock; `isOrderCertain` is false where a neighbour's clock allows either order, and the order matters.
 */
export const TimelineEntry = Type.Object({
  at: Type.String(),
  clock: Type.Enum([...timelineClocks]),
  source: Type.Enum(['sdk', 'relay', 'webhook', 'rest', 'person']),
  what: Type.String(),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
  legId: nullable(Type.String()),
  isOrderCertain: Type.Boolean(),
})
export type TimelineEntry = Static<typeof TimelineEntry>

/** Quality as one device heard it; samples as in the record `quality`. */
export const QualitySeries = Type.Object({
  deviceId: Type.String(),
  userId: nullable(Type.String()),
  samples: Type.Array(
    Type.Tuple([Type.Number(), nullable(Type.Number()), nullable(Type.Number()), nullable(Type.Number()), nullable(Type.Number())]),
  ),
})

export type QualitySeries = Static<typeof QualitySeries>

/** Everything known of how a call went. `why`: the sentence's key that answers "why did it (not) ring?" with its params. */
export const CallTimeline = Type.Object({
  callId: Type.String({ pattern: ID_PATTERN }),
  entries: Type.Array(TimelineEntry),
  why: Type.Object({ what: Type.String(), params: TimelineEntry.properties.params }),
  quality: Type.Array(QualitySeries),
  /** What an export names besides: versions and how far clocks were off. */
  about: Type.Object({ version: Type.String(), clockOffsetMs: nullable(Type.Number()), isMasked: Type.Boolean() }),
})
export type CallTimeline = Static<typeof CallTimeline>
