import type { Joined } from '../calls/join.ts'
import type { Missed } from './missed.ts'
import type { Records } from './records.ts'

/** What follows for records when facts were joined into a call: inside the same transaction, after the facts were told. */
export function createFollow(records: Pick<Records, 'move' | 'tell'>, missed: Missed): (joined: Joined) => void {
  return ({ callId, merged, hasNewViewer, record }) => {
    for (const from of merged) {
      records.move(from, callId)
      missed.merge(from, callId)
    }
    if (hasNewViewer) records.tell(callId)
    if (record) missed.learn(record)
  }
}
