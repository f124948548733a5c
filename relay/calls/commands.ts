import type { Command } from '../../contract/relay.ts'
import { FailureError } from '../../contract/failure.ts'
import type { RequestSession } from '../plugins/session.ts'
import { factsOf } from './facts-of-webhook.ts'
import { createObserve, type ObserveDeps } from './observe.ts'
import type { Ringing } from './ringing.ts'

export interface CommandDeps extends ObserveDeps {
  ringing: Ringing
}

type Named<N extends Command['name']> = Extract<Command, { name: N }>

/** Runs inside the writer's transaction; what it returns is for after the commit. @throws FailureError to refuse for good. */
export type CommandHandler<N extends Command['name']> = (command: Named<N>, session: RequestSession) => (() => void) | undefined

/** The outbox's commands about calls (RULES R18). */
export function createCallCommands(deps: CommandDeps): { [N in Extract<Command['name'], `call.${string}`>]: CommandHandler<N> } {
  const { calls, events, clock, ringing } = deps
  const observe = createObserve(deps)
  return {
    'call.observe': ({ callId, facts }, session) => {
      observe(session, callId, facts)
      return undefined
    },
    'call.decline-everywhere': (command, session) => {
      const record = calls.record(command.callId)
      if (!record || record.direction !== 'incoming') throw new FailureError('not-found', 'no such incoming call')
      if (!calls.mayView(record.callId, session)) throw new FailureError('forbidden', 'the call is not for this user')
      if (record.outcome !== 'ongoing') return undefined
      events.record(record.callId, factsOf('call', 'relay', clock.now().toISOString(), { declinedBy: session.userId }))
      return () => void ringing.stop(record.callId)
    },
  }
}
