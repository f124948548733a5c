import { BackfillState } from '../../contract/history.ts'
import type { Handlers } from '../bridge/bridge.ts'
import type { SessionService } from '../link/session.ts'

type Args = Parameters<Handlers['history.backfill']>[0]

/**
 * The relay's job that reads older calls from Twilio, for managers. How it goes on is told by the relay's log.
 * @throws FailureError `forbidden` for staff, `conflict`, `bad-request`, `relay-unreachable`, `not-signed-in`
 */
export const backfillHandlers = ({ session }: { session: Pick<SessionService, 'request'> }) => ({
  'history.backfill': (args: Args): Promise<BackfillState> => {
    if (args.action === 'get') return session.request({ method: 'GET', path: '/api/backfill' }, BackfillState)
    const [path, body] = args.action === 'stop' ? ['/api/backfill/stop', {}] : ['/api/backfill', { from: args.from }]
    return session.request({ method: 'POST', path, body }, BackfillState)
  },
})
