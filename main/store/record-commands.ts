import type { RecordCommand } from '../../contract/record.ts'
import type { Join } from './join.ts'
import type { LocalRecord, RecordKey } from './record-table.ts'

/** A record whose command was answered. */
export type SettledRecord = RecordKey & { commandId: string }
type Transaction = <A extends unknown[], R>(work: (...args: A) => R) => (...args: A) => R

/** What this person adds to calls and numbers, before the relay knows. */
export const recordCommands = ({ records, remark, target }: Join, transaction: Transaction) => ({
  /** Shows these until the relay has answered their commands. Returns the calls that look different. */
  putRecords: transaction((changed: readonly LocalRecord[]): string[] => {
    const callIds = new Set<string>()
    for (const record of changed) {
      const callId = record.callId === null ? null : target(record.callId)
      records.put({ ...record, callId })
      if (callId !== null) callIds.add(callId)
    }
    return remark([...callIds])
  }),
  /** The relay answered these commands. Returns the records that waited for it. */
  settleRecords: transaction((answers: readonly { commandId: string; isApplied: boolean }[]): SettledRecord[] => {
    const settled = answers.flatMap(({ commandId, isApplied }) => {
      const key = records.settle(commandId, isApplied)
      return key ? [{ ...key, commandId }] : []
    })
    remark([...new Set(settled.flatMap(({ callId }) => callId ?? []))])
    return settled
  }),
  /** Commands of changes that the relay has not answered, in their order. */
  unansweredRecords: transaction((): RecordCommand[] => records.unanswered()),
})
