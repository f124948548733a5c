import { randomBytes } from 'node:crypto'
import type { Clock } from '../ports.ts'

/** What an address is good for: to listen to a recording or a greeting, to save a recording once, to save an export once. */
export type TicketUse =
  | { kind: 'recording'; sid: string }
  | { kind: 'download'; sid: string; fileName: string }
  | { kind: 'export'; exportId: string }
  | { kind: 'greeting'; phoneNumber: string }

export const TICKET_MS = 10 * 60_000
/** Far more than any page has open; beyond it the oldest goes. */
const MOST = 2000

export const MEDIA_PATH = '/media/'

/**
 * Addresses that need nothing but themselves, since an <audio> can send no header: 128 random bits, ten minutes, one thing each. They are
 * in memory alone and never in a log.
 */
export function createTickets(clock: Clock) {
  const tickets = new Map<string, { use: TicketUse; until: number }>()
  const now = () => clock.now().getTime()

  function sweep(): void {
    for (const [ticket, { until }] of tickets) {
      if (until > now() && tickets.size <= MOST) return // they are in the order they were made
      tickets.delete(ticket)
    }
  }

  return {
    /** A path below the page's origin, of either host. */
    issue(use: TicketUse): string {
      sweep()
      const ticket = randomBytes(16).toString('base64url')
      tickets.set(ticket, { use, until: now() + TICKET_MS })
      return MEDIA_PATH + ticket
    },
    /** What the path is good for now. */
    use(path: string): TicketUse | undefined {
      const found = tickets.get(path.slice(MEDIA_PATH.length))
      return path.startsWith(MEDIA_PATH) && found && found.until > now() ? found.use : undefined
    },
    /** It is used up. */
    spend: (path: string): void => void tickets.delete(path.slice(MEDIA_PATH.length)),
    clear: (): void => tickets.clear(),
  }
}
export type Tickets = ReturnType<typeof createTickets>
