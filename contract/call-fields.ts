import type { CallFact, FactSource } from './call.ts'

/**
 * How two facts about the same thing are weighed (RULES R7). In each, a value beats `null` first, and what is still equal is decided
 * by sequence, then by instant, then by the value itself, so that the order is total.
 * `authority`: rest-final > webhook > rest > sdk > relay. A REST answer that is not final lags behind callbacks, hence its place.
 * `progress`: as `authority`, then the status that is further on. `first`: webhook > rest-final > rest > relay > sdk, then the earliest.
 * `ours`: relay > webhook > rest-final > rest > sdk, for what only we decide. `desktop`: the sdk first, for what only it can see.
 * `yes`: true wins, whoever says it.
 */
export type FactPolicy = 'authority' | 'progress' | 'first' | 'ours' | 'desktop' | 'yes'

interface FactField {
  readonly type: 'text' | 'instant' | 'seconds' | 'number' | 'flag' | 'money'
  readonly policy: FactPolicy
  /** Who may write it; `rest` stands for `rest-final` too. The relay refuses an sdk fact of another field. */
  readonly by: readonly Exclude<FactSource, 'rest-final'>[]
}

const field = (type: FactField['type'], policy: FactPolicy, ...by: FactField['by']): FactField => ({ type, policy, by })

/** Of the subject `call`. */
const call = {
  /** incoming | outgoing */
  direction: field('text', 'ours', 'relay', 'webhook', 'rest', 'sdk'),
  /** Twilio's addresses: E.164, `client:…`, `sip:…` or a withheld one. Outgoing: `to` is who was called. */
  from: field('text', 'authority', 'webhook', 'rest', 'sdk', 'relay'),
  to: field('text', 'authority', 'webhook', 'rest', 'sdk', 'relay'),
  /** Which of our numbers was called, or is shown as caller ID. */
  ourNumber: field('text', 'ours', 'relay', 'sdk'),
  /** Who placed it; incoming: who answered it is on the leg. The relay puts the session's own in place of what a desktop claims. */
  userId: field('text', 'ours', 'relay', 'sdk'),
  deviceId: field('text', 'ours', 'relay', 'sdk'),
  startedAt: field('instant', 'first', 'relay', 'webhook', 'rest', 'sdk'),
  /** The relay hung up, or Twilio named a final status of the parent in a TwiML request. */
  endedAt: field('instant', 'first', 'relay', 'webhook'),
  /** Why it never reached Twilio, or was refused: a reason of `outcomeReasons`. */
  failure: field('text', 'ours', 'relay', 'sdk'),
  /** Seconds our ring steps may take altogether, Twilio's 5 s buffer per step included. */
  ringSeconds: field('seconds', 'ours', 'relay'),
  /** Whether ringing was over before the other side gave up: from the Dial's action. */
  rangOut: field('flag', 'yes', 'webhook'),
  /** Long enough after the end Twilio was asked for every leg: of those of which nothing was told nothing will be. */
  legsRead: field('flag', 'yes', 'relay'),
  /** Why nobody was rung: nobody-assigned | number-inactive | number-held | number-unknown | outside-hours | relay-down */
  emptyReason: field('text', 'ours', 'relay'),
  /** userId of who declined it for everybody. */
  declinedBy: field('text', 'ours', 'relay'),
  /** us | them: who hung up, as far as the desktop can tell. */
  endedBy: field('text', 'desktop', 'sdk'),
  /** number | caller: why the relay told Twilio to record it. */
  recordWanted: field('text', 'ours', 'relay'),
  /** A caller's message was to be transcribed: the TwiML said so, and Twilio charges for it. */
  transcriptAsked: field('flag', 'yes', 'relay'),
  /** This record is part of another call (RULES R1). */
  mergedInto: field('text', 'ours', 'relay'),
} as const satisfies Record<string, FactField>

