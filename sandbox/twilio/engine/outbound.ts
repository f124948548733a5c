import { newSid } from '../account/random.ts'
import type { CallOrder, SandboxCall } from '../engine-port.ts'
import { heardBy, voiceOf } from '../media/recorder.ts'
import type { Leg } from '../ports.ts'
import { isFull } from './capacity.ts'
import { pause, type EngineDeps } from './deps.ts'
import { sendDigits } from './digits.ts'
import { createLiveCall, type LiveCall, type ProgressCallback } from './live-call.ts'
import { startRecording } from './recordings.ts'
import { runCall } from './runner.ts'
import type { Source, Target } from './source.ts'

/** Starts REST calls at the account's calls per second; the others wait, `queued`. */
export function createOutbound(deps: EngineDeps): (order: CallOrder) => SandboxCall {
  let nextSlot = 0
  return (order) => {
    const now = deps.clock.now()
    const live = createLiveCall(deps, { call: recordOf(deps, order), callback: callbackOf(deps, order) })
    const slot = Math.max(now, nextSlot)
    nextSlot = slot + 1000 / deps.switches().callsPerSecond
    const cancel = deps.clock.later(slot - now, () => {
      if (!live.isOver) start(deps, live, order, Math.round(slot - now))
    })
    live.over.addEventListener('abort', cancel, { once: true })
    return live.call
  }
}

function start(deps: EngineDeps, live: LiveCall, order: CallOrder, queueTimeMs: number): void {
  live.change({ startedAt: deps.clock.now(), queueTimeMs })
  live.tell('initiated')
  if (isFull(deps, live)) return live.finish('failed')
  live.attach(dialled(deps, live, order))
  const ringing = new AbortController()
  live.over.addEventListener('abort', () => ringing.abort(), { once: true })
  live.on((event) => {
    if (event.type !== 'answered') return
    ringing.abort()
    void answered(deps, live, order)
  })
  void pause(deps.clock, order.timeoutSeconds * 1000, ringing.signal).then((isOver) => isOver && live.finish('no-answer'))
}

function dialled({ exchange, gateway }: EngineDeps, { call: { sid, from, to, accountSid } }: LiveCall, order: CallOrder): Leg {
  const shown = order.callerId ?? from
  if (!to.startsWith('client:')) return exchange.dial(to, { sid, from: shown })
  const [identity = '', query = ''] = to.slice('client:'.length).split('?')
  return gateway.invite(identity, {
    sid,
    from: shown,
    to: `client:${identity}`,
    accountSid,
    params: Object.fromEntries(new URLSearchParams(query)),
  })
}

async function answered(deps: EngineDeps, live: LiveCall, order: CallOrder): Promise<void> {
  if (order.record) recordCall(deps, live, order)
  void pause(deps.clock, order.timeLimitSeconds * 1000, live.over).then((isUp) => isUp && live.finish('completed'))
  if (order.sendDigits && live.leg) await sendDigits(deps.clock, live.leg, order.sendDigits, live.over)
  if (!live.isOver) await runCall(deps, live, sourceOf(deps, order), fallbackOf(deps, order))
}

/** Record=true: the leg itself, what it says and what it hears; the final callback names the recording. */
function recordCall(deps: EngineDeps, live: LiveCall, order: CallOrder): void {
  const audio = live.leg!.audio
  const recording = startRecording(deps, {
    callSid: live.call.sid,
    source: 'OutboundAPI',
    track: 'both',
    channels: order.recordingChannels,
    left: voiceOf(audio),
    right: heardBy(audio),
    callback: {
      ...(order.recordingStatusCallback ? { recordingStatusCallback: order.recordingStatusCallback } : {}),
      recordingStatusCallbackMethod: 'POST',
      recordingStatusCallbackEvents: ['completed', 'absent'],
    },
  })
  live.addFinalFields(async () => {
    const { durationSeconds } = await recording.stop()
    return [
      ['RecordingUrl', recording.url],
      ['RecordingSid', recording.sid],
      ['RecordingDuration', String(durationSeconds)],
    ]
  })
}

function sourceOf({ account }: EngineDeps, order: CallOrder): Source {
  const application = order.applicationSid ? account.applicationConfig(order.applicationSid) : undefined
  if (application) return { kind: 'url', url: application.voiceUrl, method: application.voiceMethod }
  if (order.url) return { kind: 'url', url: order.url, method: order.method }
  return { kind: 'twiml', twiml: order.twiml ?? '<Response/>' }
}

function fallbackOf({ account }: EngineDeps, order: CallOrder): Target | undefined {
  const application = order.applicationSid ? account.applicationConfig(order.applicationSid) : undefined
  if (application)
    return application.voiceFallbackUrl ? { url: application.voiceFallbackUrl, method: application.voiceFallbackMethod } : undefined
  return order.fallbackUrl ? { url: order.fallbackUrl, method: order.fallbackMethod } : undefined
}

function callbackOf({ account }: EngineDeps, order: CallOrder): ProgressCallback | undefined {
  const application = order.applicationSid ? account.applicationConfig(order.applicationSid) : undefined
  if (application) {
    const { statusCallback: url, statusCallbackMethod: method } = application
    return url ? { url, method, events: new Set(['completed']) } : undefined
  }
  if (!order.statusCallback) return undefined
  const events = order.statusCallbackEvents.length ? order.statusCallbackEvents : ['completed']
  const known = ['initiated', 'ringing', 'answered', 'completed']
  const wrong = events.filter((event) => !known.includes(event))
  // Twilio creates the call all the same; the callbacks then never come.
  if (wrong.length) account.ledger({ kind: 'warning', what: `StatusCallbackEvent '${wrong.join(' ')}'`, code: 21_626 })
  return { url: order.statusCallback, method: order.statusCallbackMethod ?? 'POST', events: new Set(wrong.length ? [] : events) }
}

function recordOf({ account, clock, random }: EngineDeps, { to, from }: CallOrder): SandboxCall {
  const now = clock.now()
  return {
    sid: newSid(random, 'CA'),
    parentCallSid: null,
    accountSid: account.accountSid,
    to,
    from,
    phoneNumberSid: account.numberConfig(from)?.sid ?? null,
    direction: 'outbound-api',
    status: 'queued',
    forwardedFrom: null,
    createdAt: now,
    updatedAt: now,
    startedAt: null,
    answeredAt: null,
    endedAt: null,
    priceAt: null,
    price: null,
    queueTimeMs: 0,
  }
}
