import type { Failure } from '../../contract/failure.ts'
import type { State } from '../state/index.ts'
import type { Phone } from './phone.ts'

/** Lets a person hear and see that sound works, before a call. */
export interface SoundCheck {
  /** Level 0…1 of the microphone, about 20 times a second, until stopped. Resolves with a failure when it cannot be opened. */
  listen(onLevel: (level: number) => void): Promise<{ stop(): void } | { failure: Failure }>
  /** Plays two soft tones; resolves when they have ended. */
  play(): Promise<void>
}

/** What `start` hands to the screens. */
export interface AppModel {
  state: State
  phone: Phone
  soundCheck: SoundCheck
}
