import { callRecordHandlers, type CallRecordParts } from './call-records.ts'
import { missedHandlers } from './missed.ts'
import { recordingHandlers, type RecordingParts } from './recordings.ts'

/** What main answers of calls and of what people added to them. */
export const historyHandlers = (parts: CallRecordParts & RecordingParts) => ({
  ...callRecordHandlers(parts),
  ...missedHandlers(parts),
  ...recordingHandlers(parts),
})
