import { eventually } from './eventually.ts'
import type { Stack } from './stack.ts'

/** Fetches a dual recording as a desktop does, through the relay, and returns the dominant frequency of each channel. */
export async function channelTones(stack: Stack, token: string, recordingSid: string): Promise<[number, number]> {
  // Under the hostile profile the media is not there at first, then redirected to a host that refuses credentials (RULES R9, R33).
  const answer = await eventually(async () => {
    const media = await fetch(`${stack.relayUrl}/api/twilio/recordings/${recordingSid}/media`, {
      headers: { authorization: `Bearer ${token}` },
    })
    if (!media.ok) throw new Error(`recording ${recordingSid}: ${media.status} ${await media.text()}`)
    return media
  })
  const { rate, channels } = parseWav(Buffer.from(await answer.arrayBuffer()))
  if (channels.length !== 2) throw new Error(`expected two channels, got ${channels.length}`)
  return [dominantHz(channels[0]!, rate), dominantHz(channels[1]!, rate)]
}

/** 16-bit PCM. */
function parseWav(bytes: Buffer): { rate: number; channels: Float64Array[] } {
  const count = bytes.readUInt16LE(22)
  const rate = bytes.readUInt32LE(24)
  const start = bytes.indexOf('data') + 8
  const frames = Math.floor((bytes.length - start) / 2 / count)
  const channels = Array.from({ length: count }, () => new Float64Array(frames))
  for (let frame = 0; frame < frames; frame++)
    for (let channel = 0; channel < count; channel++) channels[channel]![frame] = bytes.readInt16LE(start + (frame * count + channel) * 2)
  return { rate, channels }
}

/** The strongest frequency from 200 to 2000 Hz in the middle second, by Goertzel in steps of 2 Hz. */
function dominantHz(samples: Float64Array, rate: number): number {
  const middle = Math.floor(samples.length / 2)
  const part = samples.subarray(Math.max(0, middle - rate / 2), middle + rate / 2)
  let best = 0
  let power = 0
  for (let hz = 200; hz <= 2000; hz += 2) {
    const coefficient = 2 * Math.cos((2 * Math.PI * hz) / rate)
    let one = 0
    let two = 0
    for (const sample of part) [one, two] = [sample + coefficient * one - two, one]
    const found = one * one + two * two - coefficient * one * two
    if (found > power) [best, power] = [hz, found]
  }
  return best
}
