import pLimit from 'p-limit'
import { FailureError } from '../../contract/failure.ts'
import type { NumberChange } from '../../contract/number-relay.ts'
import type { Directory } from '../ports.ts'
import { failureOfTwilio } from '../twilio/failures.ts'
import type { TwilioNumbers } from '../twilio/numbers.ts'

export interface DeparturesDeps {
  twilio: Pick<TwilioNumbers, 'exists'>
  directory: Pick<Directory, 'number'>
  /** Twilio is waited for so long, ms: a desktop gives up after ten seconds, and says the rest again. */
  patienceMs?: number
}

/** Questions at once. */
const AT_ONCE = 8

/**
 * That a number has left is a desktop's word, and a desktop may hold another account's credentials, to which every number of ours is unknown.
 * So Twilio is asked by SID with the relay's own key first, outside the writer's transaction; only its 404 proves it (RULES R30).
 */
export function createDepartures({ twilio, directory, patienceMs = 5000 }: DeparturesDeps) {
  const limit = pLimit(AT_ONCE)
  const sidToProve = ({ phoneNumber, hasLeft }: NumberChange): string | undefined => {
    const known = hasLeft ? directory.number(phoneNumber) : undefined
    // What left already says nothing new; what the relay never saw at Twilio nobody can be asked for.
    return known && known.details.leftAt === null ? (known.sid ?? undefined) : undefined
  }
  return {
    /** How long the questions of one request may take together. */
    deadline: (): AbortSignal => AbortSignal.timeout(patienceMs),
    /**
     * Asks Twilio where the change says that its number has left. What it gives belongs into the transaction of the change, before it.
     * @throws FailureError `conflict`: Twilio has the number; `twilio-unreachable`, `twilio-busy`, `twilio-failed`, `account-wrong`: not known, to be said again
     */
    async prove(change: NumberChange, deadline: AbortSignal): Promise<() => void> {
      const sid = sidToProve(change)
      if (sid === undefined) return () => undefined
      const isThere = await limit(() => beforeDeadline(() => twilio.exists(sid), deadline)).catch((error: unknown) => {
        throw failureOfTwilio(error)
      })
      if (isThere) throw new FailureError('conflict', 'Twilio has this number')
      return () => {
        if (directory.number(change.phoneNumber)?.sid !== sid) throw new FailureError('conflict', 'it came back meanwhile')
      }
    },
  }
}
export type Departures = ReturnType<typeof createDepartures>

const late = () => new FailureError('twilio-unreachable', 'Twilio did not answer in time')

function beforeDeadline<T>(ask: () => Promise<T>, deadline: AbortSignal): Promise<T> {
  if (deadline.aborted) return Promise.reject(late())
  return new Promise((resolve, reject) => {
    const stop = () => reject(late())
    deadline.addEventListener('abort', stop, { once: true })
    void ask()
      .then(resolve, reject)
      .finally(() => deadline.removeEventListener('abort', stop))
  })
}
