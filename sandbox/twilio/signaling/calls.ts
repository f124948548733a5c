import type { DeviceCall } from './talk.ts'

/** The running calls, found by any of their ids. */
export interface CallBook {
  add(call: DeviceCall): void
  remove(call: DeviceCall): void
  find(sid: string): DeviceCall | undefined
  all(): DeviceCall[]
}

/** An empty book. */
export function createCallBook(): CallBook {
  const bySid = new Map<string, DeviceCall>()
  return {
    add(call) {
      for (const sid of call.sids) bySid.set(sid, call)
    },
    remove(call) {
      for (const sid of call.sids) if (bySid.get(sid) === call) bySid.delete(sid)
    },
    find: (sid) => bySid.get(sid),
    all: () => [...new Set(bySid.values())],
  }
}
