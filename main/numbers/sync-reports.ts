import pLimit from 'p-limit'
import type { NumberChange } from '../../contract/number-relay.ts'
import type { SessionService } from '../link/session.ts'
import type { Log } from '../ports.ts'
import type { KeptNumber } from '../store/number-rows.ts'
import type { Store } from '../store/store.ts'
import type { RelayNumbers } from './relay-numbers.ts'

export interface ReportParts {
  session: Pick<SessionService, 'record'>
  relay: Pick<RelayNumbers, 'changes'>
  store: Pick<Store, 'reader' | 'replica'>
  log: Log
}

/** Whether the word still holds: it may have waited long, and the relay may know better by now (the number was bought again, with another SID). */
function stillHolds(change: NumberChange, kept: KeptNumber | undefined): boolean {
  if (!change.hasLeft) return true
  const [told, seen] = [kept?.relay, kept?.remote]
  if (!told || told.details.leftAt !== null) return false
  return seen?.goneAt !== null && (told.sid === null || seen?.sid === null || told.sid === seen?.sid)
}

/**
 * Tells the relay which numbers left or came back. The words are kept with what they speak of, in one transaction, and go when the relay has
 * answered: a relay that is away hears them when the link is up again. One telling at a time; resolves false when the relay was not reached.
 */
export function createReports({ session, relay, store, log }: ReportParts) {
  async function tell(): Promise<boolean> {
    if (session.record()?.user.role !== 'manager') return true
    const owed = await store.reader.numberReports()
    if (owed.length === 0) return true
    const kept = new Map((await store.reader.someNumbers(owed.map((one) => one.phoneNumber))).map((one) => [one.phoneNumber, one]))
    const valid = owed.filter((one) => stillHolds(one, kept.get(one.phoneNumber)))
    try {
      const results = valid.length > 0 ? await relay.changes(valid) : []
      await store.replica.settleReports(owed)
      const refused = results.filter((one) => one.status === 'refused')
      log.info(
        { told: results.length - refused.length, refused, outdated: owed.length - valid.length },
        'sync: the relay was told of numbers that left or came back',
      )
      return true
    } catch (error) {
      log.warn({ owed: owed.length, error: String(error) }, 'sync: the relay will be told later of numbers that left or came back')
      return false
    }
  }
  const oneByOne = pLimit(1) // not a single flight: who asks has just written a word that the one under way has not read
  return () => oneByOne(tell)
}
