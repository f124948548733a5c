import type { CallFact } from '../../contract/call.ts'
import { isTerminal } from '../../contract/outcome.ts'
import { factsOf } from './facts-of-webhook.ts'

/** What we read of Twilio's Call resource (the client's names). Durations and prices are strings, or null until known. */
export interface RestCall {
  sid: string
  parentCallSid: string | null
  from: string
  to: string
  status: string
  /** inbound | outbound-api | outbound-dial */
  direction: string
  startTime: Date | null
  endTime: Date | null
  dateCreated: Date | null
  dateUpdated: Date | null
  duration: string | null
  price: string | null
  priceUnit: string | null
}

/** What we read of Twilio's Recording resource. */
export interface RestRecording {
  sid: string
  callSid: string | null
  status: string
  source: string | null
  channels: number | null
  duration: string | null
  startTime: Date | null
  dateUpdated: Date | null
  errorCode: number | null
  price: string | null
  priceUnit: string | null
}

const isDate = (date: Date | null): date is Date => date !== null && !Number.isNaN(date.getTime())
const iso = (date: Date | null) => (isDate(date) ? date.toISOString() : null)
const seconds = (text: string | null) => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null)
const decimal = (text: string | null) => (text !== null && /^-?\d{1,12}(\.\d{1,12})?$/.test(text) ? text : null)
const text = (value: string | null) => (value === '' ? null : value)

/** When this was true: by Twilio's clock, so that reading the same twice says the same. */
const learntAt = (row: { dateUpdated: Date | null; startTime: Date | null }) => iso(row.dateUpdated) ?? iso(row.startTime) ?? ''

/** A call that talked began to talk its duration before its end. */
function answerTime({ endTime, duration }: RestCall): string | null {
  const talked = seconds(duration) ?? 0
  return talked > 0 && isDate(endTime) ? new Date(endTime.getTime() - talked * 1000).toISOString() : null
}

/** What a Call resource says of its leg; final once the call is over. */
export function factsOfRestCall(row: RestCall, legId: string): CallFact[] {
  const isOver = isTerminal(row.status)
  const known = {
    sid: row.sid,
    parentSid: text(row.parentCallSid),
    from: text(row.from),
    to: text(row.to),
    status: row.status,
    price: decimal(row.price),
    priceUnit: decimal(row.price) === null ? null : row.priceUnit,
  }
  const end = isOver ? { endAt: iso(row.endTime), answerAt: answerTime(row), durationSeconds: seconds(row.duration) } : {}
  return factsOf(`leg:${legId}`, isOver ? 'rest-final' : 'rest', learntAt(row), { ...known, ...end })
}

/** What a parent's Call resource says of the call itself. */
export function factsOfRestParent(row: RestCall): CallFact[] {
  const isOutgoing = row.from.startsWith('client:') || row.direction.startsWith('outbound')
  const common = { direction: isOutgoing ? 'outgoing' : 'incoming', startedAt: iso(row.startTime) ?? iso(row.dateCreated) }
  return factsOf('call', 'rest', learntAt(row), isOutgoing ? common : { ...common, from: row.from, to: row.to })
}

/** What a Recording resource says. */
export function factsOfRestRecording(row: RestRecording): CallFact[] {
  const isDone = ['completed', 'absent', 'failed', 'deleted'].includes(row.status)
  const price = decimal(row.price)
  return factsOf(`rec:${row.sid}`, isDone ? 'rest-final' : 'rest', learntAt(row), {
    legSid: text(row.callSid),
    status: row.status,
    source: row.source,
    channels: row.channels,
    errorCode: row.errorCode,
    durationSeconds: seconds(row.duration),
    startedAt: iso(row.startTime),
    price,
    priceUnit: price === null ? null : row.priceUnit,
  })
}
