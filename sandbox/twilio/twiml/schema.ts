// Which attributes and children each element may have, and which values. From Twilio's TwiML reference and the types of its library 6.2.0.

type Check = (value: string) => boolean

export interface ElementRule {
  attributes: Record<string, Check>
  children: readonly string[]
}

const anything: Check = () => true
const boolean: Check = (value) => /^(true|false)$/i.test(value)
const method: Check = (value) => /^(GET|POST)$/i.test(value)
const integer =
  (least: number, most: number): Check =>
  (value) =>
    /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value)
const someOf =
  (...values: string[]): Check =>
  (value) =>
    value.split(/\s+/).every((one) => values.includes(one))

const progressEvents = someOf('initiated', 'ringing', 'answered', 'completed')
const recordingCallback = {
  recordingStatusCallback: anything,
  recordingStatusCallbackMethod: method,
  recordingStatusCallbackEvent: someOf('in-progress', 'completed', 'absent', 'failed'),
  recordingConfigurationId: anything,
}
const trim = oneOf('trim-silence', 'do-not-trim')
const nounAttributes = {
  url: anything,
  method,
  statusCallback: anything,
  statusCallbackEvent: progressEvents,
  statusCallbackMethod: method,
}
const machineDetection = {
  machineDetection: anything,
  machineDetectionTimeout: integer(3, 59),
  machineDetectionSpeechThreshold: integer(1000, 6000),
  machineDetectionSpeechEndThreshold: integer(500, 5000),
  machineDetectionSilenceTimeout: integer(2000, 10_000),
  amdStatusCallback: anything,
  amdStatusCallbackMethod: method,
}
export const recordModes = [
  'do-not-record',
  'record-from-answer',
  'record-from-answer-dual',
  'record-from-ringing',
  'record-from-ringing-dual',
] as const

const dial = {
  action: anything,
  method,
  timeout: integer(5, 600),
  timeLimit: integer(1, 86_400),
  callerId: anything,
  answerOnBridge: boolean,
  hangupOnStar: boolean,
  record: oneOf(...recordModes, 'true', 'false'),
  trim,
  recordingTrack: oneOf('inbound', 'outbound', 'both'),
  ...recordingCallback,
  ringTone: anything,
  sequential: boolean,
  referUrl: anything,
  referMethod: method,
  events: anything,
  passports: anything,
  callReason: anything,
}
const record = {
  action: anything,
  method,
  timeout: integer(0, 14_400),
  finishOnKey: (value: string) => /^[0-9*#]*$/.test(value),
  maxLength: integer(1, 86_400),
  playBeep: boolean,
  trim,
  ...recordingCallback,
  transcribe: boolean,
  transcribeCallback: anything,
}

/** The elements the engine runs. */
export const elements: Record<string, ElementRule> = {
  Response: { attributes: {}, children: ['Dial', 'Say', 'Play', 'Pause', 'Record', 'Redirect', 'Reject', 'Hangup'] },
  Dial: { attributes: dial, children: ['Number', 'Client'] },
  Number: {
    attributes: { ...nounAttributes, sendDigits: (value) => /^[0-9*#wW]*$/.test(value), byoc: anything, ...machineDetection },
    children: [],
  },
  Client: { attributes: { ...nounAttributes, clientNotificationUrl: anything }, children: ['Identity', 'Parameter'] },
  Identity: { attributes: {}, children: [] },
  Parameter: { attributes: { name: anything, value: anything }, children: [] },
  Say: { attributes: { voice: anything, language: anything, loop: integer(0, 1000) }, children: ['*'] },
  Play: { attributes: { loop: integer(0, 1000), digits: (value) => /^[0-9*#wW]+$/.test(value) }, children: [] },
  Pause: { attributes: { length: integer(0, 180) }, children: [] },
  Record: { attributes: record, children: [] },
  Redirect: { attributes: { method }, children: [] },
  Reject: { attributes: { reason: oneOf('rejected', 'busy') }, children: [] },
  Hangup: { attributes: {}, children: [] },
}
