import { newSid } from '../account/random.ts'
import type { SandboxCall, VoiceConfig } from '../engine-port.ts'
import type { ClientCall, LegEnd } from '../ports.ts'
import { isFull } from './capacity.ts'
import type { EngineDeps } from './deps.ts'
import { withCustomParams } from './fields.ts'
import { createLiveCall, type FinalStatus, type ProgressCallback } from './live-call.ts'
import { runCall } from './runner.ts'
import type { Source, Target } from './source.ts'

const DEMO_MESSAGE =
  '<Response><Say>Thank you for calling. This number has no application yet. Set its voice URL to hear your own words here.</Say></Response>'

/** Somebody outside calls a number: its configuration says what is run; one without gets Twilio's demo message. */
export function callIn(deps: EngineDeps, { from, to, script }: { from: string; to: string; script: string }): SandboxCall {
  const number = deps.account.numberConfig(to)
  const config = number ? voiceOf(deps, number) : undefined
  const live = createLiveCall(deps, {
    call: { ...blankCall(deps, from, to), phoneNumberSid: number?.sid ?? null },
    flow: { isFromNetwork: true },
    callback: completedTo(config),
  })
  live.attach(deps.exchange.caller({ sid: live.call.sid, from, to, script }))
  if (isFull(deps, live)) live.finish('failed', 'busy')
  else void runCall(deps, live, config?.voiceUrl ? voiceSource(config) : { kind: 'twiml', twiml: DEMO_MESSAGE }, fallbackOf(config))
  return live.call
}

/** A Device calls the TwiML app that its token names. */
export function callFromClient(deps: EngineDeps, { leg, identity, applicationSid, params, grantParams }: ClientCall): void {
  const config = deps.account.applicationConfig(applicationSid)
  // The token's parameters were signed by our server, those of connect() were not.
  const custom = { ...params, ...grantParams }
  const live = createLiveCall(deps, {
    call: { ...blankCall(deps, `client:${identity}`, custom['To'] ?? ''), sid: leg.sid },
    flow: { applicationSid },
    callback: completedTo(config),
  })
  live.attach(leg)
  const refuse = (status: FinalStatus, why: LegEnd) => live.finish(status, why)
  if (isFull(deps, live)) return refuse('failed', 'busy')
  if (!config?.voiceUrl) {
    deps.account.ledger({ kind: 'error', what: `application '${applicationSid}' has no voice URL`, callSid: leg.sid, code: 21_218 })
    return refuse('failed', 'not-found')
  }
  const withCustom: Source = {
    ...voiceSource(config),
    params: (standard) => {
      const plain = standard.map(([name, value]): [string, string] => [name, name === 'To' || name === 'Called' ? '' : value])
      return withCustomParams(plain, custom, deps.switches().customParams)
    },
  }
  void runCall(deps, live, withCustom, fallbackOf(config))
}

/** A number's own webhooks, or those of its application, which switch them off (R35: reported when both are set). */
function voiceOf(deps: EngineDeps, number: VoiceConfig): VoiceConfig | undefined {
  if (!number.voiceApplicationSid) return number
  if (number.voiceUrl || number.voiceFallbackUrl || number.statusCallback) {
    deps.account.ledger({ kind: 'warning', what: 'a number with a voice application has URLs too: they are ignored' })
  }
  return deps.account.applicationConfig(number.voiceApplicationSid)
}

const voiceSource = ({ voiceUrl, voiceMethod }: VoiceConfig) => ({ kind: 'url' as const, url: voiceUrl, method: voiceMethod })

const fallbackOf = (config: VoiceConfig | undefined): Target | undefined =>
  config?.voiceFallbackUrl ? { url: config.voiceFallbackUrl, method: config.voiceFallbackMethod } : undefined

/** Numbers and applications hear of the end only. */
const completedTo = (config: VoiceConfig | undefined): ProgressCallback | undefined =>
  config?.statusCallback ? { url: config.statusCallback, method: config.statusCallbackMethod, events: new Set(['completed']) } : undefined

function blankCall({ account, clock, random }: EngineDeps, from: string, to: string): SandboxCall {
  const now = clock.now()
  return {
    sid: newSid(random, 'CA'),
    parentCallSid: null,
    accountSid: account.accountSid,
    to,
    from,
    phoneNumberSid: null,
    direction: 'inbound',
    status: 'ringing',
    forwardedFrom: null,
    createdAt: now,
    updatedAt: now,
    startedAt: now,
    answeredAt: null,
    endedAt: null,
    priceAt: null,
    price: null,
    queueTimeMs: 0,
  }
}
