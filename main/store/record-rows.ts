import type { CallRecord, LegRecord, RecordingRecord } from '../../contract/call.ts'
import type { Party } from '../../contract/party.ts'

// A call record flat, as its tables hold it, and back. Flags are 0/1, since SQLite has none.

export interface CallRow {
  call_id: string
  direction: CallRecord['direction']
  outcome: CallRecord['outcome']
  reason: CallRecord['reason']
  party_kind: Party['kind']
  party_address: string | null
  our_number: string | null
  user_id: string | null
  device_id: string | null
  started_at: string
  answered_at: string | null
  ended_at: string | null
  ring_seconds: number | null
  talk_seconds: number | null
  cost_amount: string | null
  cost_currency: string | null
  cost_is_final: number | null
  record_wanted: CallRecord['recordWanted']
}

export interface LegRow {
  call_id: string
  position: number
  leg_id: string
  sid: string | null
  parent_sid: string | null
  role: LegRecord['role']
  user_id: string | null
  device_id: string | null
  to_address: string | null
  status: LegRecord['status']
  ring_at: string | null
  answer_at: string | null
  end_at: string | null
  duration_seconds: number | null
  bridged: number | null
  error_code: number | null
  price: string | null
  price_unit: string | null
}

export interface RecordingRow {
  call_id: string
  position: number
  sid: string
  leg_sid: string | null
  source: string | null
  status: string | null
  channels: number | null
  duration_seconds: number | null
  started_at: string | null
  error_code: number | null
  channel_1: 'us' | 'them' | null
  channel_2: 'us' | 'them' | null
}

function addressOf(party: Party): string | null {
  if (party.kind === 'number') return party.number
  if (party.kind === 'client') return party.identity
  return party.kind === 'sip' ? party.address : null
}

function partyFrom(kind: Party['kind'], address: string): Party {
  if (kind === 'number') return { kind, number: address }
  if (kind === 'client') return { kind, identity: address }
  return kind === 'sip' ? { kind, address } : { kind: 'withheld' }
}

export const callRow = (call: CallRecord): CallRow => ({
  call_id: call.callId,
  direction: call.direction,
  outcome: call.outcome,
  reason: call.reason,
  party_kind: call.party.kind,
  party_address: addressOf(call.party),
  our_number: call.ourNumber,
  user_id: call.userId,
  device_id: call.deviceId,
  started_at: call.startedAt,
  answered_at: call.answeredAt,
  ended_at: call.endedAt,
  ring_seconds: call.ringSeconds,
  talk_seconds: call.talkSeconds,
  cost_amount: call.cost?.amount ?? null,
  cost_currency: call.cost?.currency ?? null,
  cost_is_final: call.cost ? Number(call.cost.isFinal) : null,
  record_wanted: call.recordWanted,
})

export const legRow = (callId: string, leg: LegRecord, position: number): LegRow => ({
  call_id: callId,
  position,
  leg_id: leg.legId,
  sid: leg.sid,
  parent_sid: leg.parentSid,
  role: leg.role,
  user_id: leg.userId,
  device_id: leg.deviceId,
  to_address: leg.to,
  status: leg.status,
  ring_at: leg.ringAt,
  answer_at: leg.answerAt,
  end_at: leg.endAt,
  duration_seconds: leg.durationSeconds,
  bridged: leg.bridged === null ? null : Number(leg.bridged),
  error_code: leg.errorCode,
  price: leg.price,
  price_unit: leg.priceUnit,
})

export const recordingRow = (recording: RecordingRecord, position: number): RecordingRow => ({
  call_id: recording.callId,
  position,
  sid: recording.sid,
  leg_sid: recording.legSid,
  source: recording.source,
  status: recording.status,
  channels: recording.channels,
  duration_seconds: recording.durationSeconds,
  started_at: recording.startedAt,
  error_code: recording.errorCode,
  channel_1: recording.channelRoles?.[0] ?? null,
  channel_2: recording.channelRoles?.[1] ?? null,
})

const legFrom = (row: LegRow): LegRecord => ({
  legId: row.leg_id,
  sid: row.sid,
  parentSid: row.parent_sid,
  role: row.role,
  userId: row.user_id,
  deviceId: row.device_id,
  to: row.to_address,
  status: row.status,
  ringAt: row.ring_at,
  answerAt: row.answer_at,
  endAt: row.end_at,
  durationSeconds: row.duration_seconds,
  bridged: row.bridged === null ? null : row.bridged === 1,
  errorCode: row.error_code,
  price: row.price,
  priceUnit: row.price_unit,
})

const recordingFrom = (row: RecordingRow): RecordingRecord => ({
  sid: row.sid,
  callId: row.call_id,
  legSid: row.leg_sid,
  source: row.source,
  status: row.status,
  channels: row.channels,
  durationSeconds: row.duration_seconds,
  startedAt: row.started_at,
  errorCode: row.error_code,
  channelRoles: row.channel_1 && row.channel_2 ? [row.channel_1, row.channel_2] : null,
})

/** A call record from its rows; legs and recordings in their order. */
export const recordFrom = (row: CallRow, legs: readonly LegRow[], recordings: readonly RecordingRow[]): CallRecord => ({
  callId: row.call_id,
  direction: row.direction,
  outcome: row.outcome,
  reason: row.reason,
  party: partyFrom(row.party_kind, row.party_address ?? ''),
  ourNumber: row.our_number,
  userId: row.user_id,
  deviceId: row.device_id,
  startedAt: row.started_at,
  answeredAt: row.answered_at,
  endedAt: row.ended_at,
  ringSeconds: row.ring_seconds,
  talkSeconds: row.talk_seconds,
  cost:
    row.cost_amount !== null && row.cost_currency !== null
      ? { amount: row.cost_amount, currency: row.cost_currency, isFinal: row.cost_is_final === 1 }
      : null,
  recordWanted: row.record_wanted,
  legs: legs.map(legFrom),
  recordings: recordings.map(recordingFrom),
})
