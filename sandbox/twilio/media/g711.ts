// G.711 mu-law (ITU-T G.711 table 2a), by table: one look-up per sample.

const BIAS = 0x84
const CLIP = 32_635

const DECODED = Int16Array.from({ length: 256 }, (_, code) => decodeOne(code))
/** Index: the sample's upper 14 bits as unsigned; mu-law has no finer steps. */
const ENCODED = Uint8Array.from({ length: 1 << 14 }, (_, index) => encodeOne(((index << 18) >> 16) | 2))

function decodeOne(code: number): number {
  const inverted = ~code & 0xff
  const magnitude = ((((inverted & 0x0f) << 3) + BIAS) << ((inverted & 0x70) >> 4)) - BIAS
  return inverted & 0x80 ? -magnitude : magnitude
}

function encodeOne(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS
  const exponent = 31 - Math.clz32(magnitude) - 7
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~(sign | (exponent << 4) | mantissa) & 0xff
}

/** 16-bit linear samples as mu-law bytes, one byte per sample. */
export function encodeMulaw(pcm: Int16Array): Uint8Array {
  const out = new Uint8Array(pcm.length)
  for (let i = 0; i < pcm.length; i++) out[i] = ENCODED[(pcm[i]! >> 2) & 0x3fff]!
  return out
}

/** Mu-law bytes as 16-bit linear samples, one sample per byte. */
export function decodeMulaw(frame: Uint8Array): Int16Array {
  const out = new Int16Array(frame.length)
  for (let i = 0; i < frame.length; i++) out[i] = DECODED[frame[i]!]!
  return out
}
