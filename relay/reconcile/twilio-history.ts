import type { Twilio } from 'twilio'
import type { RestCall, RestRecording } from '../calls/facts-of-rest.ts'
import type { LegQuestions } from './whole-call.ts'

/** A span of time; calls that began in it. */
export interface Span {
  from: Date
  to: Date
}

/** What Twilio itself remembers. Lists lag behind by seconds. */
export interface TwilioHistory extends LegQuestions {
  /** Legs begun in this span, newest first, at most `limit`. */
  calls(span: Span, limit: number): Promise<RestCall[]>
  recordings(span: Span, limit: number): Promise<RestRecording[]>
}

const isNotFound = (error: unknown) => (error as { status?: unknown }).status === 404

/** Over REST. The client retries 429 itself; other errors pass. */
export function createTwilioHistory(client: Twilio, pageSize = 500): TwilioHistory {
  return {
    calls: ({ from, to }, limit) => client.calls.list({ startTimeAfter: from, startTimeBefore: to, pageSize, limit }),
    async call(sid) {
      try {
        return await client.calls(sid).fetch()
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
    children: (parentCallSid) => client.calls.list({ parentCallSid, pageSize }),
    recordings: ({ from, to }, limit) => client.recordings.list({ dateCreatedAfter: from, dateCreatedBefore: to, pageSize, limit }),
  }
}
