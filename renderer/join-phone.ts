import type { Bridge } from '../contract/desktop.ts'
import type { Phone } from './model/phone.ts'
import type { State } from './state/index.ts'

/** Phone and stores know nothing of each other: what each must hear of the other goes through here. */
export function joinPhone(phone: Phone, state: State, bridge: Bridge): void {
  phone.subscribe((view) => {
    state.phone.setState(view, true)
    if (view.lastRang) state.status.getState().rang(view.lastRang.callId)
  })
  bridge.on('call.offered', (offer) => phone.offered(offer))
  phone.onToken((reply) => state.settings.getState().takeNumbers(reply))
}
