import { createHash } from 'node:crypto'
import type { CallFact, CallOutcome } from '../../../contract/call.ts'
import type { RecordKind, RecordValue, UserRecord } from '../../../contract/record.ts'

/** A call as somebody would tell it; `callFacts` says it as relay and Twilio do. */
export interface ToldCall {
  callId: string
  direction?: 'incoming' | 'outgoing'
  /** ISO 8601 with milliseconds. */
  startedAt?: string
  /** Twilio's From or To. */
  party?: string
  ourNumber?: string
  userId?: string
  outcome?: Exclude<CallOutcome, 'ongoing'>
  talkSeconds?: number
  /** What it cost, as a positive decimal string in USD. */
  cost?: string
  isRecorded?: boolean
}

const sidOf = (prefix: 'CA' | 'RE', callId: string, part: string) => prefix + createHash('md5').update(`${callId} ${part}`).digest('hex')

/** The SID of a told call's recording or voicemail. */
export const recordingSid = (callId: string) => sidOf('RE', callId, 'recording')

/** The facts of a call that is over. */
export function callFacts(told: ToldCall): CallFact[] {
  const { callId, direction = 'incoming', startedAt = '2026-11-21T10:00:00.000Z', party = '+14155552671', userId } = told
  const { ourNumber = '+14155550100', outcome = 'answered', talkSeconds = 42, cost, isRecorded = false } = told
  const facts: CallFact[] = []
  const say = (subject: string, values: Record<string, CallFact['value'] | undefined>, source: CallFact['source'] = 'webhook') => {
    for (const [field, value] of Object.entries(values))
      if (value !== undefined) facts.push({ subject, field, value, source, at: startedAt })
  }
  const [isIn, isAnswered] = [direction === 'incoming', outcome === 'answered']
  const [caller, called] = isIn ? (['party', 'device'] as const) : (['device', 'party'] as const)
  const status = isAnswered ? 'completed' : 'no-answer'
  const after = (seconds: number) => new Date(Date.parse(startedAt) + seconds * 1000).toISOString()
  say('call', { direction, ourNumber, startedAt, userId: isIn ? undefined : userId }, 'relay')
  say('call', { ...(isIn ? { from: party } : { to: party }), ...(outcome === 'abandoned' ? {} : { rangOut: true }) })
  const parentSid = sidOf('CA', callId, 'parent')
  say('leg:parent', { sid: parentSid, role: caller, status: 'completed', endAt: after(60) })
  if (outcome === 'abandoned') {
    say('call', { ringSeconds: 90 }, 'relay')
    say('leg:parent', { durationSeconds: 0 })
  }
  say('leg:child', {
    sid: sidOf('CA', callId, 'child'),
    parentSid,
    role: called,
    status,
    bridged: isAnswered,
    ringAt: after(2),
    endAt: after(60),
  })
  say('leg:child', isAnswered ? { durationSeconds: talkSeconds, answerAt: after(8) } : { durationSeconds: 0 })
  if (isIn && userId !== undefined) say('leg:child', { userId, deviceId: `${userId}-laptop` }, 'relay')
  if (cost !== undefined) say('leg:parent', { price: `-${cost}`, priceUnit: 'USD' }, 'rest-final')
  const recording = { status: 'completed', channels: 2, durationSeconds: talkSeconds, legSid: parentSid }
  if (outcome === 'voicemail') say(`rec:${recordingSid(callId)}`, { ...recording, channels: 1, source: 'RecordVerb' })
  else if (isRecorded) say(`rec:${recordingSid(callId)}`, { ...recording, source: 'DialVerb' })
  return facts
}

/** What the relay says of a record about a call. Null: gone. */
export const callRecord = <K extends RecordKind>(kind: K, recordId: string, callId: string, value: RecordValue<K> | null): UserRecord => ({
  kind,
  recordId,
  callId,
  phoneNumber: null,
  value,
  at: '2026-11-21T11:00:00.000Z',
  byUserId: 'ada',
})

export const note = (callId: string, text: string, noteId = `note-${callId}`) =>
  callRecord('note', noteId, callId, { text, recordingSid: null, atSeconds: null })
export const tags = (callId: string, ...list: string[]) => callRecord('tags', callId, callId, { tags: list })
export const transcript = (callId: string, text: string) =>
  callRecord('transcript', recordingSid(callId), callId, { status: 'completed', text, provider: 'twilio', sid: null })
