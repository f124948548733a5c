import { Type } from 'typebox'
import { callStatuses, type RecordingRecord } from '../../contract/call.ts'
import { FailureError } from '../../contract/failure.ts'
import { isSid, sidPattern } from '../../contract/sid.ts'
import type { CallDeps } from '../calls/deps.ts'
import type { Viewer } from '../calls/viewer.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireUser } from '../plugins/session.ts'
import { isHidden } from '../recordings/trash.ts'

const page = {
  limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,2}$' })),
  after: Type.Optional(Type.String({ maxLength: 128 })),
}
const CallLogsQuery = Type.Object({ ...page, status: Type.Optional(Type.Enum([...callStatuses])) }, { additionalProperties: false })
const RecordingsQuery = Type.Object(page, { additionalProperties: false })
const CallSidParams = Type.Object({ callSid: Type.String({ pattern: sidPattern('CA') }) })
const RecordingParams = Type.Object({ sid: Type.String({ pattern: '^(CA|RE)[0-9a-f]{32}$' }) })

/** At most 200 rows. */
const limitOf = (text: string | undefined) => Math.min(200, Number(text ?? 50))

/** History by Twilio's own SIDs: calls, one call, recordings. A page may be short of what is in the trash. */
export function addHistory(app: Relay, { calls, records }: Pick<CallDeps, 'calls' | 'records'>): void {
  const onRequest = requireUser
  const shown = (recordings: RecordingRecord[]) => recordings.filter(({ sid }) => !isHidden(records, sid))
  const recordOf = (callSid: string, viewer: Viewer) => {
    const callId = calls.callOf(callSid)
    const record = callId !== undefined && calls.mayView(callId, viewer) ? calls.record(callId) : undefined
    if (!record) throw new FailureError('not-found', 'no such call')
    return record
  }

  app.get('/api/twilio/call-logs', { onRequest, schema: { querystring: CallLogsQuery } }, ({ query, session }) =>
    calls.page(session, { ...query, limit: limitOf(query.limit) }),
  )
  app.get('/api/twilio/call-logs/:callSid', { onRequest, schema: { params: CallSidParams } }, ({ params, session }) =>
    recordOf(params.callSid, session),
  )
  app.get('/api/twilio/recordings', { onRequest, schema: { querystring: RecordingsQuery } }, ({ query, session }) => {
    const { recordings, next } = calls.recordingsPage(session, { ...query, limit: limitOf(query.limit) })
    return { recordings: shown(recordings), next }
  })
  // CA…: the recordings of that call. RE…: that one.
  app.get('/api/twilio/recordings/:sid', { onRequest, schema: { params: RecordingParams } }, ({ params, session }) =>
    isSid(params.sid, 'CA')
      ? { recordings: shown(recordOf(params.sid, session).recordings) }
      : recordingFor({ calls, records }, params.sid, session),
  )
}

/** A recording this viewer may hear: entitlement is that to its call, now (RULES R33). One in the trash is not played. @throws FailureError `not-found` */
export function recordingFor({ calls, records }: Pick<CallDeps, 'calls' | 'records'>, sid: string, viewer: Viewer) {
  const callId = calls.callOfRecording(sid)
  const record = callId !== undefined && calls.mayView(callId, viewer) ? calls.record(callId) : undefined
  const recording = record?.recordings.find((one) => one.sid === sid)
  if (!recording || isHidden(records, sid)) throw new FailureError('not-found', 'no such recording')
  return recording
}
