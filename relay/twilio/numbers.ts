import type twilio from 'twilio'

export interface TwilioNumber {
  sid: string
  phoneNumber: string
  name: string
  /** Set: Twilio ignores every voice URL of the number (RULES R5). */
  hasVoiceApplication: boolean
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
  configureNumber(number: TwilioNumber, urls: VoiceUrls): Promise<void>
  configureApp(urls: VoiceUrls): Promise<void>
}

const POSTED = { voiceMethod: 'POST', voiceFallbackMethod: 'POST', statusCallbackMethod: 'POST' } as const

/** Over REST (RULES R5, R30). */
export function createTwilioNumbers(client: twilio.Twilio, twimlAppSid: string): TwilioNumbers {
  return {
    async list() {
      const rows = await client.incomingPhoneNumbers.list({ pageSize: 1000 })
      if (new Set(rows.map((row) => row.sid)).size < rows.length) throw new Error('the list of numbers changed while it was read')
      return rows.map(({ sid, phoneNumber, friendlyName, voiceApplicationSid }) => ({
        sid,
        phoneNumber,
        name: friendlyName || phoneNumber,
        hasVoiceApplication: Boolean(voiceApplicationSid),
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
    async configureNumber({ sid, hasVoiceApplication }, urls) {
      const without = hasVoiceApplication ? { voiceApplicationSid: '' } : {}
      await client.incomingPhoneNumbers(sid).update({ ...urls, ...POSTED, ...without })
    },
    async configureApp(urls) {
      await client.applications(twimlAppSid).update({ ...urls, ...POSTED })
    },
  }
}
