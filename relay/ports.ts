import type { CallFact, CallRecord } from '../contract/call.ts'
import type { LogEvent } from '../contract/event.ts'
import type { NumberRow, Role, UserRow } from '../contract/relay.ts'

// What the relay's parts know of each other. Stores are synchronous and run inside a transaction of the writer; everything else awaits.

/** Who may see an event: everybody, managers alone, or these users and every manager. Stored at append (RULES R20). */
export type Audience = { kind: 'all' } | { kind: 'managers' } | { kind: 'users'; userIds: readonly string[] }

/** `json`: the payload as it is stored and sent, made once. */
export type StoredEvent = LogEvent & { seq: number; at: string; audience: Audience; json: string }

/** The append-only log. */
export interface EventLog {
  /** Random id of this log, renewed on restore (RULES R19). */
  readonly epoch: string
  /** Inside a transaction only: assigns the next seq. Subscribers hear of it after the commit. */
  append(event: LogEvent, audience: Audience): number
  head(): number
  oldest(): number
  /** Events after `seq` that this user may see, each with the seq before it for the same audience. */
  after(seq: number, viewer: { userId: string; role: Role }, limit: number): (StoredEvent & { prev: number })[]
  /** Called after each commit, in order, with what it appended. */
  subscribe(listener: (events: StoredEvent[]) => void): () => void
}

/** The one writer: group commit (RULES R21), flushed at 2 ms or 64 pieces of work, `synchronous=FULL`. */
export interface Writer {
  /**
   * Runs `work` inside the next transaction and resolves after the commit. What it throws undoes and rejects it alone. It may run twice,
   * when something beside it throws: it changes nothing but the database.
   */
  submit<T>(work: () => T): Promise<T>
  /** Commits what is waiting and refuses more. */
  close(): Promise<void>
}

export interface DeviceRow {
  deviceId: string
  userId: string
  name: string
  identity: string
  publicKey: string
  enrolledAt: string
  isRevoked: boolean
}

/** A number as its user calls from it. */
export type CallerId = Pick<NumberRow, 'phoneNumber' | 'name'> & { isRecorded: boolean }

/** Users, devices, invites, sessions and the numbers' assignment. */
export interface Directory {
  user(userId: string): UserRow | undefined
  users(): UserRow[]
  device(deviceId: string): DeviceRow | undefined
  /** Devices of a user that are not revoked, newest first. */
  devicesOf(userId: string): DeviceRow[]
  number(phoneNumber: string): NumberRow | undefined
  numbers(): NumberRow[]
  /** What a user may call from: assigned, active, not on hold; the first is the default caller ID. */
  callerIdsOf(userId: string): CallerId[]
  /** The one of them that is asked for; '' asks for the default. A lookup, however many they are. */
  callerIdOf(userId: string, phoneNumber: string): CallerId | undefined
  /** Whether the number was once assigned to this user. */
  wasUserOf(userId: string, phoneNumber: string): boolean
}

/** Materialised calls. `join` and `record` use contract/call-join and contract/call-record. */
export interface CallStore {
  /** Joins facts into a call (created when new) and rewrites its rows. True when anything changed. */
  join(callId: string, facts: readonly CallFact[]): boolean
  facts(callId: string): CallFact[]
  record(callId: string): CallRecord | undefined
  /** The call a SID belongs to, as a leg or as a recording's leg. */
  callOf(sid: string): string | undefined
}

/** What is known of a device's reachability right now (RULES R27). */
export interface Presence {
  /** Live sockets of a device. */
  isConnected(deviceId: string): boolean
  /** ms since the last pong of any of its sockets, Infinity without one. */
  pongAgeMs(deviceId: string): number
  /** The desktop's own claim, undefined when it made none on a live socket. */
  claim(deviceId: string): { registered: boolean; microphone: string } | undefined
}

export interface Clock {
  now(): Date
}
