import { FailureError } from '../../contract/failure.ts'
import type { Handlers } from '../bridge/bridge.ts'
import type { Store } from '../store/store.ts'
import { shownValue, type Author, type RecordChange, type RecordChanges } from './records.ts'

export interface MissedParts {
  store: Pick<Store, 'reader'>
  records: Pick<RecordChanges, 'change'>
}

/** The inbox of missed calls, shared by those who may see the calls. */
export function missedHandlers({ store, records }: MissedParts) {
  async function stateChange(callId: string, isResolved: boolean, author: Author): Promise<RecordChange[]> {
    const state = await store.reader.missedState(callId)
    if (!state) throw new FailureError('not-found', 'no such missed call')
    if ((state === 'closed') === isResolved) return []
    const base = await shownValue(store, 'missed', callId)
    const value = isResolved ? ({ how: 'by-hand', byCallId: null } as const) : null
    const subject = { kind: 'missed', recordId: callId, callId, phoneNumber: null } as const
    return [
      { command: { name: 'record.put', ...subject, base, value }, record: { ...subject, value, at: author.at, byUserId: author.userId } },
    ]
  }
  return {
    'missed.list': async ({ limit, after, includeClosed }: Parameters<Handlers['missed.list']>[0]) => ({
      ...(await store.reader.missedPage(limit, after, includeClosed ?? false)),
      openCount: await store.reader.missedCount(),
    }),
    'missed.resolve': async ({ callIds, isResolved }: Parameters<Handlers['missed.resolve']>[0]) => {
      await records.change(async (author) => {
        const changes = await Promise.all([...new Set(callIds)].map((callId) => stateChange(callId, isResolved, author)))
        return changes.flat()
      })
      return {}
    },
  }
}
