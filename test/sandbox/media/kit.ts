import type { AudioSource, Frame } from '../../../sandbox/twilio/ports.ts'
import type { Tap } from '../../../sandbox/twilio/media/frames.ts'
import { decodeMulaw } from '../../../sandbox/twilio/media/g711.ts'
import type { Pacer } from '../../../sandbox/twilio/media/pacer.ts'

/** A pacer that ticks when told. */
export function manualPacer(): Pacer & { tick(count?: number, skipped?: number): void } {
  const ticks = new Set<(skipped: number) => void>()
  return {
    add(tick) {
      ticks.add(tick)
      return () => void ticks.delete(tick)
    },
    close: () => ticks.clear(),
    tick(count = 1, skipped = 0) {
      for (let i = 0; i < count; i++) for (const tick of ticks) tick(skipped)
    },
  }
}

/** A stream that a test feeds. */
export function manualTap(): { tap: Tap; say: (frame: Frame, at?: number) => void; listeners: () => number } {
  const listeners = new Set<(frame: Frame, at?: number) => void>()
  return {
    tap(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    say(frame, at) {
      for (const listener of listeners) listener(frame, at)
    },
    listeners: () => listeners.size,
  }
}

/** All frames of a source that ends. */
export function framesOf(source: AudioSource, limit = 10_000): Frame[] {
  const frames: Frame[] = []
  for (let frame = source.next(); frame && frames.length < limit; frame = source.next()) frames.push(frame)
  return frames
}

/** The samples of frames, one after the other. */
export const samplesOf = (frames: Frame[]): Int16Array => Int16Array.from(frames.flatMap((frame) => [...decodeMulaw(frame)]))

/** A sine as 16-bit samples. */
export const sine = (hz: number, rate: number, count: number, amplitude = 8000): Int16Array =>
  Int16Array.from({ length: count }, (_, i) => Math.round(amplitude * Math.sin((2 * Math.PI * hz * i) / rate)))
