import type { SandboxTranscription } from '../engine-port.ts'
import { dateFilter, dateNames, knowOnly } from './filters.ts'
import { notFound, rfc2822, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { page } from './paging.ts'

function shape(one: SandboxTranscription, { clock }: RestContext): object {
  return {
    account_sid: one.accountSid,
    api_version: '2010-04-01',
    date_created: rfc2822(one.createdAt),
    date_updated: rfc2822(one.updatedAt),
    duration: String(one.durationSeconds),
    price: one.priceAt !== null && clock.now() >= one.priceAt ? one.price : null,
    price_unit: 'USD',
    recording_sid: one.recordingSid,
    sid: one.sid,
    status: one.status,
    transcription_text: one.status === 'completed' ? one.text : null,
    type: 'fast',
    uri: `/2010-04-01/Accounts/${one.accountSid}/Transcriptions/${one.sid}.json`,
  }
}

/** The transcription of the path. @throws RestError 20404, also when it is of another recording than the path names */
function find(context: RestContext): SandboxTranscription {
  const found = context.account.transcriptions.get(context.path['Sid'] ?? '')
  const of = context.path['RecordingSid']
  if (!found || (of !== undefined && found.recordingSid !== of)) throw notFound(context.url)
  return found
}

function list(context: RestContext): RestAnswer {
  const of = context.path['RecordingSid']
  if (of !== undefined && !context.account.recordings.get(of)) throw notFound(context.url)
  knowOnly(context, dateNames('DateCreated'))
  const createdWithin = dateFilter(context, 'DateCreated')
  const rows = [...context.listed.transcriptions()].filter(
    (one) => (of === undefined || one.recordingSid === of) && createdWithin(one.createdAt),
  )
  return page(context, 'transcriptions', rows, { at: (one) => one.createdAt, shape: (one) => shape(one, context) })
}

function remove(context: RestContext): RestAnswer {
  context.account.transcriptions.remove(find(context).sid)
  return { status: 204 }
}

const fetchOne = (context: RestContext): RestAnswer => ({ status: 200, body: shape(find(context), context) })
const places = ['/Accounts/{AccountSid}/Transcriptions', '/Accounts/{AccountSid}/Recordings/{RecordingSid}/Transcriptions']

/** What `<Record transcribe>` made of recordings: of the account, and of one recording. */
export const transcriptionOperations: Operation[] = places.flatMap((path): Operation[] => [
  { method: 'GET', path: `${path}.json`, run: list },
  { method: 'GET', path: `${path}/{Sid}.json`, run: fetchOne },
  { method: 'DELETE', path: `${path}/{Sid}.json`, run: remove },
])
