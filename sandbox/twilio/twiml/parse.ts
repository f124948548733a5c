import { elements, recordModes } from './schema.ts'
import type { DialNoun, Method, NounCallback, ParsedTwiml, RecordingCallback, RecordMode, TwimlProblem, Verb } from './verbs.ts'
import { parseXml, type XmlElement } from './xml.ts'

const MOST_BYTES = 65_536
const MOST_NOUNS = 10
const MOST_PARAMETERS = 8
const MOST_SAY_CHARACTERS = 4096

/** `text/xml` and `application/xml`, as Twilio's error 12300 asks; both may carry a charset. */
const isXml = (contentType: string): boolean => /^(text|application)\/([\w.-]+\+)?xml\s*(;|$)/i.test(contentType.trim())

/**
 * TwiML as typed verbs. What Twilio cannot run is a problem (too large 11750, wrong type 12300, no XML 12100, wrong root 12102, an element it
 * does not know there 12200); an unknown attribute or impossible value is a warning (12200) and left out.
 */
export function parseTwiml(body: Uint8Array, contentType: string): ParsedTwiml {
  const warnings: TwimlProblem[] = []
  const fail = (code: number, message: string): ParsedTwiml => ({ ok: false, problem: { code, message }, warnings })
  if (body.byteLength > MOST_BYTES) return fail(11_750, `TwiML of ${body.byteLength} bytes: at most ${MOST_BYTES}`)
  if (!isXml(contentType)) return fail(12_300, `Content-Type '${contentType}' is no TwiML`)
  const root = parseXml(Buffer.from(body).toString('utf8'))
  if (typeof root === 'string') return fail(12_100, root)
  if (root.name !== 'Response') return fail(12_102, `the root is <${root.name}>`)
  const misfit = check(root, warnings)
  if (misfit) return { ok: false, problem: misfit, warnings }
  return { ok: true, verbs: root.children.map((child) => verbOf(child, warnings)), warnings }
}

/** Checks attributes and nesting all the way down; wrong attributes are taken out. Returns the first element that may not be where it is. */
function check(element: XmlElement, warnings: TwimlProblem[]): TwimlProblem | undefined {
  const rule = elements[element.name]!
  for (const [name, value] of Object.entries(element.attributes)) {
    const isRight = Object.hasOwn(rule.attributes, name) ? rule.attributes[name]! : undefined
    if (isRight?.(value)) continue
    const what = isRight ? `has the impossible value '${value}'` : 'is unknown'
    warnings.push({ code: 12_200, message: `attribute '${name}' of <${element.name}> ${what}` })
    delete element.attributes[name]
  }
  if (rule.children[0] === '*') return undefined
  for (const child of element.children) {
    if (!rule.children.includes(child.name)) return { code: 12_200, message: `<${child.name}> is not known in <${element.name}>` }
    const misfit = check(child, warnings)
    if (misfit) return misfit
  }
  return undefined
}

function verbOf(element: XmlElement, warnings: TwimlProblem[]): Verb {
  const { attributes, text } = element
  const loop = Number(attributes['loop'] ?? 1)
  switch (element.name) {
    case 'Dial':
      return dialOf(element, warnings)
    case 'Record':
      return recordOf(attributes)
    case 'Say':
      if (text.length > MOST_SAY_CHARACTERS) warnings.push({ code: 13_510, message: `Say of ${text.length} characters` })
      return { verb: 'Say', text: text.slice(0, MOST_SAY_CHARACTERS).trim(), loop, ...pick(attributes, 'voice', 'language') }
    case 'Play':
      return { verb: 'Play', url: text.trim(), loop, ...pick(attributes, 'digits') }
    case 'Pause':
      return { verb: 'Pause', seconds: Number(attributes['length'] ?? 1) }
    case 'Redirect':
      return { verb: 'Redirect', url: text.trim(), method: methodOf(attributes['method']) }
    case 'Reject':
      return { verb: 'Reject', reason: attributes['reason'] === 'busy' ? 'busy' : 'rejected' }
    default:
      return { verb: 'Hangup' }
  }
}

