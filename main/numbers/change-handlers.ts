import { requireManager } from '../account/manager.ts'
import type { Handlers } from '../bridge/bridge.ts'
import { createNumberChanges } from './change.ts'
import { listDependencies } from './dependencies.ts'
import { numberDetail, type DetailParts } from './detail.ts'
import { createGuard } from './guard.ts'
import { createHolds } from './hold.ts'
import { createReleases, type ReleaseParts } from './release.ts'

type Managed =
  | 'numbers.get'
  | 'numbers.update'
  | 'numbers.assign'
  | 'numbers.drift'
  | 'numbers.restore'
  | 'numbers.acceptDrift'
  | 'numbers.connect'
  | 'numbers.dependencies'
  | 'numbers.hold'
  | 'numbers.unhold'
  | 'numbers.release'
  | 'audit.list'

export type ManageParts = DetailParts & ReleaseParts

/** The bridge's requests that look at one number, or change what there is. Each checks by itself who asks; the relay checks again. */
export function numberChangeHandlers(parts: ManageParts): Pick<Handlers, Managed> {
  const view = (phoneNumber: string) => numberDetail(parts, phoneNumber)
  const changes = createNumberChanges(parts)
  const guard = createGuard({ ...parts, view })
  const holds = createHolds(parts)
  const releases = createReleases(parts)
  return {
    'numbers.get': ({ phoneNumber }) => view(phoneNumber),
    'numbers.update': (args) => changes.update(args.changes),
    'numbers.assign': (args) => changes.assign(args),
    'numbers.drift': guard.drift,
    'numbers.restore': guard.restore,
    'numbers.acceptDrift': guard.accept,
    'numbers.connect': guard.connect,
    'numbers.dependencies': ({ phoneNumbers }) => listDependencies(parts, phoneNumbers),
    'numbers.hold': holds.hold,
    'numbers.unhold': holds.unhold,
    'numbers.release': releases.release,
    'audit.list': (args) => {
      requireManager(parts.session)
      return parts.relay.audit(args)
    },
  }
}
