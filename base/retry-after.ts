/** What an HTTP `Retry-After` asks for in ms: seconds or a date; `now` in ms. Undefined when it says nothing that can be read. */
export function retryAfterMs(header: unknown, now: number): number | undefined {
  if (typeof header !== 'string' && typeof header !== 'number') return undefined
  const text = String(header).trim()
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
