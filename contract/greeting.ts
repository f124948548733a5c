import { Type, type Static } from 'typebox'
import { FailureError } from './failure.ts'
import { GREETING_LIMITS } from './greeting-limits.ts'
import { PhoneNumber } from './number.ts'
import { recordValues } from './record.ts'

// What callers of a number hear before the beep: the relay's `/api/greetings`.
export { GREETING_LIMITS } from './greeting-limits.ts'

/** `PUT /api/greetings/:phoneNumber` as JSON: a sentence that Twilio speaks. */
export const SpokenGreetingBody = Type.Object(
  { kind: Type.Literal('spoken'), text: Type.String({ minLength: 1, maxLength: 1000 }) },
  { additionalProperties: false },
)
/** Query of the same request when its body is `audio/wav`: where the sound is from, and its file's name. */
export const GreetingAudioQuery = Type.Object(
  { kind: Type.Optional(Type.Enum(['uploaded', 'recorded'])), name: Type.Optional(Type.String({ maxLength: 120 })) },
  { additionalProperties: false },
)
/** `GET /api/greetings`; `PUT` answers its row of it. Numbers without one have the usual sentence. */
export const GreetingRow = Type.Object({ phoneNumber: PhoneNumber, greeting: Type.Union([recordValues.greeting, Type.Null()]) })
export type GreetingRow = Static<typeof GreetingRow>
export const GreetingsReply = Type.Object({ greetings: Type.Array(GreetingRow) })
export type GreetingsReply = Static<typeof GreetingsReply>

export const greetingProblems = [
  'not-wav',
  'not-pcm',
  'bits',
  'rate',
  'channels',
  'cut-off',
  'too-short',
  'too-long',
  'too-large',
  'nothing-to-say',
] as const
export type GreetingProblem = (typeof greetingProblems)[number]

/** The failure of a greeting that will not do; `details.reason` says why. */
export const greetingInvalid = (reason: GreetingProblem): FailureError =>
  new FailureError('greeting-invalid', `the greeting cannot be used: ${reason}`, { reason })

const PCM = 1
const EXTENSIBLE = 0xfffe

interface Format {
  tag: number
  channels: number
  rate: number
  bits: number
}

/**
 * How long a greeting's WAV lasts, in seconds. The same check on both ends, so that a file is refused before it is sent.
 * @throws FailureError `greeting-invalid` with `details.reason`, one of `greetingProblems`. Pure.
 */
export function greetingSeconds(bytes: Uint8Array): number {
  if (bytes.length > GREETING_LIMITS.bytes) throw greetingInvalid('too-large')
  const { format, dataBytes, isWhole } = readChunks(bytes)
  const problem = problemOf(format)
  if (problem) throw greetingInvalid(problem)
  if (!isWhole) throw greetingInvalid('cut-off')
  const seconds = dataBytes / (format.rate * format.channels * 2)
  if (seconds < GREETING_LIMITS.leastSeconds) throw greetingInvalid('too-short')
  if (seconds > GREETING_LIMITS.mostSeconds) throw greetingInvalid('too-long')
  return seconds
}

function problemOf({ tag, channels, rate, bits }: Format): GreetingProblem | undefined {
  if (tag !== PCM) return 'not-pcm'
  if (bits !== 16) return 'bits'
  if (!(GREETING_LIMITS.rates as readonly number[]).includes(rate)) return 'rate'
  return channels === 1 || channels === 2 ? undefined : 'channels'
}

/** RIFF: chunks of id, size and content, padded to an even length. @throws FailureError `greeting-invalid` */
function readChunks(bytes: Uint8Array): { format: Format; dataBytes: number; isWhole: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (bytes.length < 12 || text(0) !== 'RIFF' || text(8) !== 'WAVE') throw greetingInvalid('not-wav')
  let format: Format | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true)
    const end = at + 8 + size
    if (text(at) === 'fmt ' && size >= 16 && end <= bytes.length) format = readFormat(view, at + 8, size)
    if (text(at) === 'data' && format) return { format, dataBytes: size, isWhole: end <= bytes.length }
    at = end + (size & 1)
  }
  throw greetingInvalid(format ? 'cut-off' : 'not-wav')
}

function readFormat(view: DataView, at: number, size: number): Format {
  const tag = view.getUint16(at, true)
  return {
    tag: tag === EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : tag,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  }
}
