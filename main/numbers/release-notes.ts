import { randomUUID } from 'node:crypto'
import { singleFlight } from '../../base/single-flight.ts'
import { FailureError } from '../../contract/failure.ts'
import type { RemoteNumber } from '../../contract/number.ts'
import { requireManager } from '../account/manager.ts'
import { wait } from '../link/wait.ts'
import type { ReleaseNote } from '../store/release-table.ts'
import type { Store } from '../store/store.ts'
import type { TwilioAccount } from '../twilio/port.ts'
import { keepRemote, keptNumbers, sidOf, type NumberParts } from './change-parts.ts'

export interface ReleaseNoteParts extends NumberParts {
  notes: Store['releases']
  /** A DELETE that nobody heard an answer to has reached Twilio after so long, or never will; ms. */
  settleMs: number
  /** Tells the relay what is kept for it. False when it was not reached. */
  tellRelay: () => Promise<boolean>
}

type Known = Pick<TwilioAccount, 'accountSid' | 'number'>

const lost: ReadonlySet<string> = new Set(['twilio-unreachable', 'twilio-failed', 'twilio-busy'])
const isLost = (error: unknown) => error instanceof FailureError && lost.has(error.code)

/** The number is the account's no more: kept here, and the relay is owed the word. */
export async function keepReleased({ store, clock, onNumbers }: NumberParts, phoneNumber: string): Promise<void> {
  await store.replica.markGone([phoneNumber], clock.now().toISOString(), 'number.released')
  onNumbers([phoneNumber])
}

/**
 * A note on the disk from before the DELETE until what became of it is kept: who is killed in between, or never hears an answer, asks Twilio
 * again. Nothing is ever deleted because of a note (RULES R31).
 */
export function createReleaseNotes(parts: ReleaseNoteParts) {
  const closing = new AbortController()
  /** Notes whose release goes on in this process. */
  const running = new Set<string>()
  const takeUp = createTakeUp(parts, running, closing.signal)
  let again: Promise<void> | undefined
  /** What could not be settled is asked for again, as long as something is left. */
  const later = () => {
    again ??= wait(parts.settleMs, closing.signal).then(() => {
      again = undefined
      return resume()
    })
  }
  const resume = singleFlight(async () => {
    if (closing.signal.aborted) return
    const isSettled = await takeUp().catch((error: unknown) => {
      parts.log.info({ error: String(error) }, 'releases that were interrupted are looked after later')
      return !isLost(error) // without an account or a session nothing can be done until there is one
    })
    if (!isSettled) later()
  })
  return {
    around: createAround(parts, running, later),
    /** Settles what an earlier run left: at the start, and whenever Twilio or the relay can be asked again. Never throws. */
    resume,
    async close(): Promise<void> {
      closing.abort()
      await again
    },
  }
}
export type ReleaseNotes = ReturnType<typeof createReleaseNotes>

function createAround(parts: ReleaseNoteParts, running: Set<string>, later: () => void) {
  const { notes, session, clock } = parts
  /** Gives the number back by `work`, which ends with the release kept here. What `work` throws is thrown. */
  return async (account: Known, { phoneNumber, sid }: RemoteNumber, work: () => Promise<void>): Promise<void> => {
    const { workspaceId } = requireManager(session).workspace
    const noteId = randomUUID()
    running.add(noteId)
    try {
      await notes.putRelease({ noteId, workspaceId, accountSid: account.accountSid, phoneNumber, sid, at: clock.now().toISOString() })
      await work()
      await notes.dropRelease(noteId)
    } catch (error) {
      const now = await account.number(sid).catch(() => undefined)
      if (now) await keepRemote(parts, [now])
      if (now && !isLost(error)) await notes.dropRelease(noteId)
      else later()
      throw error
    } finally {
      running.delete(noteId)
    }
  }
}

/** Looks after every note of this account; false when Twilio could not be asked about some. What needs the relay waits for its welcome. */
function createTakeUp(parts: ReleaseNoteParts, running: ReadonlySet<string>, closing: AbortSignal) {
  const { notes, session, accounts, relay, log } = parts
  const isOver = (note: ReleaseNote) => closing.aborted || running.has(note.noteId)
  async function settle(account: Known, note: ReleaseNote): Promise<boolean> {
    if (await account.number(note.sid)) {
      // The DELETE of the last moment may still be on its way.
      await wait(parts.settleMs, closing)
      if (isOver(note)) return true
      const now = await account.number(note.sid)
      if (now) {
        await keepRemote(parts, [now])
        await relay.tellAudit([{ action: 'number.not-released', subject: note.phoneNumber, before: {}, after: { sid: note.sid } }])
        log.info({ sid: note.sid }, 'a release was interrupted; Twilio still has the number')
        await notes.dropRelease(note.noteId)
        return true
      }
    }
    if (closing.aborted) return true
    // Another SID: it was bought again meanwhile, and that one is here.
    const kept = (await keptNumbers(parts, [note.phoneNumber])).get(note.phoneNumber)
    if (sidOf(kept) === note.sid) await keepReleased(parts, note.phoneNumber)
    await notes.dropRelease(note.noteId)
    log.info({ sid: note.sid }, 'a release was interrupted; Twilio has carried it out')
    return true
  }
  return async (): Promise<boolean> => {
    const record = session.record()
    if (record?.user.role !== 'manager') return true
    const noted = (await notes.releases(record.workspace.workspaceId)).filter((note) => !isOver(note))
    if (noted.length === 0) return true // the usual case: the account is not even looked at
    const account = await accounts.current()
    const left = noted.filter(({ accountSid }) => accountSid === account.accountSid)
    const settled = await Promise.allSettled(left.map((note) => settle(account, note)))
    await parts.tellRelay()
    for (const one of settled)
      if (one.status === 'rejected') log.warn({ error: String(one.reason) }, 'an interrupted release is looked after later')
    return !settled.some((one) => one.status === 'rejected' && isLost(one.reason))
  }
}
