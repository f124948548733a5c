import type { CallFact } from '../../../contract/call.ts'
import { createAfterDial, createAfterVoicemail, createProgress, createRecordingProgress } from '../../../relay/calls/after-dial.ts'
import { factsOfRestCall, factsOfRestParent, factsOfRestRecording, type RestCall } from '../../../relay/calls/facts-of-rest.ts'
import { createIncoming } from '../../../relay/calls/incoming.ts'
import { createOutgoing } from '../../../relay/calls/outgoing.ts'
import type { Form } from '../../../relay/webhooks/form.ts'
import type { Handle } from '../../../relay/webhooks/intake.ts'
import { webhookOf } from '../../../relay/webhooks/webhook.ts'
import { callerForm, clientForm, sidOf, type Bench } from './bench.ts'

/** What one webhook said; `request` ones are those Twilio waits for and retries, `callback` ones may be lost. */
export interface Told {
  kind: 'request' | 'callback'
  facts: CallFact[]
}
/** A call as it happened: every webhook, and what REST says afterwards. */
export interface Scenario {
  name: string
  callId: string
  told: Told[]
  rest: CallFact[]
  expected: { outcome: string; reason: string | null }
}
interface LegStory {
  sid: string
  legId: string
  /** Seconds after the start at which it rang, was answered, ended; its final status. */
  rings?: number
  answers?: number
  ends: number
  status: string
}

const START = Date.parse('2026-11-21T10:00:00.000Z')
const PARENT = sidOf('CA', 1)
const NUMBER = '+15005550006'
const iso = (seconds: number) => new Date(START + seconds * 1000).toISOString()
const rfc2822 = (seconds: number) => new Date(START + seconds * 1000).toUTCString().replace('GMT', '+0000')
const formOf = (fields: Record<string, string | string[]>): Form =>
  new Map(Object.entries(fields).map(([name, value]) => [name, [value].flat()]))

const talked = (leg: LegStory) => (leg.answers === undefined ? 0 : leg.ends - leg.answers)

/** Tells a story to the relay's own handlers, and to REST. */
function storyteller(bench: Bench, callId: string) {
  const told: Told[] = []
  const rest: CallFact[] = []
  function tell(kind: Told['kind'], handle: Handle, fields: Record<string, string | string[]>, seconds: number, place = ''): void {
    const facts: CallFact[] = []
    handle(webhookOf(`/api/twilio/x${place}`, formOf(fields), iso(seconds), callId), {
      facts: (_callId, more) => void facts.push(...more),
      event: () => undefined,
    })
    told.push({ kind, facts })
  }
  const place = (legId: string, step = '1') => `?c=${callId}&l=${legId}&s=${step}`
  function progress(leg: LegStory, fields: Record<string, string>, isNumbered = true): void {
    const steps: [string, number | undefined][] = [
      ['initiated', 0],
      ['ringing', leg.rings],
      ['in-progress', leg.answers],
      [leg.status, leg.ends],
    ]
    for (const [sequence, [CallStatus, seconds]] of steps.entries()) {
      if (seconds === undefined || (!isNumbered && CallStatus !== leg.status)) continue
      const isEnd = CallStatus === leg.status
      const more = { CallSid: leg.sid, CallStatus, Timestamp: rfc2822(seconds), CallbackSource: 'call-progress-events' }
      const end: Record<string, string> = isEnd ? { CallDuration: String(talked(leg)) } : {}
      const form = { ...fields, ...more, ...end, SequenceNumber: String(sequence) }
      tell('callback', createProgress(bench.deps), form, seconds + 0.3, isNumbered ? place(leg.legId) : '')
    }
  }
  function remember(leg: LegStory, fields: Partial<RestCall>): void {
    const row: RestCall = {
      sid: leg.sid,
      parentCallSid: null,
      from: '',
      to: '',
      status: leg.status,
      direction: 'inbound',
      startTime: new Date(START),
      endTime: new Date(START + leg.ends * 1000),
      dateCreated: new Date(START),
      dateUpdated: new Date(START + leg.ends * 1000 + 1000),
      duration: String(talked(leg)),
      price: talked(leg) > 0 ? '-0.0085' : null,
      priceUnit: 'USD',
      ...fields,
    }
    rest.push(...factsOfRestCall(row, leg.sid), ...(row.parentCallSid ? [] : factsOfRestParent(row)))
  }
  return { told, rest, tell, place, progress, remember }
}