function dialOf({ attributes, children, text }: XmlElement, warnings: TwimlProblem[]): Verb {
  const nouns = children.map((child) => nounOf(child, warnings))
  if (!children.length && text.trim())
    nouns.push({ noun: 'Number', number: text.trim(), method: 'POST', statusCallbackMethod: 'POST', statusCallbackEvents: [] })
  if (nouns.length > MOST_NOUNS) warnings.push({ code: 13_250, message: `Dial with ${nouns.length} nouns: at most ${MOST_NOUNS}` })
  return {
    verb: 'Dial',
    ...pick(attributes, 'action', 'callerId'),
    method: methodOf(attributes['method']),
    timeoutSeconds: Number(attributes['timeout'] ?? 30),
    timeLimitSeconds: Number(attributes['timeLimit'] ?? 14_400),
    isAnswerOnBridge: isTrue(attributes['answerOnBridge']),
    isHangupOnStar: isTrue(attributes['hangupOnStar']),
    isSequential: isTrue(attributes['sequential']),
    record: recordMode(attributes['record']),
    nouns: nouns.slice(0, MOST_NOUNS),
    ...recordingCallback(attributes),
  }
}

function nounOf({ name, attributes, children, text }: XmlElement, warnings: TwimlProblem[]): DialNoun {
  const callback: NounCallback = {
    ...pick(attributes, 'url', 'statusCallback'),
    method: methodOf(attributes['method']),
    statusCallbackMethod: methodOf(attributes['statusCallbackMethod']),
    statusCallbackEvents: attributes['statusCallbackEvent']?.split(/\s+/) ?? ['completed'],
  }
  if (name === 'Number') return { noun: 'Number', number: text.trim(), ...callback, ...pick(attributes, 'sendDigits') }
  const identity = children.find((child) => child.name === 'Identity')
  const parameters = children.filter((child) => child.name === 'Parameter')
  if (parameters.length && !identity) warnings.push({ code: 12_200, message: 'Client with Parameter needs Identity' })
  if (parameters.length > MOST_PARAMETERS) {
    warnings.push({ code: 13_251, message: `Client with ${parameters.length} parameters: at most ${MOST_PARAMETERS}` })
  }
  const pairs = parameters.slice(0, MOST_PARAMETERS).map(({ attributes: one }) => [one['name'] ?? '', one['value'] ?? ''] as const)
  return { noun: 'Client', identity: (identity?.text ?? text).trim(), params: Object.fromEntries(pairs), ...callback }
}

function recordOf(attributes: Record<string, string>): Verb {
  return {
    verb: 'Record',
    ...pick(attributes, 'action', 'transcribeCallback'),
    method: methodOf(attributes['method']),
    timeoutSeconds: Number(attributes['timeout'] ?? 5),
    maxLengthSeconds: Number(attributes['maxLength'] ?? 3600),
    finishOnKey: attributes['finishOnKey'] ?? '1234567890*#',
    isPlayBeep: attributes['playBeep'] === undefined || isTrue(attributes['playBeep']),
    isTranscribed: isTrue(attributes['transcribe']),
    ...recordingCallback(attributes),
  }
}

const recordingCallback = (attributes: Record<string, string>): RecordingCallback => ({
  ...pick(attributes, 'recordingStatusCallback'),
  recordingStatusCallbackMethod: methodOf(attributes['recordingStatusCallbackMethod']),
  recordingStatusCallbackEvents: attributes['recordingStatusCallbackEvent']?.split(/\s+/) ?? ['completed'],
})

function recordMode(value: string | undefined): RecordMode {
  if (value === 'true') return 'record-from-answer'
  return recordModes.find((mode) => mode === value) ?? 'do-not-record'
}

/** Only those that are there: absent and empty differ (action="" is the current URL). */
function pick<K extends string>(attributes: Record<string, string>, ...names: K[]): Partial<Record<K, string>> {
  return Object.fromEntries(names.filter((name) => attributes[name] !== undefined).map((name) => [name, attributes[name]])) as Partial<
    Record<K, string>
  >
}

const methodOf = (value: string | undefined): Method => (value?.toUpperCase() === 'GET' ? 'GET' : 'POST')
const isTrue = (value: string | undefined): boolean => value?.toLowerCase() === 'true'
