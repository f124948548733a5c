import { describe, expect, test } from 'vitest'
import type { RecordValue } from '../../contract/record.ts'
import { noTranscriptReason } from '../../contract/transcript.ts'

const startedAt = '2026-11-21T10:00:00.000Z'
const after = (minutes: number) => Date.parse(startedAt) + minutes * 60_000
const voicemail = { source: 'RecordVerb', status: 'completed', durationSeconds: 12, startedAt }
const transcript = (status: 'completed' | 'failed'): RecordValue<'transcript'> => ({ status, text: 'Hello', provider: 'twilio', sid: null })

describe('why there is no transcript', () => {
  test.each([
    ['there is one', {}, transcript('completed'), 5, null],
    ['one of a recording too long came all the same', { durationSeconds: 300 }, transcript('completed'), 5, null],
    ['Twilio is still at it', {}, null, 5, 'waiting'],
    ['the recording is still being made', { status: 'processing', durationSeconds: null }, null, 0, 'waiting'],
    ['nothing came for an hour', {}, null, 61, 'not-asked'],
    ['nobody knows when it began', { startedAt: null }, null, 5, 'waiting'],
    ['a call was recorded, not a message', { source: 'DialVerb' }, null, 5, 'not-asked'],
    ['it was deleted before', { status: 'deleted' }, null, 5, 'not-asked'],
    ['it holds nothing', { status: 'absent', durationSeconds: null }, null, 5, 'not-asked'],
    ['it is shorter than Twilio takes', { durationSeconds: 1 }, null, 0, 'too-short'],
    ['it is shorter than Twilio takes, and it said so', { durationSeconds: 1 }, transcript('failed'), 5, 'too-short'],
    ['it is as short as may be', { durationSeconds: 2 }, transcript('failed'), 5, 'failed'],
    ['it is as long as may be', { durationSeconds: 120 }, null, 5, 'waiting'],
    ['it is longer than Twilio takes', { durationSeconds: 121 }, transcript('failed'), 5, 'too-long'],
    ['Twilio failed', {}, transcript('failed'), 5, 'failed'],
  ] as const)('%s', (_, over, of, minutes, reason) => {
    expect(noTranscriptReason({ ...voicemail, ...over }, of, after(minutes))).toBe(reason)
  })
})
