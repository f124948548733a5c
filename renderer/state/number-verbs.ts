import type { Bridge } from '../../contract/desktop.ts'
import type { ReleaseSeen } from '../../contract/number-desktop.ts'
import type { RingMode } from '../../contract/number.ts'
import { bulkOutcome } from './numbers.ts'

interface ReleaseItem {
  phoneNumber: string
  lastFour: string
  seen?: ReleaseSeen
}

/** What is asked of main about numbers and kept by no store: a dialog asks, shows the answer, and is gone. */
export const createNumberVerbs = (bridge: Bridge) => ({
  dependencies: (phoneNumbers: readonly string[]) => bridge.request('numbers.dependencies', { phoneNumbers: [...phoneNumbers] }),
  assign: async (phoneNumbers: readonly string[], userIds: readonly string[], ringMode: RingMode) =>
    bulkOutcome(await bridge.request('numbers.assign', { phoneNumbers: [...phoneNumbers], userIds: [...userIds], ringMode })),
  hold: async (phoneNumbers: readonly string[], days: number, message: string | null) =>
    bulkOutcome(await bridge.request('numbers.hold', { phoneNumbers: [...phoneNumbers], days, message })),
  unhold: async (phoneNumbers: readonly string[]) =>
    bulkOutcome(await bridge.request('numbers.unhold', { phoneNumbers: [...phoneNumbers] })),
  release: async (items: readonly ReleaseItem[], isEarly: boolean) =>
    bulkOutcome(await bridge.request('numbers.release', { items: [...items], ...(isEarly ? { isEarly } : {}) })),
  export: (phoneNumbers?: readonly string[]) => bridge.request('numbers.export', phoneNumbers ? { phoneNumbers: [...phoneNumbers] } : {}),
  cost: () => bridge.request('numbers.cost', {}),
  /** How far a long work on many numbers is. */
  onProgress: (listener: (done: number, total: number | null) => void) =>
    bridge.on('numbers.progress', ({ work, done, total }) => work !== 'sync' && listener(done, total)),
})
export type NumberVerbs = ReturnType<typeof createNumberVerbs>
