import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import twilio from 'twilio'
import { ID_PATTERN } from '../../contract/sid.ts'
import { one, type Form } from './form.ts'

/** A webhook whose signature was checked. */
export interface Webhook {
  form: Form
  /** Path and query as sent. */
  url: string
  /** What the relay put into the URL (RULES R2): call, leg, step. */
  callId: string | undefined
  legId: string | undefined
  step: string
  callSid: string
  /** For the call that this webhook turns out to begin: decided twice, it is the same. */
  newCallId: string
  /** ISO 8601 UTC, our clock. */
  receivedAt: string
}

const ID = new RegExp(ID_PATTERN)
const idIn = (query: URLSearchParams, name: string) => {
  const text = query.get(name)
  return text !== null && ID.test(text) ? text : undefined
}

/**
 * Whether Twilio signed this: HMAC-SHA1 over the public URL (never the one a header claims) and the sorted fields. Two tokens during
 * rotation (RULES R12). The URL as it came is tried first, constant time; what Twilio may have made of it (ports, escapes) is its library's to know.
 */
export function isSigned(form: Form, publicUrl: string, signature: string | undefined, tokens: readonly string[]): boolean {
  if (!signature) return false
  const material = signedMaterial(form, publicUrl)
  const given = Buffer.from(signature)
  if (tokens.some((token) => isEqual(given, Buffer.from(createHmac('sha1', token).update(material).digest('base64'))))) return true
  const fields = Object.fromEntries([...form].map(([name, values]) => [name, values.length === 1 ? values[0] : [...values]]))
  return tokens.some((token) => twilio.validateRequest(token, signature, publicUrl, fields))
}

const isEqual = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b)

/** Twilio's: the URL, then each name with its values, both sorted; a value that is repeated counts once. */
function signedMaterial(form: Form, publicUrl: string): string {
  let material = publicUrl
  for (const name of [...form.keys()].toSorted()) {
    const values = form.get(name) ?? []
    if (values.length === 1) material += name + String(values[0])
    else for (const value of [...new Set(values)].toSorted()) material += name + value
  }
  return material
}

/** The signed material's hash: path, query and sorted fields. The same for every repetition of one request. */
export function webhookKey(url: string, form: Form): string {
  const fields = [...form].map(([name, values]) => [name, ...values.toSorted()]).toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))
  return hash('sha256', JSON.stringify([url, fields]), 'base64url')
}

export function webhookOf(url: string, form: Form, receivedAt: string, newCallId: string): Webhook {
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '')
  return {
    form,
    url,
    callId: idIn(query, 'c'),
    legId: idIn(query, 'l'),
    step: idIn(query, 's') ?? '',
    callSid: one(form, 'CallSid'),
    newCallId,
    receivedAt,
  }
}
