import { GREETING_LIMITS } from '../../contract/greeting-limits.ts'
import { encodeWav, GREETING_RATE, isWav, loudest, mixed } from './model/wav.ts'

/** Words: recordings.greeting. */
export type SoundProblem = 'notWav' | 'tooLarge' | 'tooLong' | 'tooShort' | 'silent'
export type GreetingSound = { wav: Uint8Array<ArrayBuffer>; seconds: number } | { problem: SoundProblem }

const MOST_BYTES = 60_000_000
/** Below it is the noise of a microphone that nobody speaks into. */
const SILENT_LEVEL = 0.01

/** Reads sound in any shape that the browser knows, at the telephone's rate. @throws when it is not sound */
async function decode(bytes: ArrayBuffer): Promise<AudioBuffer> {
  const context = new OfflineAudioContext(1, 1, GREETING_RATE) // what it decodes it also resamples
  return context.decodeAudioData(bytes)
}

/** A greeting as Twilio plays it best: 8 kHz, 16 bit, one channel. Of a file, or of what was just recorded. */
export async function toGreeting(source: Blob, isFile: boolean): Promise<GreetingSound> {
  if (source.size > MOST_BYTES) return { problem: 'tooLarge' }
  const bytes = await source.arrayBuffer()
  if (isFile && !isWav(new Uint8Array(bytes, 0, Math.min(bytes.byteLength, 64)))) return { problem: 'notWav' }
  const audio = await decode(bytes).catch(() => undefined)
  if (!audio) return { problem: isFile ? 'notWav' : 'tooShort' }
  if (audio.duration > GREETING_LIMITS.mostSeconds + 0.5) return { problem: 'tooLong' }
  if (audio.duration < GREETING_LIMITS.leastSeconds) return { problem: 'tooShort' }
  const samples = mixed(Array.from({ length: audio.numberOfChannels }, (_, channel) => audio.getChannelData(channel)))
  if (loudest(samples) < SILENT_LEVEL) return { problem: 'silent' }
  const kept = samples.subarray(0, GREETING_LIMITS.mostSeconds * GREETING_RATE) // a recorder stops a moment late
  return { wav: encodeWav(kept, GREETING_RATE) as Uint8Array<ArrayBuffer>, seconds: kept.length / GREETING_RATE }
}
