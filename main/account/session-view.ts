import type { SessionView } from '../../contract/desktop.ts'
import type { SessionService } from '../link/session.ts'

/** What the page may know of the session: no token, no key. */
export function sessionView(session: Pick<SessionService, 'record' | 'ended'>, hasSandbox: boolean): SessionView {
  const record = session.record()
  const ended = session.ended()
  return {
    state: record ? 'signed-in' : ended ? 'signed-out' : 'first-run',
    user: record ? { ...record.user } : null,
    deviceId: record?.device.deviceId ?? null,
    workspace: record ? { name: record.workspace.name, isSandbox: record.workspace.isSandbox } : null,
    relayUrl: record?.relayUrl ?? null,
    canTrySandbox: !record && hasSandbox,
    voice: record?.voice ?? { signalingUrl: null, soundsUrl: null },
    endedBy: ended?.endedBy ?? null,
  }
}