export function outgoingScenario(
  bench: Bench,
  name: string,
  device: { identity: string },
  child: Omit<LegStory, 'sid' | 'legId'> & { bridged: boolean },
  expected: Scenario['expected'],
): Scenario {
  const callId = `out-${name}`
  const story = storyteller(bench, callId)
  const leg: LegStory = { ...child, sid: sidOf('CA', 2), legId: 'party' }
  const parent: LegStory = {
    sid: PARENT,
    legId: 'device',
    ends: child.ends,
    status: 'completed',
    ...(child.answers ? { answers: child.answers } : {}),
  }
  const form = clientForm(device.identity, PARENT, { LkCall: callId })
  const childFields = { From: NUMBER, To: '+15005550102', ParentCallSid: PARENT, Direction: 'outbound-dial' }
  story.tell('request', createOutgoing(bench.deps), form, 0)
  story.progress(leg, childFields)
  const isGone = expected.reason === 'canceled'
  const dial = { DialCallStatus: child.status, DialCallSid: leg.sid, DialBridged: String(child.bridged) }
  story.tell(
    'request',
    createAfterDial(bench.deps),
    { ...form, CallStatus: isGone ? 'completed' : 'in-progress', ...dial },
    child.ends,
    story.place('device'),
  )
  story.progress(parent, { From: form.From, To: form.To }, false)
  story.remember(parent, { from: form.From, to: form.To })
  story.remember(leg, { from: NUMBER, to: '+15005550102', parentCallSid: PARENT, direction: 'outbound-dial' })
  return { name: `outgoing, ${name}`, callId, told: story.told, rest: story.rest, expected }
}

export interface IncomingStory {
  legs: (Omit<LegStory, 'sid' | 'legId'> & { device: { deviceId: string; identity: string } })[]
  /** When the caller's leg ended, and how Twilio calls it. */
  parent: Pick<LegStory, 'ends' | 'status' | 'answers'>
  dial?: { at: number; isOver: boolean; status: string; bridged: boolean; child: number }
  voicemailSeconds?: number
}

export function incomingScenario(bench: Bench, name: string, plot: IncomingStory, expected: Scenario['expected']): Scenario {
  const callId = `in-${name}`
  const story = storyteller(bench, callId)
  const parent: LegStory = { sid: PARENT, legId: 'party', ...plot.parent }
  const form = callerForm(PARENT)
  story.tell('request', createIncoming(bench.deps), form, 0)
  const legs = plot.legs.map((leg, index) => ({ ...leg, sid: sidOf('CA', 10 + index), legId: `d1-${leg.device.deviceId}` }))
  for (const leg of legs)
    story.progress(leg, { From: form.From, To: `client:${leg.device.identity}`, ParentCallSid: PARENT, Direction: 'outbound-dial' })
  if (plot.dial) {
    const { at, isOver, status, bridged, child } = plot.dial
    const fields = { DialCallStatus: status, DialCallSid: legs[child]?.sid ?? '', DialBridged: String(bridged) }
    const now = { ...form, CallStatus: isOver ? 'completed' : 'in-progress' }
    story.tell('request', createAfterDial(bench.deps), { ...now, ...fields }, at, story.place('party'))
  }
  if (plot.voicemailSeconds !== undefined) leaveMessage(bench, story, form, plot.parent.ends, plot.voicemailSeconds)
  story.progress(parent, { From: form.From, To: form.To }, false)
  story.remember(parent, { from: form.From, to: form.To })
  for (const leg of legs)
    story.remember(leg, { from: form.From, to: `client:${leg.device.identity}`, parentCallSid: PARENT, direction: 'outbound-dial' })
  return { name: `incoming, ${name}`, callId, told: story.told, rest: story.rest, expected }
}

function leaveMessage(
  bench: Bench,
  story: ReturnType<typeof storyteller>,
  form: ReturnType<typeof callerForm>,
  ends: number,
  length: number,
): void {
  const sid = sidOf('RE', 1)
  const action = { ...form, CallStatus: 'completed', RecordingSid: sid, RecordingDuration: String(length), Digits: 'hangup' }
  story.tell('request', createAfterVoicemail(bench.deps), action, ends, story.place('party', 'vm'))
  const recording = {
    AccountSid: form.AccountSid,
    CallSid: PARENT,
    RecordingSid: sid,
    RecordingSource: 'RecordVerb',
    RecordingChannels: '1',
  }
  const done = { ...recording, RecordingStatus: 'completed', RecordingDuration: String(length), RecordingStartTime: rfc2822(ends - length) }
  story.tell('callback', createRecordingProgress(bench.deps), done, ends + 3, story.place('party', 'vm'))
  story.rest.push(
    ...factsOfRestRecording({
      sid,
      callSid: PARENT,
      status: 'completed',
      source: 'RecordVerb',
      channels: 1,
      duration: String(length),
      startTime: new Date(START + (ends - length) * 1000),
      dateUpdated: new Date(START + (ends + 3) * 1000),
      errorCode: null,
      price: '-0.0025',
      priceUnit: 'USD',
    }),
  )
}
