const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
const isTwilio = (hostname: string): boolean => hostname === 'twilio.com' || hostname.endsWith('.twilio.com')

/**
 * Where Twilio's REST is asked instead of at Twilio (a sandbox on this computer), as an origin; undefined for Twilio itself.
 * @throws Error with a sentence that names the setting: credentials are sent to nobody else
 */
export function twilioApiBase(setting: string | undefined): string | undefined {
  if (!setting) return undefined
  const url = URL.parse(setting)
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`TWILIO_API_BASE is no URL: ${setting}`)
  if (isTwilio(url.hostname) && url.protocol === 'https:') return undefined
  if (!LOOPBACK.has(url.hostname)) throw new Error(`TWILIO_API_BASE must be a sandbox on this computer (127.0.0.1), not ${url.host}`)
  return url.origin
}
