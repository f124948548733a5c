import type { CallRecord } from '../../contract/call.ts'
import type { CallEvent } from './call-machine.ts'
import { wordOf } from './relay-word.ts'

export interface WordPorts {
  /** The joined record of a call, or undefined when nothing is known of it yet. */
  record(callId: string): Promise<CallRecord | undefined>
  onCallsChanged(listener: (callIds: string[]) => void): () => void
  timing: { wordMs: number }
}

/**
 * Asks what the relay knows of a call, now and at each change, until it says how the call ended or the time for it is over (RULES R24).
 * @returns what stops asking. A call without an id of ours is never told of.
 */
export function awaitWord(
  call: { callId: string | undefined; sid: string | undefined },
  ports: WordPorts,
  tell: (event: CallEvent) => void,
) {
  const { callId, sid } = call
  const timer = setTimeout(() => tell({ type: 'no-word' }), ports.timing.wordMs)
  const ask = async () => {
    const record = callId ? await ports.record(callId) : undefined
    const word = record && wordOf(record, sid)
    if (word) tell(word)
  }
  const off = ports.onCallsChanged((ids) => void (callId && ids.includes(callId) && ask()))
  void ask()
  return () => {
    clearTimeout(timer)
    off()
  }
}
