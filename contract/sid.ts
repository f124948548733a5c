/** Twilio's identifiers: two letters and 32 hex digits. */
export type SidPrefix = 'AC' | 'AD' | 'AP' | 'BU' | 'CA' | 'PN' | 'RE' | 'SK'

/** Whether `text` is a SID of this kind. */
export const isSid = (text: unknown, prefix: SidPrefix): text is string =>
  typeof text === 'string' && text.startsWith(prefix) && /^[A-Z]{2}[0-9a-f]{32}$/.test(text)

export const sidPattern = (prefix: SidPrefix) => `^${prefix}[0-9a-f]{32}$`

/** Our own ids in URLs and TwiML: Twilio signs the query, so only characters that nobody re-encodes (RULES R2). */
export const ID_PATTERN = '^[A-Za-z0-9_-]{1,64}$'

/** `u<user>_d<device>`: one Twilio identity per device (RULES R3), alphanumeric and underscore, at most 121 characters. */
export const identityOf = (userId: string, deviceId: string) => `u${userId}_d${deviceId}`

/** The user and device of an identity of ours, or undefined. */
export function parseIdentity(identity: string): { userId: string; deviceId: string } | undefined {
  const match = /^u([A-Za-z0-9]+)_d([A-Za-z0-9]+)$/.exec(identity.replace(/^client:/, ''))
  return match?.[1] && match[2] ? { userId: match[1], deviceId: match[2] } : undefined
}
