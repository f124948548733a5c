import { Compile } from 'typebox/compile'
import { isRecordKind, recordValues, type RecordKind, type RecordOf, type UserRecord } from './record.ts'

/** A record of a kind this version knows, its value checked. */
export type KnownRecord = { [K in RecordKind]: RecordOf<K> }[RecordKind]

const checks = new Map<RecordKind, { Check(value: unknown): boolean }>()
const checkOf = (kind: RecordKind) => {
  const check = checks.get(kind) ?? Compile(recordValues[kind])
  checks.set(kind, check)
  return check
}

/** Whether this version understands the record: another is kept and shown to nobody. Gone (null) is understood. */
export function isKnownRecord(record: UserRecord): record is KnownRecord {
  return isRecordKind(record.kind) && (record.value === null || checkOf(record.kind).Check(record.value))
}
