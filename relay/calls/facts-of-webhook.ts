import type { CallFact } from '../../contract/call.ts'
import { isTerminal } from '../../contract/outcome.ts'
import { isSid } from '../../contract/sid.ts'
import { one, type Form } from '../webhooks/form.ts'

type Value = CallFact['value']

/** Facts of one subject from one source at one time; null and undefined say nothing and are left out. */
export function factsOf(
  subject: string,
  source: CallFact['source'],
  at: string,
  values: Readonly<Record<string, Value | undefined>>,
  sequence?: number,
): CallFact[] {
  return Object.entries(values).flatMap(([field, value]) =>
    value === null || value === undefined
      ? []
      : [
          {
            subject,
            field,
            value: typeof value === 'string' ? value.slice(0, 512) : value,
            source,
            at,
            ...(sequence === undefined ? {} : { sequence }),
          },
        ],
  )
}

const number = (text: string): number | null => (/^\d{1,9}$/.test(text) ? Number(text) : null)
const flag = (text: string): boolean | null => (text === 'true' ? true : text === 'false' ? false : null)

/** Twilio's RFC 2822 instant as ISO 8601, or undefined. */
export function instantOf(text: string): string | undefined {
  const ms = text === '' ? Number.NaN : Date.parse(text)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

/** A child's callback names its parent; the address it ends at is its `to`. */
const legValues = (form: Form) => ({
  sid: one(form, 'CallSid') || null,
  parentSid: one(form, 'ParentCallSid') || null,
  from: one(form, 'From') || null,
  to: one(form, 'To') || null,
})

/** What a status callback says of its leg (facts: call progress, Twilio's `SequenceNumber` and `Timestamp`). */
export function factsOfStatus(form: Form, legId: string | undefined, receivedAt: string): CallFact[] {
  const status = one(form, 'CallStatus')
  const at = instantOf(one(form, 'Timestamp')) ?? receivedAt
  const sid = one(form, 'CallSid')
  const values = {
    ...legValues(form),
    status: status || null,
    initiatedAt: status === 'initiated' ? at : null,
    ringAt: status === 'ringing' ? at : null,
    answerAt: status === 'in-progress' ? at : null,
    endAt: isTerminal(status) ? at : null,
    durationSeconds: isTerminal(status) ? number(one(form, 'CallDuration')) : null,
    errorCode: number(one(form, 'ErrorCode')),
    sipCode: number(one(form, 'SipResponseCode')),
  }
  return factsOf(`leg:${legId ?? sid}`, 'webhook', at, values, number(one(form, 'SequenceNumber')) ?? undefined)
}

/** What a voice request says of the leg it is asked for. */
export const factsOfVoiceRequest = (form: Form, legId: string, receivedAt: string): CallFact[] =>
  factsOf(`leg:${legId}`, 'webhook', receivedAt, { ...legValues(form), status: one(form, 'CallStatus') || null })

/**
 * What a Dial's action says: whether its child was bridged, and whether ringing ended before the other side gave up. `hasOneChild`: then
 * DialCallStatus is that child's own status too. `goesOn`: others are rung next, so that ringing has not ended.
 */
export function factsOfDial(
  form: Form,
  receivedAt: string,
  { hasOneChild, goesOn }: { hasOneChild: boolean; goesOn: boolean },
): CallFact[] {
  const childSid = one(form, 'DialCallSid')
  const status = one(form, 'DialCallStatus')
  const bridged = flag(one(form, 'DialBridged'))
  const child = {
    sid: childSid,
    parentSid: one(form, 'CallSid') || null,
    bridged,
    status: hasOneChild && isTerminal(status) ? status : null,
  }
  const isUnanswered = bridged === false || (bridged === null && status !== 'completed' && status !== 'answered')
  return [
    ...(isSid(childSid, 'CA') ? factsOf(`leg:${childSid}`, 'webhook', receivedAt, child) : []),
    ...(isUnanswered && !goesOn ? factsOf('call', 'webhook', receivedAt, { rangOut: !isTerminal(one(form, 'CallStatus')) }) : []),
  ]
}

/** What a recording's callback says. Its CallSid is the leg it belongs to (RULES R9). */
export function factsOfRecording(form: Form, receivedAt: string): CallFact[] {
  const sid = one(form, 'RecordingSid')
  if (!isSid(sid, 'RE')) return []
  const values = {
    legSid: one(form, 'CallSid') || null,
    status: one(form, 'RecordingStatus') || null,
    source: one(form, 'RecordingSource') || null,
    channels: number(one(form, 'RecordingChannels')),
    durationSeconds: one(form, 'RecordingStatus') === 'in-progress' ? null : number(one(form, 'RecordingDuration')), // not over: no length yet
    startedAt: instantOf(one(form, 'RecordingStartTime')) ?? null,
    errorCode: number(one(form, 'ErrorCode')),
  }
  return [...factsOf(`rec:${sid}`, 'webhook', receivedAt, values), ...legOfRecording(form, receivedAt)]
}

/** What a `<Record>`'s action says: the caller left something, which is still being processed. */
export function factsOfVoicemail(form: Form, receivedAt: string): CallFact[] {
  const sid = one(form, 'RecordingSid')
  if (!isSid(sid, 'RE')) return []
  const values = {
    legSid: one(form, 'CallSid') || null,
    status: 'processing',
    source: 'RecordVerb',
    durationSeconds: number(one(form, 'RecordingDuration')),
  }
  return factsOf(`rec:${sid}`, 'webhook', receivedAt, values)
}

const legOfRecording = (form: Form, at: string) => {
  const sid = one(form, 'CallSid')
  return isSid(sid, 'CA') ? factsOf(`leg:${sid}`, 'webhook', at, { sid }) : []
}
