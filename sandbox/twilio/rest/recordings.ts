import { rmSync } from 'node:fs'
import type { SandboxRecording } from '../engine-port.ts'
import { findCall } from './calls.ts'
import { dateFilter, dateNames, equals, knowOnly } from './filters.ts'
import { notFound, rfc2822, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { page } from './paging.ts'

/** How long the metadata of a deleted recording stays readable. */
const softDeletedMs = 40 * 86_400_000

const common = (recording: SandboxRecording, context: RestContext): object => ({
  account_sid: recording.accountSid,
  api_version: '2010-04-01',
  call_sid: recording.callSid,
  channels: recording.channels,
  conference_sid: null,
  date_created: rfc2822(recording.createdAt),
  date_updated: rfc2822(recording.updatedAt),
  duration: recording.durationSeconds === null ? null : String(recording.durationSeconds),
  encryption_details: null,
  error_code: recording.errorCode,
  price: recording.priceAt !== null && context.clock.now() >= recording.priceAt ? recording.price : null,
  price_unit: 'USD',
  sid: recording.sid,
  source: recording.source,
  start_time: rfc2822(recording.startedAt),
  status: recording.status,
})

/** As /Recordings shows it. `media_url` is Twilio's public address, without extension. */
function shape(recording: SandboxRecording, context: RestContext): object {
  const uri = `/2010-04-01/Accounts/${recording.accountSid}/Recordings/${recording.sid}`
  return {
    ...common(recording, context),
    media_url: `https://api.twilio.com${uri}`,
    subresource_uris: { add_on_results: `${uri}/AddOnResults.json`, transcriptions: `${uri}/Transcriptions.json` },
    uri: `${uri}.json`,
  }
}

/** As /Calls/CA…/Recordings shows it: with the track, without links. */
const shapeOfCall = (recording: SandboxRecording, context: RestContext): object => ({
  ...common(recording, context),
  track: recording.track,
  uri: `/2010-04-01/Accounts/${recording.accountSid}/Calls/${recording.callSid}/Recordings/${recording.sid}.json`,
})

function isVisible(recording: SandboxRecording, context: RestContext): boolean {
  if (recording.status !== 'deleted') return true
  const isAsked = context.query.get('IncludeSoftDeleted')?.toLowerCase() === 'true'
  return isAsked && context.clock.now() - recording.updatedAt < softDeletedMs
}

/** The recording of the path. @throws RestError 20404, for deleted ones too unless they are asked for */
export function findRecording(context: RestContext): SandboxRecording {
  const recording = context.account.recordings.get(context.path['Sid'] ?? '')
  const callSid = context.path['CallSid']
  if (!recording || !isVisible(recording, context) || (callSid && recording.callSid !== callSid)) throw notFound(context.url)
  return recording
}

function list(context: RestContext): RestAnswer {
  knowOnly(context, [...dateNames('DateCreated'), 'CallSid', 'ConferenceSid', 'IncludeSoftDeleted'])
  const isOfCall = equals(context, 'CallSid')
  const createdWithin = dateFilter(context, 'DateCreated')
  const rows = [...context.listed.recordings()].filter(
    (one) => isOfCall(one.callSid) && createdWithin(one.createdAt) && isVisible(one, context) && !context.query.get('ConferenceSid'),
  )
  return page(context, 'recordings', rows, { at: (one) => one.createdAt, shape: (one) => shape(one, context) })
}

function listOfCall(context: RestContext): RestAnswer {
  const { sid } = findCall(context, 'CallSid')
  knowOnly(context, dateNames('DateCreated'))
  const createdWithin = dateFilter(context, 'DateCreated')
  const rows = [...context.listed.recordings()].filter(
    (one) => one.callSid === sid && one.status !== 'deleted' && createdWithin(one.createdAt),
  )
  return page(context, 'recordings', rows, { at: (one) => one.createdAt, shape: (one) => shapeOfCall(one, context) })
}

/** The audio goes at once, the metadata stays as `deleted`. */
function remove(context: RestContext): RestAnswer {
  const recording = findRecording(context)
  if (recording.status === 'deleted') throw notFound(context.url)
  if (recording.file) rmSync(recording.file, { force: true })
  context.account.recordings.put({ ...recording, status: 'deleted', file: null, updatedAt: context.clock.now() })
  return { status: 204 }
}

const one = '/Accounts/{AccountSid}/Recordings/{Sid}.json'
const ofCall = '/Accounts/{AccountSid}/Calls/{CallSid}/Recordings'

export const recordingOperations: Operation[] = [
  { method: 'GET', path: '/Accounts/{AccountSid}/Recordings.json', run: list },
  { method: 'GET', path: one, run: (context) => ({ status: 200, body: shape(findRecording(context), context) }) },
  { method: 'DELETE', path: one, run: remove },
  { method: 'GET', path: `${ofCall}.json`, run: listOfCall },
  { method: 'GET', path: `${ofCall}/{Sid}.json`, run: (context) => ({ status: 200, body: shapeOfCall(findRecording(context), context) }) },
  { method: 'DELETE', path: `${ofCall}/{Sid}.json`, run: remove },
]
