import { isDeepStrictEqual } from 'node:util'
import type { CallRecord } from '../../contract/call.ts'
import { FailureError } from '../../contract/failure.ts'
import type { RecordKind, RecordValue } from '../../contract/record.ts'
import { mergeTags, MOST_TAGS } from '../../contract/tags.ts'
import type { CallDeps } from '../calls/deps.ts'
import type { CommandHandler, CommandOf } from '../events/commands.ts'
import type { Audit } from '../numbers/audit.ts'
import type { RequestSession } from '../plugins/session.ts'
import type { Missed } from './missed.ts'
import type { Records } from './records.ts'
import { callFor, recordingOf } from './subjects.ts'

export interface RecordCommandDeps extends Pick<CallDeps, 'calls' | 'clock' | 'directory'> {
  records: Records
  missed: Missed
  audit: Pick<Audit, 'appendAudit'>
}

type Put = CommandOf<'record.put'>
type PutOf<K extends Put['kind']> = Put & { kind: K; value: RecordValue<K> | null; base: RecordValue<K> | null }
/** What a handler needs beside the command: who sends it, and the call it is about. */
interface Context {
  session: RequestSession
  call: CallRecord
}
type OfCall = Exclude<Put['kind'], 'retention'>

const bad = (why: string) => new FailureError('bad-request', why)
const requireId = (recordId: string, ...allowed: (string | null)[]): void => {
  if (!allowed.includes(recordId)) throw bad('the record is named after something else')
}

/**
 * `record.put` of the outbox (RULES R18): each kind by whom `recordWriters` says, and only about what its sender may see. Inside the
 * transaction. @throws FailureError `bad-request`, `forbidden`, `not-found`
 */
export function createRecordPut(deps: RecordCommandDeps): CommandHandler<'record.put'> {
  const { calls } = deps
  const ofCall = createCallKinds(deps)
  const putRetention = createRetention(deps)
  return (command, session) => {
    if (command.kind === 'retention') putRetention(command, session)
    else {
      if (command.phoneNumber !== null) throw bad('the record is about a call')
      const context = { session, call: callFor(calls, command.callId, session) }
      // A handler gets only commands of the kind it is named after.
      const handle = ofCall[command.kind] as (command: Put, context: Context) => void
      handle(command, context)
    }
    return undefined
  }
}

type CallKinds = { [K in OfCall]: (command: PutOf<K>, context: Context) => void }
type Keep = <K extends RecordKind>(kind: K, recordId: string, value: RecordValue<K> | null, callId: string, byUserId: string) => void

/** Keeps what is new; somebody else's word for the same is nothing new. */
const keeperOf =
  ({ records, clock }: Pick<RecordCommandDeps, 'records' | 'clock'>): Keep =>
  (kind, recordId, value, callId, byUserId) => {
    if (isDeepStrictEqual(records.get(kind, recordId)?.value ?? null, value)) return
    records.put<typeof kind>({ kind, recordId, callId, phoneNumber: null, value, at: clock.now().toISOString(), byUserId })
  }

function createCallKinds(deps: RecordCommandDeps): CallKinds {
  const { records, audit } = deps
  const keep = keeperOf(deps)
  const device = createDeviceKind(keep)
  return {
    note(command, context) {
      const { recordId, value } = command
      const { callId } = context.call
      const author = authorOf(records, command, context)
      if (isOvertaken(records, command)) {
        if (value === null) throw new FailureError('conflict', 'the note was changed meanwhile')
        // Both stay: whose is whose, and which is right, people see. Named by the command, so that it is one however often it comes.
        return keep('note', command.commandId, value, callId, context.session.userId)
      }
      keep('note', recordId, value, callId, author)
      const after = { noteId: recordId, isRemoved: value === null, authorId: author }
      if (author !== context.session.userId)
        audit.appendAudit({ action: 'note.changed', subject: callId, before: {}, after }, context.session)
    },
    ...createNamedAfterCall(deps, keep),
    heard({ recordId, value }, { session, call }) {
      const [sid = ''] = recordId.split(':')
      requireId(recordId, `${recordingOf(call, sid).sid}:${session.userId}`)
      if (value && Number.isNaN(Date.parse(value.at))) throw bad('no instant')
      // When somebody listened first is what is kept, and another of their computers may know of an earlier time.
      const known = records.get('heard', recordId)?.value
      if (value && known && Date.parse(known.at) <= Date.parse(value.at)) return
      keep('heard', recordId, value, call.callId, session.userId)
    },
    voicemail({ recordId, value }, { session, call }) {
      if (recordingOf(call, recordId).source !== 'RecordVerb') throw bad('the recording is not a voicemail')
      keep('voicemail', recordId, value, call.callId, session.userId)
    },
    quality: device,
    trace: device,
  }
}

