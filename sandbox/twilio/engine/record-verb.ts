import { levelOf } from '../media/ear.ts'
import { decodeMulaw } from '../media/g711.ts'
import { voiceOf } from '../media/recorder.ts'
import { beep } from '../media/sources.ts'
import type { SandboxRecording } from '../engine-port.ts'
import type { Leg } from '../ports.ts'
import type { RecordVerb } from '../twiml/verbs.ts'
import { pause } from './deps.ts'
import { callbackOf, startRecording } from './recordings.ts'
import type { Outcome, Scene } from './scene.ts'
import { resolveUrl } from './source.ts'
import { transcribe, transcribeUrl } from './transcriptions.ts'

/** Frames louder than this are speech (RMS, 0…1). */
const SPEECH_LEVEL = 0.01
const MS_PER_SECOND = 1000

/**
 * Records what the caller says until a key, silence, the maximum or the hang-up. The action is asked unless there was nothing to hear, in
 * which case the document goes on. https://www.twilio.com/docs/voice/twiml/record
 */
export async function record(scene: Scene, verb: RecordVerb): Promise<Outcome> {
  const { deps, live, signal } = scene
  await live.answer()
  const { leg } = live
  if (!leg || signal.aborted) return { kind: 'next' }
  const said: string[] = []
  const unhear = leg.onWords?.((words) => said.push(words))
  if (verb.isPlayBeep) await leg.audio.play(beep())
  if (signal.aborted) return { kind: 'next' }
  const recording = startRecording(deps, {
    callSid: live.call.sid,
    source: 'RecordVerb',
    track: 'inbound',
    channels: 1,
    left: voiceOf(leg.audio),
    callback: callbackOf(verb, scene.base),
    ...(verb.isTranscribed ? { onCompleted: transcribed(scene, verb, said) } : {}),
  })
  const ending = await untilDone(scene, leg, verb)
  unhear?.()
  const { durationSeconds, isEmpty } = await recording.stop()
  const url = resolveUrl(verb.action ?? '', scene.base)
  if (isEmpty || !url) return { kind: 'next' }
  const extra: [string, string][] = [
    ['RecordingUrl', recording.url],
    ['RecordingSid', recording.sid],
    ['RecordingDuration', String(durationSeconds)],
    ...(ending === '' ? [] : ([['Digits', ending]] as [string, string][])),
  ]
  return { kind: 'goto', source: { kind: 'url', url, method: verb.method, extra }, isAction: true }
}

/** What is done with a recording that is to be transcribed. */
const transcribed =
  ({ deps, live, base }: Scene, verb: RecordVerb, said: readonly string[]) =>
  (recording: SandboxRecording) =>
    transcribe(deps, recording, { live, words: said.join(' '), url: transcribeUrl(verb, base) })

/** Waits for the end; the key pressed, `hangup`, or '' when silence or the maximum ended it. */
async function untilDone({ deps, live, signal }: Scene, leg: Leg, verb: RecordVerb): Promise<string> {
  const done = new AbortController()
  let ending = ''
  let lastSound = deps.clock.now()
  const end = (how: string) => {
    if (done.signal.aborted) return
    ending = how
    done.abort()
  }
  const unhear = leg.audio.onVoice((frame) => {
    if (levelOf(decodeMulaw(frame)) > SPEECH_LEVEL) lastSound = deps.clock.now()
  })
  const unsubscribe = live.on((event) => {
    if (event.type === 'digit' && verb.finishOnKey.includes(event.digit)) end(event.digit)
  })
  const stop = () => end(live.isOver ? 'hangup' : '')
  signal.addEventListener('abort', stop, { once: true })
  void pause(deps.clock, verb.maxLengthSeconds * MS_PER_SECOND, done.signal).then((isOver) => isOver && end(''))
  while (!done.signal.aborted) {
    const quietMs = verb.timeoutSeconds * MS_PER_SECOND - (deps.clock.now() - lastSound)
    if (verb.timeoutSeconds > 0 && quietMs <= 0) end('')
    else await pause(deps.clock, verb.timeoutSeconds > 0 ? quietMs : verb.maxLengthSeconds * MS_PER_SECOND, done.signal)
  }
  unhear()
  unsubscribe()
  signal.removeEventListener('abort', stop)
  return ending
}
