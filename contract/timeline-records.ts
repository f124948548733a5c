import type { RecordOf } from './record.ts'
import type { KnownRecord } from './record-check.ts'
import type { Draft } from './timeline-order.ts'

const person = (record: KnownRecord, what: string, params: Draft['params']): Draft[] => [
  { at: record.at, clock: 'relay', source: 'person', what, params: { userId: record.byUserId, ...params }, legId: null, stage: 10 },
]

/** What devices witnessed of a call, and what people and the relay did about it after. */
export const recordDrafts = (records: readonly KnownRecord[]): Draft[] => records.flatMap(draftsOf)

function draftsOf(record: KnownRecord): Draft[] {
  if (record.value === null) return []
  if (record.kind === 'trace') return witnessed(record)
  if (record.kind === 'missed') return person(record, 'dealt-with', { how: record.value.how, byCallId: record.value.byCallId })
  if (record.kind === 'heard') return person(record, 'listened', { sid: record.recordId.split(':')[0] ?? '' })
  if (record.kind !== 'transcript') return []
  const { status, provider } = record.value
  const sid = record.recordId
  return [
    { at: record.at, clock: 'relay', source: 'webhook', what: 'transcribed', params: { status, provider, sid }, legId: sid, stage: 8 },
  ]
}

function witnessed({ recordId, byUserId, value }: RecordOf<'trace'>): Draft[] {
  const deviceId = recordId.split(':').at(-1) ?? ''
  return (value?.entries ?? []).map(({ at, name, detail }) => ({
    at,
    clock: 'desktop',
    source: 'sdk',
    what: 'sdk',
    params: { name, detail, userId: byUserId, deviceId },
    legId: null,
    stage: 3,
  }))
}
