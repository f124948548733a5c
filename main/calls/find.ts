import type { CallFilter } from '../../contract/history.ts'
import { FailureError } from '../../contract/failure.ts'
import type { PreferenceService } from '../account/preferences.ts'
import type { Handlers } from '../bridge/bridge.ts'
import type { Store } from '../store/store.ts'

type Args<N extends 'calls.page' | 'calls.search' | 'calls.count'> = Parameters<Handlers[N]>[0]

/** Calls counted in one turn of the reader: other lists need not wait longer for theirs. */
const TURN = 20_000

export interface FindParts {
  store: { reader: Pick<Store['reader'], 'calls' | 'searchCalls' | 'countCalls'> }
  preferences: Pick<PreferenceService, 'get'>
}

/** @throws FailureError `bad-request`: a list's end, or an instant, that nobody was given */
function check({ after, filter = {} }: { after?: string | undefined; filter?: CallFilter | undefined }): void {
  if (after !== undefined && !/^\d{1,16}$/.test(after)) throw new FailureError('bad-request', 'after is no page’s next')
  for (const instant of [filter.from, filter.to])
    if (instant !== undefined && Number.isNaN(Date.parse(instant))) throw new FailureError('bad-request', `${instant} is no instant`)
}

/** Lists of calls: filtered, searched, counted. */
export const findHandlers = ({ store, preferences }: FindParts) => ({
  'calls.page': async ({ limit, after, filter }: Args<'calls.page'>) => {
    check({ after, filter })
    return store.reader.calls(limit, after, filter)
  },
  'calls.search': async ({ text, limit, after, filter }: Args<'calls.search'>) => {
    check({ after, filter })
    const { country } = await preferences.get()
    return store.reader.searchCalls({ text, filter, country }, limit, after)
  },
  'calls.count': async ({ filter, text, most }: Args<'calls.count'>) => {
    check({ filter })
    const { country } = await preferences.get()
    let count = 0
    for (let after: string | null | undefined; after !== null && count < most;) {
      const some = await store.reader.countCalls({ text, filter, country }, Math.min(TURN, most - count), after)
      count += some.count
      after = some.next
    }
    return { count }
  },
})
