import { createHmac } from 'node:crypto'

/** Parameters of a request, in order; a name may occur more than once. */
export type Pairs = readonly (readonly [string, string])[]

/**
 * `X-Twilio-Signature` of a request: base64 of HMAC-SHA1, keyed by the account's primary auth token, over the URL (without fragment) and every
 * POST parameter's name and value, sorted by name; a repeated name counts once per different value. GET requests have no parameters here:
 * theirs are in the URL. Written from https://www.twilio.com/docs/usage/security, not with Twilio's library, so that the two can disagree.
 */
export function signWebhook(authToken: string, url: string, params: Pairs | Record<string, string>): string {
  const pairs = Array.isArray(params) ? (params as Pairs) : Object.entries(params as Record<string, string>)
  const values = new Map<string, Set<string>>()
  for (const [name, value] of pairs) values.set(name, (values.get(name) ?? new Set()).add(value))
  let text = url.replace(/#.*$/s, '')
  for (const name of [...values.keys()].toSorted(byCodeUnit)) {
    for (const value of [...values.get(name)!].toSorted(byCodeUnit)) text += name + value
  }
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64')
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
