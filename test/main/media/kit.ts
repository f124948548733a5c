/** How a WAV of a test is written. */
export interface WavShape {
  rate?: number
  channels?: number
  encoding?: 'pcm16' | 'pcm8' | 'mulaw'
  /** Another chunk before the samples. */
  extra?: number
  /** What the head says of the samples' length instead of the truth. */
  says?: number
}

const PARTS = { pcm16: [1, 16], pcm8: [1, 8], mulaw: [7, 8] } as const

/** G.711 mu-law to -1…1, by the standard's text. */
function decoded(code: number): number {
  const bits = ~code & 0xff
  const size = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132
  return (bits & 128 ? -size : size) / 32_768
}

/** The code that comes nearest to a level. */
function mulawOf(level: number): number {
  let best = 0
  for (let code = 1; code < 256; code++) if (Math.abs(decoded(code) - level) < Math.abs(decoded(best) - level)) best = code
  return best
}
const mulawCodes = new Map<number, number>()
function mulaw(level: number): number {
  const known = mulawCodes.get(level)
  if (known !== undefined) return known
  const code = mulawOf(level)
  mulawCodes.set(level, code)
  return code
}

/** A WAV file of frames: each a level of -1…1 per channel. Written here from the format's text, not with our reader. */
export function wavOf(
  frames: readonly (readonly number[])[],
  { rate = 8000, channels = 1, encoding = 'pcm16', extra = 0, says }: WavShape = {},
): Buffer {
  const [tag, bits] = PARTS[encoding]
  const block = (channels * bits) / 8
  const data = Buffer.alloc(frames.length * block)
  frames.forEach((frame, index) => {
    for (let channel = 0; channel < channels; channel++) {
      const level = frame[channel] ?? 0
      const at = index * block + (channel * bits) / 8
      if (encoding === 'pcm16') data.writeInt16LE(Math.round(level * 32_767), at)
      else if (encoding === 'pcm8') data.writeUInt8(Math.round(level * 127) + 128, at)
      else data.writeUInt8(mulaw(level), at)
    }
  })
  const format = Buffer.alloc(24)
  format.write('fmt ', 0)
  format.writeUInt32LE(16, 4)
  format.writeUInt16LE(tag, 8)
  format.writeUInt16LE(channels, 10)
  format.writeUInt32LE(rate, 12)
  format.writeUInt32LE(rate * block, 16)
  format.writeUInt16LE(block, 20)
  format.writeUInt16LE(bits, 22)
  const list = Buffer.alloc(extra > 0 ? 8 + extra + (extra % 2) : 0)
  if (extra > 0) {
    list.write('LIST', 0)
    list.writeUInt32LE(extra, 4)
  }
  const head = Buffer.alloc(8)
  head.write('data', 0)
  head.writeUInt32LE(says ?? data.length, 4)
  const body = Buffer.concat([Buffer.from('WAVE'), format, list, head, data])
  const riff = Buffer.alloc(8)
  riff.write('RIFF', 0)
  riff.writeUInt32LE(body.length, 4)
  return Buffer.concat([riff, body])
}

/** Frames of a tone, the same in all channels; quieter channels have a lower level. */
export const tone = (seconds: number, levels: readonly number[], rate = 8000): number[][] =>
  Array.from({ length: Math.round(seconds * rate) }, (_, index) =>
    levels.map((level) => level * Math.sin((2 * Math.PI * 440 * index) / rate)),
  )

/** All bytes of a source's pieces. */
export async function gather(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(Uint8Array.from(piece))
  return Buffer.concat(all)
}
