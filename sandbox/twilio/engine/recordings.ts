import { join } from 'node:path'
import { newSid } from '../account/random.ts'
import type { SandboxRecording } from '../engine-port.ts'
import type { Tap } from '../media/frames.ts'
import { createRecorder } from '../media/recorder.ts'
import type { RecordingCallback } from '../twiml/verbs.ts'
import { drawn, rfc2822, type EngineDeps } from './deps.ts'
import { priceOfRecording } from './pricing.ts'
import { resolveUrl } from './source.ts'

export interface RecordingOrder {
  callSid: string
  source: SandboxRecording['source']
  track: SandboxRecording['track']
  channels: 1 | 2
  left: Tap
  right?: Tap
  callback: RecordingCallback
  /** Told once there is audio. */
  onCompleted?: (recording: SandboxRecording) => void
}

export interface RunningRecording {
  sid: string
  /** Without extension, as Twilio writes it. */
  url: string
  /** Ends it; its audio is ready some time later. Repeated calls get the same answer. */
  stop(): Promise<{ durationSeconds: number; isEmpty: boolean }>
}

/** Shorter ones are `absent` with 16101. */
const SHORTEST_SECONDS = 0.3
const TOO_SHORT = 16_101
const SILENT = 16_102

/** Starts a recording and takes it through its life: in-progress, processing, completed or absent. */
export function startRecording(deps: EngineDeps, order: RecordingOrder): RunningRecording {
  const sid = newSid(deps.random, 'RE')
  const file = join(deps.account.mediaFolder, `${sid}.wav`)
  const { left, right, channels, callback } = order
  const recorder = createRecorder({ file, channels, left, ...(right ? { right } : {}) })
  let recording = blankRecording(deps, order, sid)
  const change = (patch: Partial<SandboxRecording>) => {
    recording = { ...recording, ...patch, updatedAt: deps.clock.now() }
    deps.account.recordings.put(recording)
  }
  change({})
  tell(deps, callback, recording, 'in-progress')
  const stop = async () => {
    const { durationSeconds: exact, isSilent } = await recorder.stop()
    const durationSeconds = Math.max(1, Math.round(exact))
    const errorCode = exact < SHORTEST_SECONDS ? TOO_SHORT : isSilent ? SILENT : null
    change({ status: 'processing' })
    deps.clock.later(drawn(deps.random, deps.switches().recordingDelayMs), () => {
      change(errorCode ? { status: 'absent', errorCode, durationSeconds: 0 } : completed(deps, order, durationSeconds, file))
      tell(deps, callback, recording, recording.status)
      if (recording.status === 'completed') order.onCompleted?.(recording)
    })
    return { durationSeconds: errorCode ? 0 : durationSeconds, isEmpty: errorCode !== null }
  }
  let stopped: ReturnType<typeof stop> | undefined
  return { sid, url: recordingUrl(deps.account.accountSid, sid), stop: () => (stopped ??= stop()) }
}

function blankRecording({ account, clock }: EngineDeps, order: RecordingOrder, sid: string): SandboxRecording {
  const now = clock.now()
  return {
    sid,
    accountSid: account.accountSid,
    callSid: order.callSid,
    status: 'in-progress',
    source: order.source,
    channels: order.channels,
    track: order.track,
    startedAt: now,
    createdAt: now,
    updatedAt: now,
    durationSeconds: null,
    errorCode: null,
    priceAt: null,
    price: null,
    file: null,
  }
}

function completed(deps: EngineDeps, { callSid }: RecordingOrder, durationSeconds: number, file: string): Partial<SandboxRecording> {
  const price = priceOfRecording(durationSeconds)
  deps.account.ledger({ kind: 'charge', what: 'recording', callSid, amount: price })
  const priceAt = deps.clock.now() + drawn(deps.random, deps.switches().priceDelayMs)
  return { status: 'completed', durationSeconds, file, price, priceAt }
}

/** A verb's recording callback with its URL made absolute. */
export function callbackOf(verb: RecordingCallback, base: string | undefined): RecordingCallback {
  const { recordingStatusCallback: given, recordingStatusCallbackMethod, recordingStatusCallbackEvents } = verb
  const url = given ? resolveUrl(given, base) : undefined
  return { ...(url ? { recordingStatusCallback: url } : {}), recordingStatusCallbackMethod, recordingStatusCallbackEvents }
}

/** Where Twilio says a recording is: always on its own host. */
export const recordingUrl = (accountSid: string, sid: string): string =>
  `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${sid}`

/** recordingStatusCallback: its own set of fields, not the standard one. https://www.twilio.com/docs/voice/twiml/dial#recordingstatuscallback */
function tell(deps: EngineDeps, callback: RecordingCallback, recording: SandboxRecording, status: string): void {
  if (!callback.recordingStatusCallback || !callback.recordingStatusCallbackEvents.includes(status)) return
  const isOver = status !== 'in-progress'
  deps.webhooks.tell({
    url: callback.recordingStatusCallback,
    method: callback.recordingStatusCallbackMethod,
    callSid: recording.callSid,
    params: [
      ['AccountSid', recording.accountSid],
      ['CallSid', recording.callSid],
      ['RecordingSid', recording.sid],
      ['RecordingUrl', recordingUrl(recording.accountSid, recording.sid)],
      ['RecordingStatus', status],
      ...(isOver ? ([['RecordingDuration', String(recording.durationSeconds ?? 0)]] as [string, string][]) : []),
      ['RecordingChannels', String(recording.channels)],
      ['RecordingStartTime', rfc2822(recording.startedAt)],
      ['RecordingSource', recording.source],
      ['RecordingTrack', recording.track],
      ...(recording.errorCode ? ([['ErrorCode', String(recording.errorCode)]] as [string, string][]) : []),
    ],
  })
}
