// Connection overrides (RULES R15). Twilio reads them from the fragment, and signs the URL without it.
const VOICE = '#ct=1500&rt=3000&tt=6000&rc=1&rp=ct,rt,5xx'
const CALLBACK = '#rc=3&rp=5xx,ct,rt&ct=1500&rt=3000&tt=14000'

/** Where in which call a URL belongs (RULES R2): only characters that nobody re-encodes. */
export interface Place {
  callId: string
  legId: string
  step: string
}

/** The URLs the relay gives to Twilio, below its public address (no slash at its end). */
export function createUrls(serverUrl: string) {
  const at = (path: string, { callId, legId, step }: Place) => `${serverUrl}/api/twilio/${path}?c=${callId}&l=${legId}&s=${step}`
  return {
    dialAction: (place: Place) => at('dial-action', place) + VOICE,
    voicemailAction: (place: Place) => at('voicemail-callback', place) + VOICE,
    status: (place: Place) => at('status-callback', place) + CALLBACK,
    recording: (place: Place) => at('recording-callback', place) + CALLBACK,
    /** Where Twilio finds a greeting's sound. */
    greeting: (mediaId: string) => `${serverUrl}/api/twilio/greetings/${mediaId}`,
    transcription: (place: Place) => at('transcription-callback', place) + CALLBACK,
    /** What every number, and the TwiML app, is configured with (RULES R5). */
    number: {
      voiceUrl: `${serverUrl}/api/twilio/twiml${VOICE}`,
      voiceFallbackUrl: `${serverUrl}/api/twilio/fallback${VOICE}`,
      statusCallback: `${serverUrl}/api/twilio/status-callback${CALLBACK}`,
    },
  }
}
export type Urls = ReturnType<typeof createUrls>
