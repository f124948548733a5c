import type { DialNoun, DialVerb, TwimlProblem } from '../twiml/verbs.ts'
import type { EngineDeps } from './deps.ts'
import type { LiveCall } from './live-call.ts'

const E164 = /^\+[1-9]\d{6,14}$/

/**
 * Whom the called side sees. A number may be shown the call's own From or To, or a number that is owned or verified; a caller that is a Device
 * has no number, so the Dial must name one (13214). https://www.twilio.com/docs/voice/twiml/dial#callerid
 */
export function callerIdOf({ account }: EngineDeps, live: LiveCall, dial: DialVerb, noun: DialNoun): string | TwimlProblem {
  const { from, to } = live.call
  if (noun.noun === 'Client') return dial.callerId || from
  if (!E164.test(noun.number)) return { code: 13_223, message: `Dial: '${noun.number}' is no phone number` }
  if (!dial.callerId) {
    if (!from.startsWith('client:')) return from
    return { code: 13_214, message: 'Dial: a number called by a client needs a callerId' }
  }
  if (dial.callerId === from || dial.callerId === to || account.ownsNumber(dial.callerId)) return dial.callerId
  return { code: 13_214, message: `Dial: callerId '${dial.callerId}' is neither owned nor verified` }
}
