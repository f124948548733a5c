import type { Side } from './model/lanes.ts'

export type Heard = Side | 'both'

/** Sends each side of a dual recording through its own volume, to both ears. */
export interface SoundGraph {
  hear(who: Heard): void
  resume(): void
  close(): void
}

/**
 * Takes over the sound of `audio`, for good: a media element gives its sound away once. `roles`: who is in channel 1 and 2. In a gesture,
 * or the context waits for one.
 */
export function createSoundGraph(audio: HTMLAudioElement, roles: readonly [Side, Side], context: AudioContext): SoundGraph {
  const splitter = context.createChannelSplitter(2)
  context.createMediaElementSource(audio).connect(splitter)
  const volumes = roles.map((who, channel) => {
    const volume = context.createGain() // one channel in, which the destination gives to both ears
    splitter.connect(volume, channel)
    volume.connect(context.destination)
    return { who, gain: volume.gain }
  })
  return {
    hear(who) {
      for (const one of volumes) one.gain.value = who === 'both' || one.who === who ? 1 : 0
    },
    resume: () => void context.resume(),
    close: () => void context.close(),
  }
}
