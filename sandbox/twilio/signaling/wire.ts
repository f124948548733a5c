import type { LegEnd } from '../ports.ts'

// Text frames of the Voice SDK's signaling, version 1.6: {type, payload}. Heartbeats are a single newline.

export const HEARTBEAT = '\n'

export type ClientMessageType = 'listen' | 'register' | 'invite' | 'answer' | 'reject' | 'hangup' | 'dtmf' | 'message' | 'reinvite'

export interface ClientMessage {
  type: ClientMessageType
  payload: Record<string, unknown>
}

export type ServerMessageType =
  'connected' | 'ready' | 'offline' | 'close' | 'ringing' | 'answer' | 'invite' | 'cancel' | 'hangup' | 'ack' | 'error'

const CLIENT_TYPES: ReadonlySet<string> = new Set<ClientMessageType>([
  'listen',
  'register',
  'invite',
  'answer',
  'reject',
  'hangup',
  'dtmf',
  'message',
  'reinvite',
])

/** A frame of a client; undefined when it is none (malformed JSON, unknown type, no payload). */
export function parseFrame(text: string): ClientMessage | undefined {
  try {
    const { type, payload = {} } = JSON.parse(text) as { type?: unknown; payload?: unknown }
    if (typeof type !== 'string' || !CLIENT_TYPES.has(type) || typeof payload !== 'object' || payload === null) return undefined
    return { type: type as ClientMessageType, payload: payload as Record<string, unknown> }
  } catch {
    return undefined
  }
}

/** A string of a payload; empty when it is missing or no string. */
export function textOf(payload: Record<string, unknown>, name: string): string {
  const value = payload[name]
  return typeof value === 'string' ? value : ''
}

/** Parameters of `connect`: `payload.twilio.params`, a query string. */
export function connectParams(payload: Record<string, unknown>): Record<string, string> {
  const twilio = payload['twilio']
  const params = typeof twilio === 'object' && twilio !== null ? textOf(twilio as Record<string, unknown>, 'params') : ''
  return Object.fromEntries(new URLSearchParams(params))
}

export interface SignalingError {
  code: number
  message: string
}

export const malformed: SignalingError = { code: 31100, message: 'Malformed request' }
export const unauthorized: SignalingError = { code: 31201, message: 'Authorization error' }
export const expiredToken: SignalingError = { code: 31205, message: 'JWT token expired' }
export const unknownCall: SignalingError = { code: 31107, message: 'Call does not exist' }
export const badMedia: SignalingError = { code: 31000, message: 'Media could not be negotiated' }

const CALLER_ERRORS: Partial<Record<LegEnd, SignalingError>> = {
  busy: { code: 31486, message: 'Busy here' },
  declined: { code: 31603, message: 'Decline' },
  'not-found': { code: 31404, message: 'Not found' },
  unreachable: { code: 31480, message: 'Temporarily unavailable' },
  expired: expiredToken,
}

/** What a caller is told when its call ends unanswered; nothing for a plain hang-up. */
export const callerError = (why: LegEnd): SignalingError | undefined => CALLER_ERRORS[why]
