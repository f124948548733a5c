import { driftOf, type NumberSettings, type SettingDrift, type SettingKey } from '../../contract/number.ts'
import type { VoiceWiring } from '../../contract/number-relay.ts'

// What is written to Twilio to bring a number's settings back, or to point them at us. Pure.

/** The settings that point a number at the relay (RULES R5). */
export const wiredKeys = [
  'voiceUrl',
  'voiceMethod',
  'voiceFallbackUrl',
  'voiceFallbackMethod',
  'statusCallback',
  'statusCallbackMethod',
  'voiceApplicationSid',
  'trunkSid',
  'voiceReceiveMode',
] as const satisfies readonly SettingKey[]

/** Twilio has no way to unset these: a kept '' (never seen set) is left alone. */
const neverEmpty: ReadonlySet<SettingKey> = new Set<SettingKey>([
  'friendlyName',
  'voiceMethod',
  'voiceFallbackMethod',
  'statusCallbackMethod',
  'smsMethod',
  'smsFallbackMethod',
  'voiceReceiveMode',
  'voiceCallerIdLookup',
  'emergencyStatus',
])

/** Whether what a person was shown is what there is now: the same settings, with the same values. Order does not matter. */
export function isAsSeen(drift: readonly SettingDrift[], seen: readonly { key: string; is: string }[]): boolean {
  const shown = new Map(seen.map(({ key, is }) => [key, is]))
  return shown.size === drift.length && drift.every(({ key, is }) => shown.get(key) === is)
}

/**
 * What has to be written so that `now` becomes `kept` again; empty when nothing can or need be. A voice application is never put beside
 * a voice URL (RULES R5), and a fallback never sent without its primary URL (Twilio's 21405).
 */
export function restoration(kept: NumberSettings, now: NumberSettings): Partial<NumberSettings> {
  const writes: Partial<NumberSettings> = {}
  for (const { key, was } of driftOf(kept, now)) {
    const isBesideUrl = key === 'voiceApplicationSid' && was !== '' && kept.voiceUrl !== ''
    if (!isBesideUrl && !(was === '' && neverEmpty.has(key))) writes[key] = was
  }
  if (writes.voiceFallbackUrl && kept.voiceUrl) writes.voiceUrl = kept.voiceUrl
  if (writes.smsFallbackUrl && kept.smsUrl) writes.smsUrl = kept.smsUrl
  // Twilio takes an emergency address and its status together or refuses (22222).
  if (writes.emergencyStatus === 'Active' && kept.emergencyAddressSid) writes.emergencyAddressSid = kept.emergencyAddressSid
  return writes
}

/** What has to be written so that Twilio asks the relay; empty when it does already. */
export function connection(wiring: VoiceWiring, now: NumberSettings): Partial<NumberSettings> {
  const wanted: Record<(typeof wiredKeys)[number], string> = {
    ...wiring,
    voiceMethod: 'POST',
    voiceFallbackMethod: 'POST',
    statusCallbackMethod: 'POST',
    voiceApplicationSid: '',
    trunkSid: '',
    voiceReceiveMode: 'voice',
  }
  const differing = wiredKeys.filter((key) => now[key] !== wanted[key])
  if (differing.length === 0) return {}
  // All of the URLs at once: together they are what Twilio checks.
  const urls = { voiceUrl: wanted.voiceUrl, voiceFallbackUrl: wanted.voiceFallbackUrl, statusCallback: wanted.statusCallback }
  return { ...Object.fromEntries(differing.map((key) => [key, wanted[key]])), ...urls }
}

/**
 * The settings to keep after we wrote some: those keys as Twilio has them now, the others as they were kept. What somebody else changed
 * meanwhile stays drift, and is not accepted by the way. Nothing kept yet: all of `now`.
 */
export function keptAfter(kept: NumberSettings | undefined, now: NumberSettings, written: readonly SettingKey[]): NumberSettings {
  if (!kept) return now
  return { ...kept, ...Object.fromEntries(written.map((key) => [key, now[key]])) }
}
