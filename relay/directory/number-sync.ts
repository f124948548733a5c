import { singleFlight } from '../../base/single-flight.ts'
import type { Clock, Writer } from '../ports.ts'
import type { TwilioNumber, TwilioNumbers } from '../twilio/numbers.ts'
import type { DirectoryReads, DirectoryWrites } from './directory.ts'

export interface NumberSyncDeps {
  twilio: Pick<TwilioNumbers, 'list' | 'exists'>
  directory: DirectoryReads & DirectoryWrites
  writer: Writer
  clock: Clock
  log: { info(details: object, message: string): void; warn(details: object, message: string): void }
  everyMs: number
  /** Unknown numbers ask for a list at most this often. */
  leastMs?: number
}

/**
 * Keeps the directory's numbers as Twilio lists them (RULES R18, R30): at start, hourly, and when a call comes in for an unknown one.
 * A number that is absent is asked for by SID and goes inactive only on a 404.
 */
export function createNumberSync({ twilio, directory, writer, clock, log, everyMs, leastMs = 5000 }: NumberSyncDeps) {
  let timer: NodeJS.Timeout | undefined
  let listedAt: string | null = null
  let askedAt = -Infinity

  async function run(): Promise<TwilioNumber[]> {
    const listed = await twilio.list()
    const present = new Set(listed.map((number) => number.sid))
    const absent = directory.numbers().filter((number) => number.isActive && number.sid !== null && !present.has(number.sid))
    const gone: typeof absent = []
    for (const number of absent) {
      const isReplaced = listed.some((one) => one.phoneNumber === number.phoneNumber)
      if (!isReplaced && number.sid && !(await twilio.exists(number.sid))) gone.push(number)
    }
    await writer.submit(() => {
      for (const { sid, phoneNumber, name } of listed) directory.putNumber({ sid, phoneNumber, name, isActive: true })
      for (const { sid, phoneNumber, name } of gone) directory.putNumber({ sid, phoneNumber, name, isActive: false })
    })
    listedAt = clock.now().toISOString()
    log.info({ listed: listed.length, gone: gone.length }, 'numbers listed')
    return listed
  }
  const refresh = singleFlight(run)
  const refreshQuietly = () => {
    askedAt = clock.now().getTime()
    void refresh().catch((error: unknown) => log.warn({ err: error }, 'numbers could not be listed'))
  }
  return {
    /** One at a time: who asks while it runs gets its result. */
    refresh,
    /** A call came in for a number that the directory does not know. Returns at once. */
    refreshSoon: () => (clock.now().getTime() - askedAt >= leastMs ? refreshQuietly() : undefined),
    start(): void {
      refreshQuietly()
      timer = setInterval(refreshQuietly, everyMs)
    },
    stop: () => clearInterval(timer),
    listedAt: () => listedAt,
  }
}
export type NumberSync = ReturnType<typeof createNumberSync>
