import type { VoiceEdge } from '../contract/relay.ts'
import { hasCall, isLive, type Phone } from './model/phone.ts'
import type { State } from './state/index.ts'
import type { Sdk } from './voice/sdk.ts'

export interface EdgePorts {
  load: (edge: VoiceEdge) => Promise<Sdk>
  reload: () => void
}

const isSame = (a: VoiceEdge, b: VoiceEdge) => a.signalingUrl === b.signalingUrl && a.soundsUrl === b.soundsUrl

/**
 * The SDK takes its signaling when it is loaded, once per page. A session with another edge, signed in to later, would register with the
 * old one and believe itself available: the page is loaded anew then, never during a call.
 * @returns how to get the SDK. @throws FailureError from `load`; then the next need loads again
 */
export function followEdge(state: Pick<State, 'session' | 'phone'>, { load, reload }: EdgePorts) {
  let edge: VoiceEdge | undefined
  let loading: Promise<Sdk> | undefined
  let hasReloaded = false
  const look = () => {
    const { session } = state.session.getState()
    if (hasReloaded || !edge || session?.state !== 'signed-in' || isSame(edge, session.voice) || hasCall(state.phone.getState())) return
    hasReloaded = true
    reload()
  }
  state.session.subscribe(look)
  state.phone.subscribe(look)
  return (wanted: VoiceEdge): Promise<Sdk> => {
    edge ??= wanted
    loading ??= load(edge).catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }
}

/** Asks before the page is closed or loaded anew during a call. */
export const guardCall = (phone: Pick<Phone, 'view'>) => (event: Pick<BeforeUnloadEvent, 'preventDefault'>) => {
  const { call } = phone.view()
  if (call && isLive(call.state)) event.preventDefault()
}
