import { decodeMulaw } from '../media/g711.ts'
import type { Frame } from '../ports.ts'

const BEEP_HZ = 1000
const SAMPLE_RATE = 8000
/** 200 ms of nothing but the beep: no speech is that pure for that long. */
const FRAMES_NEEDED = 10
const PURITY = 0.7
const LOUD_ENOUGH = 300

/** Tells when a beep (the 1 kHz tone after which one speaks) has ended: feed it every frame heard. */
export function createBeepDetector(): (frame: Frame) => boolean {
  let run = 0
  return (frame) => {
    if (isBeep(decodeMulaw(frame))) {
      run++
      return false
    }
    const isEnd = run >= FRAMES_NEEDED
    run = 0
    return isEnd
  }
}

/** Goertzel at the beep's frequency against all the frame's power: 1 for a pure tone. */
function isBeep(samples: Int16Array): boolean {
  const step = (2 * Math.PI * BEEP_HZ) / SAMPLE_RATE
  let [real, imaginary, power] = [0, 0, 0]
  for (const [i, sample] of samples.entries()) {
    real += sample * Math.cos(step * i)
    imaginary += sample * Math.sin(step * i)
    power += sample * sample
  }
  if (power / samples.length < LOUD_ENOUGH ** 2) return false
  return (2 * (real * real + imaginary * imaginary)) / (samples.length * power) > PURITY
}
