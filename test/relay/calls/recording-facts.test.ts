import { expect, test } from 'vitest'
import { factsOfRecording } from '../../../relay/calls/facts-of-webhook.ts'

const sid = `RE${'0'.repeat(32)}`
const form = { RecordingSid: sid, CallSid: `CA${'0'.repeat(32)}`, RecordingSource: 'DialVerb', RecordingChannels: '2' }
const formOf = (fields: Record<string, string>) => new Map(Object.entries(fields).map(([name, value]) => [name, [value]]))
const fieldsOf = (RecordingStatus: string, RecordingDuration: string) =>
  Object.fromEntries(
    factsOfRecording(formOf({ ...form, RecordingStatus, RecordingDuration }), '2026-11-21T09:00:00.000Z')
      .filter(({ subject }) => subject === `rec:${sid}`)
      .map(({ field, value }) => [field, value]),
  )

test.each(['', '0', '-1'])('a recording that goes on has no length, whatever its callback says: %j', (duration) => {
  expect(fieldsOf('in-progress', duration)).not.toHaveProperty('durationSeconds')
  expect(fieldsOf('in-progress', duration)['status']).toBe('in-progress')
})

test('a recording that is over has one', () => {
  expect(fieldsOf('completed', '3')).toMatchObject({ status: 'completed', durationSeconds: 3 })
})
