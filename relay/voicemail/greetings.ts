import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { FailureError } from '../../contract/failure.ts'
import { greetingInvalid, greetingSeconds, type GreetingRow } from '../../contract/greeting.ts'
import type { RecordValue } from '../../contract/record.ts'
import type { Database } from '../database/open.ts'
import { maySeeNumber, numbersFor } from '../directory/views.ts'
import type { Viewer } from '../calls/viewer.ts'
import type { Audit } from '../numbers/audit.ts'
import type { RequestSession } from '../plugins/session.ts'
import type { Clock, Directory } from '../ports.ts'
import type { Records } from '../records/records.ts'
import { sayable } from '../twiml/sayable.ts'
import { createGreetingRows } from './greeting-rows.ts'

export type Greeting = RecordValue<'greeting'>

export interface GreetingDeps {
  db: Database
  records: Pick<Records, 'get' | 'put'>
  directory: Pick<Directory, 'number' | 'numbers'>
  audit: Pick<Audit, 'appendAudit'>
  clock: Clock
}

/** What a manager gives: words to be spoken, or sound. */
export type GreetingInput =
  { kind: 'spoken'; text: string } | { kind: 'uploaded' | 'recorded'; name: string | null; audio: Uint8Array } | null

/** A number's greeting as it is kept. @throws FailureError `greeting-invalid` */
function valueOf(input: GreetingInput, mediaId: string): Greeting | null {
  if (input === null) return null
  if (input.kind === 'spoken') {
    const text = sayable(input.text)
    if (text === null) throw greetingInvalid('nothing-to-say')
    return { kind: 'spoken', text, mediaId: null, durationSeconds: null, name: null }
  }
  const name = sayable(input.name)
  return { kind: input.kind, text: null, mediaId, durationSeconds: greetingSeconds(input.audio), name }
}

/** The trace names what it was, not its sound. */
const traced = (greeting: Greeting | null) => ({
  kind: greeting?.kind ?? null,
  text: greeting?.text ?? null,
  name: greeting?.name ?? null,
  seconds: greeting?.durationSeconds ?? null,
})

/** What callers of each number hear before the beep. Reads and writes run inside the writer's transaction, or between them. */
export function createGreetings({ db, records, directory, audit, clock }: GreetingDeps) {
  const media = createGreetingRows(db)
  const of = (phoneNumber: string): Greeting | null => records.get('greeting', phoneNumber)?.value ?? null
  return {
    of,
    /** As `of`, for somebody: null also for a number that this user may not see. */
    for(viewer: Viewer, phoneNumber: string): Greeting | null {
      const number = directory.number(phoneNumber)
      return number && maySeeNumber(viewer, number) ? of(phoneNumber) : null
    },
    /** By number that this user may see; null: the usual sentence. */
    list: (viewer: Viewer): GreetingRow[] =>
      numbersFor(directory, viewer).map(({ phoneNumber }) => ({ phoneNumber, greeting: of(phoneNumber) })),
    /** Its WAV; undefined for an id that is none, or no longer. */
    audio: (mediaId: string) => media.audio(mediaId),
    /**
     * Puts it in place of the old one, whose sound goes; null: the usual sentence again. A line in the trace.
     * @throws FailureError `not-found` for a number that is not ours, `greeting-invalid`
     */
    set(phoneNumber: string, input: GreetingInput, session: RequestSession): Greeting | null {
      if (!directory.number(phoneNumber)) throw new FailureError('not-found', 'no such number')
      const before = of(phoneNumber)
      const value = valueOf(input, randomBytes(16).toString('hex'))
      if (isDeepStrictEqual(before, value)) return value
      if (value?.mediaId && input && 'audio' in input) media.put(phoneNumber, value.mediaId, input.audio)
      else media.drop(phoneNumber)
      const at = clock.now().toISOString()
      records.put({ kind: 'greeting', recordId: phoneNumber, callId: null, phoneNumber, value, at, byUserId: session.userId })
      audit.appendAudit({ action: 'number.greeting', subject: phoneNumber, before: traced(before), after: traced(value) }, session)
      return value
    },
  }
}
export type Greetings = ReturnType<typeof createGreetings>
