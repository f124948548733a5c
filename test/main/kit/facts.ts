import type { CallFact } from '../../../contract/call.ts'

const at = '2026-11-21T10:00:00.000Z'
export const fact = (subject: string, field: string, value: CallFact['value'], source: CallFact['source'] = 'relay'): CallFact => ({
  subject,
  field,
  value,
  source,
  at,
})

/** What a relay knows at the first webhook of a call from outside. */
export const incomingFacts = (startedAt = at, from = '+14155552671'): CallFact[] => [
  fact('call', 'direction', 'incoming'),
  fact('call', 'from', from, 'webhook'),
  fact('call', 'ourNumber', '+14155550100'),
  fact('call', 'startedAt', startedAt),
]

/** What a desktop knows of a call it places. */
export const outgoingFacts = (startedAt = at): CallFact[] => [
  fact('call', 'direction', 'outgoing', 'sdk'),
  fact('call', 'to', '+15005550102', 'sdk'),
  fact('call', 'startedAt', startedAt, 'sdk'),
]
