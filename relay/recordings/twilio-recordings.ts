import type { Twilio } from 'twilio'
import type { TwilioRecordings } from './sweeper.ts'

/** Over REST: 204, and 404 when it was deleted before (facts/twilio.md §A.4). The client retries 429 itself for a while. */
export function createTwilioRecordings(client: Twilio): TwilioRecordings {
  return {
    async remove(sid) {
      try {
        await client.recordings(sid).remove()
      } catch (error) {
        if ((error as { status?: unknown }).status !== 404) throw error
      }
    },
  }
}
