import type { CallRecord } from '../../contract/call.ts'
import { FailureError } from '../../contract/failure.ts'
import type { Calls } from '../calls/store.ts'
import type { Viewer } from '../calls/viewer.ts'

/** The call a record is about, as this viewer may see it. @throws FailureError `bad-request`, `not-found`, `forbidden` */
export function callFor(calls: Calls, callId: string | null, viewer: Viewer): CallRecord {
  if (callId === null) throw new FailureError('bad-request', 'a call is needed')
  const record = calls.record(callId)
  if (!record) throw new FailureError('not-found', 'no such call')
  if (!calls.mayView(record.callId, viewer)) throw new FailureError('forbidden', 'the call is not for this user')
  return record
}

/** A recording of this call. @throws FailureError `not-found` */
export function recordingOf(call: CallRecord, sid: string): CallRecord['recordings'][number] {
  const recording = call.recordings.find((one) => one.sid === sid)
  if (!recording) throw new FailureError('not-found', 'no such recording of this call')
  return recording
}
