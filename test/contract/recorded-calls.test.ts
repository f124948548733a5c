import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CallFact, CallRecord } from '../../contract/call.ts'
import { joinFacts } from '../../contract/call-join.ts'
import { recordOf } from '../../contract/call-record.ts'
import { createAfterDial, createAfterVoicemail, createProgress, createRecordingProgress } from '../../relay/calls/after-dial.ts'
import {
  factsOfRestCall,
  factsOfRestParent,
  factsOfRestRecording,
  type RestCall,
  type RestRecording,
} from '../../relay/calls/facts-of-rest.ts'
import { createIncoming } from '../../relay/calls/incoming.ts'
import { createOutgoing } from '../../relay/calls/outgoing.ts'
import { proofOf } from '../../relay/calls/proof.ts'
import { parseForm, one } from '../../relay/webhooks/form.ts'
import type { Handle } from '../../relay/webhooks/intake.ts'
import { webhookOf } from '../../relay/webhooks/webhook.ts'
import { createBench, SECRET, type Bench } from '../relay/calls/bench.ts'

// Webhooks a relay got from the sandbox (profile typical: late, reordered across legs), and what REST said a minute later.
interface Recorded {
  about: { accountSid: string; twimlAppSid: string; userId: string; deviceId: string; ringSeconds: number; outgoingRingSeconds: number }
  calls: {
    name: string
    callId: string
    outcome: string
    reason: string | null
    webhooks: { at: string; url: string; form: [string, string][] }[]
    legs: RestCall[]
    recordings: RestRecording[]
  }[]
}
const text = readFileSync(new URL('recorded/sandbox-calls.json', import.meta.url), 'utf8')
const { about, calls: recordedCalls } = JSON.parse(text) as Recorded
const names = recordedCalls.map((call) => call.name)

let bench: Bench
const told = new Map<string, { first: CallFact[]; later: CallFact[][]; rest: CallFact[]; call: Recorded['calls'][number] }>()

beforeAll(async () => {
  const { accountSid, twimlAppSid, ringSeconds, outgoingRingSeconds } = about
  bench = await createBench({ accountSid, twimlAppSid, incomingRingSeconds: ringSeconds, outgoingRingSeconds })
  const sam = bench.user('Sam')
  bench.directory.putNumber({ phoneNumber: '+14155550100', sid: null, name: 'Main line', isActive: true })
  bench.directory.assignNumber('+14155550100', [sam.userId])
  bench.presence.set(sam.deviceId, { ageMs: 0, registered: true })
  // The recording's user, device and token are played by the bench's own.
  const ours = text.replaceAll(about.userId, sam.userId).replaceAll(about.deviceId, sam.deviceId)
  const { calls } = JSON.parse(ours, revive) as Recorded
  for (const call of calls) told.set(call.name, tell(call, proofOf(SECRET, sam.identity)))
})
afterAll(() => bench.close())

const DATES = new Set(['startTime', 'endTime', 'dateCreated', 'dateUpdated'])
const revive = (key: string, value: unknown) => (DATES.has(key) && typeof value === 'string' ? new Date(value) : value)

function tell(call: Recorded['calls'][number], proof: string) {
  const { deps } = bench
  const handlers: Record<string, Handle> = {
    twiml: (webhook, effects) =>
      (one(webhook.form, 'From').startsWith('client:') ? createOutgoing(deps) : createIncoming(deps))(webhook, effects),
    'dial-action': createAfterDial(deps),
    'voicemail-callback': createAfterVoicemail(deps),
    'status-callback': createProgress(deps),
    'recording-callback': createRecordingProgress(deps),
  }
  const groups = call.webhooks.map(({ at, url, form }) => {
    const facts: CallFact[] = []
    const body = new URLSearchParams(form.map(([name, value]): [string, string] => [name, name === 'LkProof' ? proof : value]))
    const handle = handlers[/twilio\/([a-z-]+)/.exec(url)?.[1] ?? '']
    handle?.(webhookOf(url, parseForm(body.toString()), at, call.callId), {
      facts: (_id, more) => void facts.push(...more),
      event: () => undefined,
    })
    return facts
  })
  const rest = [
    ...call.legs.flatMap((leg) => [...factsOfRestCall(leg, leg.sid), ...(leg.parentCallSid ? [] : factsOfRestParent(leg))]),
    ...call.recordings.flatMap(factsOfRestRecording),
  ]
  return { first: groups[0] ?? [], later: groups.slice(1), rest, call }
}

const storyOf = (name: string) => {
  const story = told.get(name)
  if (!story) throw new Error(`not recorded: ${name}`)
  return story
}
const record = (callId: string, groups: readonly CallFact[][]): CallRecord | undefined =>
  recordOf(
    callId,
    groups.reduce<CallFact[]>((sum, facts) => joinFacts(sum, facts), []),
  )

/** What must come out the same however it was learnt; instants differ by who tells them. */
function final(whole: CallRecord | undefined) {
  if (!whole) return undefined
  const { direction, outcome, reason, party, ourNumber, userId, deviceId, talkSeconds, cost, recordings } = whole
  const legs = whole.legs.map(({ legId, sid, parentSid, role, status, durationSeconds }) => ({
    legId,
    sid,
    parentSid,
    role,
    status,
    durationSeconds,
  }))
  return { direction, outcome, reason, party, ourNumber, userId, deviceId, talkSeconds, cost, recordings, legs }
}

test('outgoing and incoming, every outcome, was recorded', () => {
  expect(new Set(recordedCalls.map((call) => call.outcome))).toEqual(
    new Set(['answered', 'not-reached', 'voicemail', 'abandoned', 'missed']),
  )
})

describe.each(names)('%s', (name) => {
  test('told by its webhooks as they came', () => {
    const { first, later, call } = storyOf(name)
    expect(record(call.callId, [first, ...later])).toMatchObject({ callId: call.callId, outcome: call.outcome, reason: call.reason })
  })

  test('any order and repetition yields one and the same record', () => {
    const { first, later, rest, call } = storyOf(name)
    const groups = [first, ...later, rest]
    const whole = record(call.callId, groups)
    fc.assert(
      fc.property(fc.shuffledSubarray([...groups, ...groups]), fc.shuffledSubarray(groups, { minLength: groups.length }), (some, all) => {
        expect(record(call.callId, [...some, ...all])).toEqual(whole)
      }),
    )
  })

  test('whatever was lost, late REST facts make it the same', () => {
    const { first, later, rest, call } = storyOf(name)
    const whole = final(record(call.callId, [first, ...later, rest]))
    // What the relay itself decided is durable before it is answered: no voicemail without it.
    const asked = later.flat().filter(({ field }) => field === 'transcriptAsked')
    fc.assert(
      fc.property(fc.shuffledSubarray(later), (arrived) => {
        expect(final(record(call.callId, [first, asked, ...arrived, rest]))).toEqual(whole)
        expect(final(record(call.callId, [rest, asked, ...arrived, first]))).toEqual(whole)
      }),
    )
  })
})
