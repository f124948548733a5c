import type { AppStatus } from '../../contract/desktop.ts'
import { createEmitter } from '../../base/emitter.ts'
import type { Clock } from '../ports.ts'

type Claim = Pick<AppStatus, 'registered' | 'microphone'>
/** The page of a request whose sender did not say which it is. */
export const SOME_PAGE = ''
const NONE: Claim = { registered: false, microphone: 'unknown' }

/** One of them owns the Device (a Web Lock sees to that): its word counts. Without it, the latest that knows something. */
function best(claims: Claim[]): Claim {
  return claims.findLast((claim) => claim.registered) ?? claims.findLast((claim) => claim.microphone !== 'unknown') ?? NONE
}

/**
 * What the pages last said of their Device (RULES R27): a claim with the instant since when it holds. One claim per page, since a second
 * window without the Device does not make the first one's unreachable.
 */
export function createDeviceReport(clock: Clock, onError: (error: unknown) => void) {
  const changes = createEmitter<void>(onError)
  const claims = new Map<string, Claim>()
  let current = NONE
  let registeredSince: string | null = null
  const settle = (): void => {
    const next = best([...claims.values()])
    if (next.registered === current.registered && next.microphone === current.microphone) return
    if (next.registered !== current.registered) registeredSince = next.registered ? clock.now().toISOString() : null
    current = next
    changes.emit()
  }
  return {
    set({ registered, microphone }: Claim, page: string = SOME_PAGE): void {
      claims.delete(page) // the latest is the last
      claims.set(page, { registered, microphone })
      settle()
    },
    /** The page is gone, and its Device with it. */
    drop(page: string = SOME_PAGE): void {
      if (claims.delete(page)) settle()
    },
    get: () => ({ ...current, registeredSince }),
    onChange: (listener: () => void): (() => void) => changes.on(listener),
  }
}
export type DeviceReport = ReturnType<typeof createDeviceReport>
