import type twilio from 'twilio'
import { settingKeys, type NumberSettings } from '../../contract/number.ts'

export interface TwilioNumber {
  sid: string
  phoneNumber: string
  name: string
  settings: NumberSettings
}
export interface VoiceUrls {
  voiceUrl: string
  voiceFallbackUrl: string
  statusCallback: string
}

/** The numbers of the Twilio account: which there are, and where they ask. */
export interface TwilioNumbers {
  /** All of them: followed to the last page. @throws when any page fails, or a SID comes twice (the list moved meanwhile). */
  list(): Promise<TwilioNumber[]>
  /** False only when Twilio says 404. */
  exists(sid: string): Promise<boolean>
  /** Gives the settings as Twilio answers that they are now. */
  configureNumber(number: TwilioNumber, urls: VoiceUrls): Promise<NumberSettings>
  configureApp(urls: VoiceUrls): Promise<void>
}

const POSTED = { voiceMethod: 'POST', voiceFallbackMethod: 'POST', statusCallbackMethod: 'POST' } as const

/** What Twilio says of a number, by the client's names; it leaves out what a number cannot have. */
type Wire = Partial<Record<keyof NumberSettings, unknown>>

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

/** Unset is "" or null at Twilio (facts/twilio.md §A.1), '' here. Always in the same order. */
export const settingsOf = (row: Wire): NumberSettings =>
  Object.fromEntries(settingKeys.map((key) => [key, text(row[key])])) as NumberSettings

/** Over REST (RULES R5, R30). */
export function createTwilioNumbers(client: twilio.Twilio, twimlAppSid: string): TwilioNumbers {
  return {
    async list() {
      const rows = await client.incomingPhoneNumbers.list({ pageSize: 1000 })
      if (new Set(rows.map((row) => row.sid)).size < rows.length) throw new Error('the list of numbers changed while it was read')
      return rows.map((row) => ({
        sid: row.sid,
        phoneNumber: row.phoneNumber,
        name: row.friendlyName || row.phoneNumber,
        settings: settingsOf(row),
      }))
    },
    async exists(sid) {
      try {
        await client.incomingPhoneNumbers(sid).fetch()
        return true
      } catch (error) {
        if ((error as { status?: unknown }).status === 404) return false
        throw error
      }
    },
    async configureNumber({ sid, settings }, urls) {
      // Set, it makes Twilio ignore every voice URL of the number (RULES R5).
      const without = settings.voiceApplicationSid ? { voiceApplicationSid: '' } : {}
      return settingsOf(await client.incomingPhoneNumbers(sid).update({ ...urls, ...POSTED, ...without }))
    },
    async configureApp(urls) {
      await client.applications(twimlAppSid).update({ ...urls, ...POSTED })
    },
  }
}
