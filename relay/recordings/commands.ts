import type { CommandHandler } from '../events/commands.ts'
import type { Trash } from './trash.ts'

/** The outbox's commands about recordings. Inside the transaction. @throws FailureError to refuse for good. */
export function createRecordingCommands(trash: Trash): {
  [N in 'recording.trash' | 'recording.hold']: CommandHandler<N>
} {
  return {
    'recording.trash': ({ sid, isTrashed }, session) => {
      if (isTrashed) trash.put(sid, session)
      else trash.restore(sid, session)
      return undefined
    },
    'recording.hold': ({ sid, note }, session) => {
      trash.hold(sid, note, session)
      return undefined
    },
  }
}
