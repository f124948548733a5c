// TwiML as the engine runs it: typed, with Twilio's defaults filled in.

export type Method = 'GET' | 'POST'

export type RecordMode =
  'do-not-record' | 'record-from-answer' | 'record-from-answer-dual' | 'record-from-ringing' | 'record-from-ringing-dual'

export interface NounCallback {
  url?: string
  method: Method
  statusCallback?: string
  statusCallbackMethod: Method
  statusCallbackEvents: string[]
}
export type DialNoun =
  | (NounCallback & { noun: 'Number'; number: string; sendDigits?: string })
  | (NounCallback & { noun: 'Client'; identity: string; params: Record<string, string> })

/** Where the callbacks of a recording go. */
export interface RecordingCallback {
  recordingStatusCallback?: string
  recordingStatusCallbackMethod: Method
  recordingStatusCallbackEvents: string[]
}

export interface DialVerb extends RecordingCallback {
  verb: 'Dial'
  action?: string
  method: Method
  timeoutSeconds: number
  timeLimitSeconds: number
  callerId?: string
  isAnswerOnBridge: boolean
  isHangupOnStar: boolean
  isSequential: boolean
  record: RecordMode
  nouns: DialNoun[]
}
export interface RecordVerb extends RecordingCallback {
  verb: 'Record'
  action?: string
  method: Method
  timeoutSeconds: number
  maxLengthSeconds: number
  finishOnKey: string
  isPlayBeep: boolean
  isTranscribed: boolean
  transcribeCallback?: string
}
export type Verb =
  | DialVerb
  | RecordVerb
  | { verb: 'Say'; text: string; voice?: string; language?: string; loop: number }
  | { verb: 'Play'; url: string; loop: number; digits?: string }
  | { verb: 'Pause'; seconds: number }
  | { verb: 'Redirect'; url: string; method: Method }
  | { verb: 'Reject'; reason: 'rejected' | 'busy' }
  | { verb: 'Hangup' }

/** Something Twilio would write to its debugger. */
export interface TwimlProblem {
  code: number
  message: string
}

export type ParsedTwiml =
  { ok: true; verbs: Verb[]; warnings: TwimlProblem[] } | { ok: false; problem: TwimlProblem; warnings: TwimlProblem[] }
