import type { CallEvent } from './call-machine.ts'
import type { Sample } from './end-facts.ts'
import type { SdkCall, SdkError } from './sdk.ts'

export interface SdkWatcher {
  apply(event: CallEvent): void
  muted(isMuted: boolean): void
  levels(you: number, them: number): void
  warned(name: string, isRaised: boolean): void
  sampled(sample: Sample): void
  /** The connection of its signaling closed. */
  transportClosed(): void
}

const PLAIN = ['ringing', 'accept', 'cancel', 'disconnect', 'reject', 'reconnecting', 'reconnected'] as const

/** Everything the SDK says of a call that we listen to. */
export function followSdk(sdk: SdkCall, watcher: SdkWatcher): void {
  for (const type of PLAIN) sdk.on(type, () => watcher.apply({ type }))
  sdk.on('transportClose', () => {
    watcher.apply({ type: 'transport-close' })
    watcher.transportClosed()
  })
  sdk.on('error', ({ code, originalError }: SdkError) => watcher.apply({ type: 'error', code: originalError?.code ?? code }))
  sdk.on('mute', (isMuted: boolean) => watcher.muted(isMuted))
  sdk.on('volume', (you: number, them: number) => watcher.levels(you, them))
  sdk.on('warning', (name: string) => watcher.warned(name, true))
  sdk.on('warning-cleared', (name: string) => watcher.warned(name, false))
  sdk.on('sample', (sample: Sample) => watcher.sampled(sample))
}
