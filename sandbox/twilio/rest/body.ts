import { RestError, type RestContext } from './http.ts'

/** Whether Twilio would take it as a webhook: http(s), a host without underscores. Loopback hosts are allowed here, since the sandbox is local itself. */
export function isWebhookUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { hostname } = new URL(text)
  return hostname !== '' && !hostname.includes('_')
}

/** Warns of body parameters an operation does not know: Twilio ignores them. */
export function knowParameters(context: RestContext, names: Iterable<string>): void {
  const known = new Set(names)
  for (const name of new Set(context.body.keys())) if (!known.has(name)) context.warn(`unknown parameter ${name}`, 20001)
}

/** A webhook URL parameter: undefined when absent, '' when it is to be unset. @throws RestError with `code` when it is none */
export function urlParameter(body: URLSearchParams, name: string, code: number): string | undefined {
  const text = body.get(name)
  if (text === null || text === '' || isWebhookUrl(text)) return text ?? undefined
  throw new RestError(code, `${name} is not a valid URL: ${text}`)
}

/** GET or POST. @throws RestError 21403 */
export function methodParameter(body: URLSearchParams, name: string): 'GET' | 'POST' | undefined {
  const text = body.get(name)
  if (text === null || text === '') return undefined
  const method = text.toUpperCase()
  if (method === 'GET' || method === 'POST') return method
  throw new RestError(21403, `${name} must be GET or POST, not ${text}`)
}

/** true or false, however it is capitalised. @throws RestError 20001 */
export function booleanParameter(body: URLSearchParams, name: string): boolean | undefined {
  const text = body.get(name)?.toLowerCase()
  if (text === undefined || text === '') return undefined
  if (text === 'true' || text === 'false') return text === 'true'
  throw new RestError(20001, `${name} must be true or false`)
}

/** A friendly name of at most 64 characters. @throws RestError 20001 */
export function friendlyNameParameter(body: URLSearchParams): string | undefined {
  const text = body.get('FriendlyName')
  if (text !== null && text.length > 64) throw new RestError(20001, 'FriendlyName must be 64 characters or less')
  return text ?? undefined
}
