import { newSid } from '../account/random.ts'
import type { SandboxRecording, SandboxTranscription } from '../engine-port.ts'
import type { RecordVerb } from '../twiml/verbs.ts'
import { drawn, type EngineDeps } from './deps.ts'
import { priceOfTranscription } from './pricing.ts'
import type { LiveCall } from './live-call.ts'
import { recordingUrl } from './recordings.ts'
import { resolveUrl } from './source.ts'

/** Twilio transcribes recordings of this length; others fail with a warning (13617). */
const LEAST_SECONDS = 2
const MOST_SECONDS = 120
const WRONG_LENGTH = 13_617

/** What somebody says whose words are not known, sentence by sentence. */
const plausible = [
  'Hello, please call me back.',
  'I tried to reach you just now about the order from last week.',
  'It would be best to talk today, but tomorrow morning is fine as well.',
  'You can reach me under the number that you see.',
  'There is also a small question about the invoice, and about when the delivery comes.',
  'Thank you very much, and have a good day.',
]
const WORDS_PER_SECOND = 2.5

/** English words for a recording of which only the sound is known: as many sentences as fit, the first always, over again when it is long. */
export function guessedText(seconds: number): string {
  const said: string[] = []
  const words = () => said.join(' ').split(' ').length
  for (let nth = 0; nth === 0 || words() + 8 <= seconds * WORDS_PER_SECOND; nth++) said.push(plausible[nth % plausible.length]!)
  return said.join(' ')
}

/** What a `<Record transcribe>` asks for: `url` is told when it is done. */
export interface TranscriptionOrder {
  live: LiveCall
  /** What was said as far as it is known in words; '' where only the sound is. */
  words: string
  url: string | undefined
}

/** Where a verb wants to be told of its transcription; undefined when nobody is to be told. */
export const transcribeUrl = (verb: RecordVerb, base: string | undefined): string | undefined =>
  verb.transcribeCallback === undefined ? undefined : resolveUrl(verb.transcribeCallback, base)

/** Transcribes a recording that is completed: late, as the switch says. Words that are not known are made up from its length. */
export function transcribe(deps: EngineDeps, recording: SandboxRecording, order: TranscriptionOrder): void {
  const { account, clock, random } = deps
  const seconds = recording.durationSeconds ?? 0
  const now = clock.now()
  const begun: SandboxTranscription = {
    sid: newSid(random, 'TR'),
    accountSid: recording.accountSid,
    recordingSid: recording.sid,
    status: 'in-progress',
    text: '',
    durationSeconds: seconds,
    createdAt: now,
    updatedAt: now,
    priceAt: null,
    price: null,
  }
  account.transcriptions.put(begun)
  clock.later(drawn(random, deps.switches().transcriptionDelayMs), () => {
    const done = isTranscribable(seconds) ? completed(deps, begun, order, recording.callSid) : failed(deps, begun, recording.callSid)
    account.transcriptions.put(done)
    tell(deps, recording, done, order)
  })
}

const isTranscribable = (seconds: number): boolean => seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS

function completed(deps: EngineDeps, begun: SandboxTranscription, { words }: TranscriptionOrder, callSid: string): SandboxTranscription {
  const price = priceOfTranscription(begun.durationSeconds)
  deps.account.ledger({ kind: 'charge', what: 'transcription', callSid, amount: price })
  const now = deps.clock.now()
  const priceAt = now + drawn(deps.random, deps.switches().priceDelayMs)
  return { ...begun, status: 'completed', text: words || guessedText(begun.durationSeconds), updatedAt: now, price, priceAt }
}

function failed(deps: EngineDeps, begun: SandboxTranscription, callSid: string): SandboxTranscription {
  const what = `transcription of a recording of ${begun.durationSeconds} s: ${LEAST_SECONDS} to ${MOST_SECONDS} s are transcribed`
  deps.account.ledger({ kind: 'warning', what, callSid, code: WRONG_LENGTH })
  return { ...begun, status: 'failed', updatedAt: deps.clock.now() }
}

/** transcribeCallback, with the fields of captured ones. https://www.twilio.com/docs/voice/twiml/record#transcribecallback */
function tell(deps: EngineDeps, recording: SandboxRecording, done: SandboxTranscription, { live, url }: TranscriptionOrder): void {
  if (url === undefined) return
  const { call } = live
  const at = recordingUrl(recording.accountSid, recording.sid)
  deps.webhooks.tell({
    url,
    method: 'POST',
    callSid: call.sid,
    params: [
      ['AccountSid', recording.accountSid],
      ['ApiVersion', '2010-04-01'],
      ['CallSid', call.sid],
      ['CallStatus', call.status],
      ['Called', call.to],
      ['Caller', call.from],
      ['Direction', call.direction],
      ['From', call.from],
      ['To', call.to],
      ...(call.forwardedFrom ? ([['ForwardedFrom', call.forwardedFrom]] as [string, string][]) : []),
      ['RecordingSid', recording.sid],
      ['RecordingUrl', at],
      ['TranscriptionSid', done.sid],
      ['TranscriptionStatus', done.status],
      ...(done.status === 'completed' ? ([['TranscriptionText', done.text]] as [string, string][]) : []),
      ['TranscriptionType', 'fast'],
      ['TranscriptionUrl', `${at}/Transcriptions/${done.sid}`],
    ],
  })
}