const createDeviceKind =
  (keep: Keep) =>
  (command: PutOf<'quality'> | PutOf<'trace'>, { session, call }: Context): void => {
    const { deviceId, userId } = session
    requireId(command.recordId, `${command.callId}:${deviceId}`, `${call.callId}:${deviceId}`)
    if (call.deviceId !== deviceId && call.legs.every((leg) => leg.deviceId !== deviceId))
      throw new FailureError('forbidden', 'the call is of another device')
    keep(command.kind, `${call.callId}:${deviceId}`, command.value, call.callId, userId)
  }

/** Under the id of a call, as it is kept: the sender may know it by an older one. */
const createNamedAfterCall = ({ records, missed, clock }: RecordCommandDeps, keep: Keep): Pick<CallKinds, 'tags' | 'missed'> => ({
  tags({ recordId, callId, base, value }, { session, call }) {
    requireId(recordId, callId, call.callId)
    const current = records.get('tags', call.callId)?.value?.tags ?? []
    const tags = mergeTags(current, base?.tags ?? [], value?.tags ?? [])
    if (tags.length > MOST_TAGS) throw bad(`a call has at most ${MOST_TAGS} tags`)
    keep('tags', call.callId, tags.length > 0 ? { tags } : null, call.callId, session.userId)
  },
  missed({ recordId, callId, base, value }, { session, call }) {
    requireId(recordId, callId, call.callId)
    // To open again is to undo the closing one saw, not one that came meanwhile.
    if (!value && !isDeepStrictEqual(records.get('missed', call.callId)?.value ?? null, base))
      throw new FailureError('conflict', 'the missed call was closed otherwise')
    if (value && (value.how !== 'by-hand' || value.byCallId !== null)) throw bad('a person closes a missed call by hand')
    missed.byHand(call.callId, value !== null, session.userId, clock.now().toISOString())
  },
})

/** Whether somebody else's hand was faster: the note is not what the sender saw, nor what it is to become. */
function isOvertaken(records: Records, { recordId, base, value }: PutOf<'note'>): boolean {
  const current = records.get('note', recordId)?.value ?? null
  return !isDeepStrictEqual(current, base) && !isDeepStrictEqual(current, value)
}

/** Whose a note is and stays, a manager's hand included. @throws FailureError `forbidden`, `bad-request`, `not-found` */
function authorOf(records: Records, { recordId, value }: PutOf<'note'>, { session, call }: Context): string {
  if (value?.recordingSid) recordingOf(call, value.recordingSid)
  const known = records.get('note', recordId)
  if (!known) return session.userId
  if (known.callId !== call.callId) throw bad('the note is about another call')
  const author = records.authorOf('note', recordId) ?? session.userId
  if (author !== session.userId && session.role !== 'manager') throw new FailureError('forbidden', 'the note is somebody else’s')
  return author
}

const days = (one: RecordValue<'retention'> | null) => ({ days: one?.days ?? null })

function createRetention({ records, directory, audit, clock }: RecordCommandDeps) {
  return ({ recordId, callId, phoneNumber, value }: PutOf<'retention'>, session: RequestSession): void => {
    if (callId !== null || phoneNumber === null) throw bad('the record is about a number')
    requireId(recordId, phoneNumber)
    if (session.role !== 'manager') throw new FailureError('forbidden', 'for managers')
    if (!directory.number(phoneNumber)) throw new FailureError('not-found', 'no such number')
    const before = records.get('retention', phoneNumber)?.value ?? null
    if (isDeepStrictEqual(before, value)) return
    const at = clock.now().toISOString()
    records.put({ kind: 'retention', recordId, callId: null, phoneNumber, value, at, byUserId: session.userId })
    audit.appendAudit({ action: 'number.retention', subject: phoneNumber, before: days(before), after: days(value) }, session)
  }
}
