import type { NumberUsage, VoiceWiring } from '../../../contract/number-relay.ts'
import { settingKeys, type NumberSettings } from '../../../contract/number.ts'
import type { HealthInput } from '../../../main/numbers/health.ts'

export const wiring: VoiceWiring = {
  voiceUrl: 'https://relay.example/api/twilio/twiml#ct=1500',
  voiceFallbackUrl: 'https://relay.example/api/twilio/fallback#ct=1500',
  statusCallback: 'https://relay.example/api/twilio/status-callback#rc=3',
}

/** A number's settings as Twilio shows one that is wired to the relay. */
export const settingsOf = (over: Partial<NumberSettings> = {}): NumberSettings => ({
  ...(Object.fromEntries(settingKeys.map((key) => [key, ''])) as NumberSettings),
  ...wiring,
  friendlyName: 'Main line',
  voiceMethod: 'POST',
  voiceFallbackMethod: 'POST',
  statusCallbackMethod: 'POST',
  emergencyStatus: 'Inactive',
  ...over,
})

export const usageOf = (over: Partial<NumberUsage> = {}): NumberUsage => ({
  phoneNumber: '+14155550100',
  calls30: 3,
  talkSeconds30: 120,
  perDay: [],
  lastUsedAt: '2026-11-20T10:00:00.000Z',
  unheard7: 0,
  fallbackAt: null,
  ...over,
})

/** All that is known of a number with which nothing is wrong. */
export const healthy = (over: Partial<HealthInput> = {}, settings: Partial<NumberSettings> = {}): HealthInput => ({
  isActive: true,
  userIds: ['ada'],
  hold: null,
  leftAt: null,
  since: '2026-01-01T00:00:00.000Z',
  monthly: { amount: '1.15', currency: 'USD' },
  remote: { addressRequirements: 'none', emergencyAddressStatus: 'unregistered', settings: settingsOf(settings) },
  remoteAt: '2026-11-21T09:00:00.000Z',
  guard: { baseline: settingsOf(), seen: settingsOf(settings), seenAt: '2026-11-21T08:00:00.000Z' },
  wiring,
  usage: usageOf(),
  usageAt: '2026-11-21T09:30:00.000Z',
  needsBundle: false,
  bundle: null,
  ...over,
})
