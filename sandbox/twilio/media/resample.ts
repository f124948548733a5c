import { SAMPLE_RATE } from './frames.ts'

/** Zero crossings of the sinc on each side: about 60 dB of stop band, ample for speech. */
const HALF_LOBES = 16
/** Share of the band that passes: the rest is the filter's slope below the Nyquist frequency. */
const PASS_BAND = 0.94

/** Converts samples (any scale) of any rate to 8 kHz with a windowed-sinc low pass, so that nothing above 4 kHz folds back. */
export function toTelephoneRate(samples: Float32Array, rate: number): Float32Array {
  if (rate === SAMPLE_RATE) return samples
  const divisor = gcd(SAMPLE_RATE, rate)
  const up = SAMPLE_RATE / divisor
  const down = rate / divisor
  const cutoff = Math.min(1, SAMPLE_RATE / rate) * PASS_BAND
  const half = Math.ceil(HALF_LOBES / cutoff)
  const filters = Array.from({ length: up }, (_, phase) => sincFilter(phase / up, cutoff, half))
  const out = new Float32Array(Math.floor((samples.length * up) / down))
  for (let i = 0; i < out.length; i++) {
    const position = i * down
    const filter = filters[position % up]!
    const first = Math.floor(position / up) - half + 1
    let sum = 0
    for (let tap = 0; tap < filter.length; tap++) sum += filter[tap]! * (samples[first + tap] ?? 0)
    out[i] = sum
  }
  return out
}

/** Weights of the 2·`half` samples around a point `fraction` of a sample after the middle; they add up to 1. */
function sincFilter(fraction: number, cutoff: number, half: number): Float32Array {
  const taps = Float32Array.from({ length: 2 * half }, (_, tap) => {
    const distance = tap - half + 1 - fraction
    const x = Math.PI * distance * cutoff
    const hann = 0.5 + 0.5 * Math.cos((Math.PI * distance) / half)
    return Math.abs(distance) >= half ? 0 : (x === 0 ? 1 : Math.sin(x) / x) * hann
  })
  const sum = taps.reduce((total, tap) => total + tap, 0)
  return taps.map((tap) => tap / sum)
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
