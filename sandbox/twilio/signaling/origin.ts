const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Whether a page of this origin may connect: pages of this machine and those named. Any web page could reach a loopback socket otherwise.
 * No origin at all means no browser.
 */
export function isOriginAllowed(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes(origin)) return true
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return protocol === 'file:' || ((protocol === 'http:' || protocol === 'https:') && LOOPBACK.has(hostname))
}