/** Of a subject `leg:…`. */
const leg = {
  sid: field('text', 'authority', 'webhook', 'rest', 'sdk', 'relay'),
  parentSid: field('text', 'authority', 'webhook', 'rest', 'relay'),
  /** device | party */
  role: field('text', 'ours', 'relay', 'webhook', 'rest', 'sdk'),
  userId: field('text', 'ours', 'relay', 'sdk'),
  deviceId: field('text', 'ours', 'relay', 'sdk'),
  from: field('text', 'authority', 'webhook', 'rest', 'relay'),
  to: field('text', 'authority', 'webhook', 'rest', 'relay', 'sdk'),
  /** Twilio's spelling, `initiated` included. From a desktop: what its SDK call amounts to. */
  status: field('text', 'progress', 'webhook', 'rest', 'sdk', 'relay'),
  /** Twilio began with it: of its `initiated` callback. */
  initiatedAt: field('instant', 'first', 'webhook'),
  ringAt: field('instant', 'first', 'webhook', 'rest', 'sdk'),
  answerAt: field('instant', 'first', 'webhook', 'rest', 'sdk'),
  endAt: field('instant', 'first', 'webhook', 'rest', 'sdk', 'relay'),
  durationSeconds: field('seconds', 'authority', 'webhook', 'rest', 'sdk'),
  /** DialBridged of the Dial's action. */
  bridged: field('flag', 'yes', 'webhook'),
  errorCode: field('number', 'authority', 'webhook', 'rest', 'sdk'),
  sipCode: field('number', 'authority', 'webhook'),
  price: field('money', 'authority', 'rest'),
  priceUnit: field('text', 'authority', 'rest'),
  /** False: dialled or skipped although the device was known not to be there. Absent: unknown. */
  reachable: field('flag', 'ours', 'relay'),
  /** answer | decline | hangup: what the person did on this device. */
  clicked: field('text', 'desktop', 'sdk'),
  isMuted: field('flag', 'desktop', 'sdk'),
  mos: field('number', 'desktop', 'sdk'),
  jitterMs: field('number', 'desktop', 'sdk'),
  roundTripMs: field('number', 'desktop', 'sdk'),
  /** 0…1 */
  packetLoss: field('number', 'desktop', 'sdk'),
} as const satisfies Record<string, FactField>

/** Of a subject `rec:RE…`. */
const rec = {
  legSid: field('text', 'authority', 'webhook', 'rest'),
  status: field('text', 'progress', 'webhook', 'rest'),
  source: field('text', 'authority', 'webhook', 'rest'),
  channels: field('number', 'authority', 'webhook', 'rest'),
  durationSeconds: field('seconds', 'authority', 'webhook', 'rest'),
  startedAt: field('instant', 'first', 'webhook', 'rest'),
  errorCode: field('number', 'authority', 'webhook', 'rest'),
  price: field('money', 'authority', 'rest'),
  priceUnit: field('text', 'authority', 'rest'),
  /** Of Twilio's Transcription resources of it: in-progress | completed | failed. They are charged for apart. */
  transcriptStatus: field('text', 'authority', 'rest'),
  transcriptPrice: field('money', 'authority', 'rest'),
  transcriptPriceUnit: field('text', 'authority', 'rest'),
} as const satisfies Record<string, FactField>

/** Every field a fact may have, by kind of subject: its type, who writes it, and how disagreement is settled. */
export const factFields = { call, leg, rec } as const
export type SubjectKind = keyof typeof factFields
export type FieldOf<K extends SubjectKind> = keyof (typeof factFields)[K] & string

/** `call`, `leg` or `rec`. */
export const subjectKind = (subject: string): SubjectKind =>
  subject.startsWith('leg:') ? 'leg' : subject.startsWith('rec:') ? 'rec' : 'call'

/** The rule of a fact's field, or undefined for a field of a later version: it is kept, settled by authority, and read by nobody. */
export function factField(fact: Pick<CallFact, 'subject' | 'field'>): FactField | undefined {
  const fields: Record<string, FactField> = factFields[subjectKind(fact.subject)]
  return Object.hasOwn(fields, fact.field) ? fields[fact.field] : undefined
}

/** Whether a source may write this field at all, and with a value of the right kind. */
export function isFactAllowed(fact: CallFact): boolean {
  const rule = factField(fact)
  const source = fact.source === 'rest-final' ? 'rest' : fact.source
  return rule !== undefined && rule.by.includes(source) && (fact.value === null || isOfType(fact.value, rule.type))
}

function isOfType(value: string | number | boolean, type: FactField['type']): boolean {
  if (type === 'flag') return typeof value === 'boolean'
  if (type === 'number') return Number.isFinite(value)
  if (type === 'seconds') return Number.isInteger(value) && Number(value) >= 0
  if (typeof value !== 'string') return false
  if (type === 'instant') return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value)
  return type === 'money' ? /^-?\d{1,12}(\.\d{1,12})?$/.test(value) : true
}
