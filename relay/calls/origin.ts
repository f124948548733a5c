import { isRepeated, one, type Form } from '../webhooks/form.ts'
import type { Effects } from '../webhooks/intake.ts'
import type { Webhook } from '../webhooks/webhook.ts'
import { reject } from '../twiml/build.ts'

/**
 * Whether a Device is behind a voice request. `From` alone does not say it: a client may have named a parameter `From` (RULES R4). Requests
 * of our numbers never carry an ApplicationSid, since those have URLs of their own (R5), nor what only our desktops send.
 */
export const isFromClient = (form: Form): boolean =>
  one(form, 'From').startsWith('client:') || form.has('ApplicationSid') || [...form.keys()].some((name) => name.startsWith('Lk'))

/** A field that was sent twice: somebody chose a parameter's name to be mistaken for Twilio's. A client's `To` stands beside an empty one. */
export const repeatedField = (form: Form, isClient: boolean): string | undefined =>
  [...form.keys()].find((name) => isRepeated(form, name) && !(isClient && name === 'To'))

/** Refuses a voice request, and tells the managers what was tried. */
export function refuse({ form }: Webhook, effects: Effects, what: string): string {
  const payload = { what, callSid: one(form, 'CallSid').slice(0, 64), identity: one(form, 'From').slice(0, 150) }
  effects.event({ type: 'security.rejected', payload }, { kind: 'managers' })
  return reject()
}
