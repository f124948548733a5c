import { Type, type Static } from 'typebox'

/** Bumped when a desktop must update before it may go on; sent in `hello` and `welcome`. */
export const LOG_SCHEMA = 1

/** Close codes of `GET /api/events`. */
export const closeCodes = {
  expired: 4001,
  protocol: 4002,
  accessChanged: 4003,
  revoked: 4004,
  overloaded: 4008,
  shuttingDown: 1001,
} as const

const strict = { additionalProperties: false } as const
const Seq = Type.Integer({ minimum: 0 })

/** Desktop → relay. The session's token travels in the upgrade's Authorization header, later ones in `auth`, never in a query. */
export const ClientFrame = Type.Union([
  /** `cursor`: the last seq applied (0 = nothing yet); `epoch`: of the log it belongs to, null at first. */
  Type.Object(
    { type: Type.Literal('hello'), cursor: Seq, epoch: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]), schema: Type.Integer() },
    strict,
  ),
  Type.Object({ type: Type.Literal('auth'), token: Type.String({ maxLength: 2048 }) }, strict),
  Type.Object({ type: Type.Literal('pong'), id: Type.Integer() }, strict),
  /** Reachability (RULES R27): what the desktop claims of its Device. */
  Type.Object({ type: Type.Literal('presence'), registered: Type.Boolean(), microphone: Type.String({ maxLength: 16 }) }, strict),
])
export type ClientFrame = Static<typeof ClientFrame>

/** Relay → desktop. */
export const ServerFrame = Type.Union([
  Type.Object({
    type: Type.Literal('welcome'),
    epoch: Type.String(),
    head: Seq,
    oldest: Seq,
    schema: Type.Integer(),
    /** The relay's clock, ISO 8601 UTC: gives the desktop its offset (RULES R11). */
    at: Type.String(),
  }),
  /** `prev`: seq of the event before it *for this audience*; a mismatch means one was lost: reconnect from the cursor. */
  Type.Object({ type: Type.Literal('event'), seq: Seq, prev: Seq, at: Type.String(), name: Type.String(), payload: Type.Unknown() }),
  /** The cursor cannot be resumed (other epoch, beyond head, below oldest): take a snapshot, then `hello` again. */
  Type.Object({ type: Type.Literal('gap'), reason: Type.String() }),
  /** The session's token runs out at this instant: send `auth`, or be closed with 4001. */
  Type.Object({ type: Type.Literal('auth'), expiresAt: Type.String() }),
  Type.Object({ type: Type.Literal('ping'), id: Type.Integer(), at: Type.String() }),
])
export type ServerFrame = Static<typeof ServerFrame>
