import type { FastifyRequest } from 'fastify'
import { FailureError } from '../../contract/failure.ts'
import type { CallDeps } from '../calls/deps.ts'
import type { Relay } from '../plugins/relay.ts'
import { one, parseForm, type Form } from './form.ts'
import { isSigned, webhookOf, type Webhook } from './webhook.ts'

/** Twilio sends some 2 kB; transcriptions of events are not ours. */
const MAX_BYTES = 65_536

/** In this scope alone, forms are parsed flat: names with brackets and repeated names are what somebody may send to confuse (RULES R12). */
export function parseFlat(app: Relay): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: MAX_BYTES }, (_request, body, done) => {
    try {
      done(null, parseForm(String(body)))
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  })
}

/**
 * The webhook in a request, once its signature is proven. A forged one leaves one line in the log and nothing else.
 * @throws FailureError `forbidden`
 */
export function receive(request: FastifyRequest, { config, intake, log, clock, newId }: CallDeps): Webhook {
  const form = (request.body as Form | undefined) ?? new Map<string, string[]>()
  const url = request.raw.url ?? ''
  const signature = request.headers['x-twilio-signature']
  if (!isSigned(form, config.serverUrl + url, typeof signature === 'string' ? signature : undefined, config.authTokens)) {
    intake.counters.forged++
    log.warn({ path: request.routeOptions.url, callSid: one(form, 'CallSid').slice(0, 40), ip: request.ip }, 'forged webhook')
    throw new FailureError('forbidden', 'the signature is not of this account')
  }
  return webhookOf(url, form, clock.now().toISOString(), newId())
}
