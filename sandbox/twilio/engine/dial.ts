import { heardBy, voiceOf } from '../media/recorder.ts'
import { silence, tone } from '../media/sources.ts'
import type { AudioSource } from '../ports.ts'
import type { DialNoun, DialVerb } from '../twiml/verbs.ts'
import type { FinalStatus, LiveCall } from './live-call.ts'
import { callbackOf, startRecording, type RunningRecording } from './recordings.ts'
import { ring } from './ring.ts'
import type { Outcome, Scene } from './scene.ts'
import { report, resolveUrl } from './source.ts'
import { talk } from './talk.ts'

interface DialResult {
  status: FinalStatus
  childSid: string | undefined
  isBridged: boolean
  /** Unknown when the child was redirected away. */
  durationSeconds?: number
  recording?: RunningRecording | undefined
}

/**
 * Dials, bridges and waits for the end. With an action the document ends here: it is asked even when the caller has hung up or was redirected.
 * https://www.twilio.com/docs/voice/twiml/dial
 */
export async function dial(scene: Scene, verb: DialVerb): Promise<Outcome> {
  const { live, deps, run } = scene
  const isQuiet = verb.isAnswerOnBridge && scene.isFirstVerb && !live.isAnswered
  if (!isQuiet) await live.answer()
  const result = await connect(scene, verb, isQuiet)
  if (!live.isAnswered) run.unansweredStatus = result.status
  if (verb.action === undefined) return { kind: 'next' }
  const url = resolveUrl(verb.action, scene.base)
  if (url) return { kind: 'goto', source: { kind: 'url', url, method: verb.method, extra: actionFields(result) }, isAction: true }
  report(deps, live, 'error', { code: 11_100, message: `Dial action '${verb.action}' is no URL` })
  return { kind: 'end' }
}

function actionFields(result: DialResult): [string, string][] {
  const { status, childSid, durationSeconds, isBridged, recording } = result
  return [
    ['DialCallStatus', status],
    ...(childSid === undefined ? [] : ([['DialCallSid', childSid]] as [string, string][])),
    ...(durationSeconds === undefined ? [] : ([['DialCallDuration', String(durationSeconds)]] as [string, string][])),
    ['DialBridged', String(isBridged)],
    ...(recording ? ([['RecordingUrl', recording.url]] as [string, string][]) : []),
  ]
}

async function connect(scene: Scene, verb: DialVerb, isQuiet: boolean): Promise<DialResult> {
  const { live, signal } = scene
  if (!verb.nouns.length || !live.leg || signal.aborted)
    return { status: live.isOver ? 'canceled' : 'failed', childSid: undefined, isBridged: false }
  if (!isQuiet) void live.leg.audio.play(ringback())
  const early = verb.record.startsWith('record-from-ringing') ? recordDial(scene, verb, undefined) : undefined
  const groups: DialNoun[][] = verb.isSequential ? verb.nouns.map((noun) => [noun]) : [verb.nouns]
  let last: Awaited<ReturnType<typeof ring>> | undefined
  for (const group of groups) {
    last = await ring(scene, verb, group, isQuiet)
    if (last.winner || signal.aborted) break
  }
  live.leg.audio.stop()
  const result = last?.winner ? await bridged(scene, verb, last.winner, early) : unanswered(last)
  await early?.stop()
  return result
}

const unanswered = (last: Awaited<ReturnType<typeof ring>> | undefined): DialResult => ({
  status: last?.status ?? 'failed',
  childSid: last?.lastSid,
  isBridged: false,
})

async function bridged(scene: Scene, verb: DialVerb, child: LiveCall, early: RunningRecording | undefined): Promise<DialResult> {
  const { live } = scene
  await live.answer()
  if (live.isOver || child.isOver) {
    child.finish(child.isAnswered ? 'completed' : 'canceled')
    return { status: live.isOver ? 'canceled' : 'completed', childSid: child.call.sid, isBridged: false }
  }
  const recording = verb.record.startsWith('record-from-answer') ? recordDial(scene, verb, child) : early
  const { isDetached } = await talk(scene, verb, child)
  await recording?.stop()
  const { answeredAt, endedAt, sid } = child.call
  const duration = isDetached ? {} : { durationSeconds: Math.round(((endedAt ?? 0) - (answeredAt ?? 0)) / 1000) }
  return { status: 'completed', childSid: sid, isBridged: true, recording, ...duration }
}

/** Channel 1 is the parent, channel 2 the child; from ringing on, the second is what the parent hears: the ring tone, then the child. */
function recordDial({ deps, live, base }: Scene, verb: DialVerb, child: LiveCall | undefined): RunningRecording {
  const parent = live.leg!.audio
  return startRecording(deps, {
    callSid: live.call.sid,
    source: 'DialVerb',
    track: 'both',
    channels: verb.record.endsWith('-dual') ? 2 : 1,
    left: voiceOf(parent),
    right: child?.leg ? voiceOf(child.leg.audio) : heardBy(parent),
    callback: callbackOf(verb, base),
  })
}

/** What a caller who was answered before the bridge hears meanwhile: a second of tone, three of silence. */
function ringback(): AudioSource {
  let part: AudioSource = silence(0)
  let isTone = false
  return {
    next() {
      const frame = part.next()
      if (frame) return frame
      isTone = !isTone
      part = isTone ? tone(440, 1000) : silence(3000)
      return part.next()
    },
  }
}
