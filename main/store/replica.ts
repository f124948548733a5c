import type { CallFact } from '../../contract/call.ts'
import type { NumberOffer, SavedSearch } from '../../contract/number-desktop.ts'
import type { GuardReply, GuardRow, NumberChange } from '../../contract/number-relay.ts'
import type { RemoteNumber } from '../../contract/number.ts'
import type { SnapshotTable } from '../../contract/relay.ts'
import { createNotIndexed } from './call-index.ts'
import { createPreferenceTable, type PreferenceRow } from './directory-table.ts'
import type { Connection } from './open-database.ts'
import type { RemotePlan } from './number-plans.ts'
import { createJoin } from './join.ts'
import { createMediaTable, type MediaEntry } from './media-table.ts'
import { createNumberWriter } from './number-table.ts'
import { createPosition, type Position } from './position.ts'
import { recordCommands } from './record-commands.ts'
import type { UsageReply } from './relay-answers.ts'
import { createReducer, type Changes, type LinkEvent } from './reducer.ts'
import { createSearchTable, type KeptAnswer } from './search-table.ts'
import { createSnapshot } from './snapshot.ts'
import type { StagedNumber } from './staged-numbers.ts'

export type { Changes, LinkEvent } from './reducer.ts'

/**
 * The writer's commands, each exactly one transaction. Synchronous: they run inside the worker. Everything is a join or an upsert, so
 * that repeating what was applied changes nothing (RULES R7).
 */
export function createReplica(db: Connection) {
  const position = createPosition(db)
  const join = createJoin(db)
  const reducer = createReducer(db, join)
  const snapshot = createSnapshot(db, join)
  const searches = createSearchTable(db)
  const numbers = createNumberWriter(db)
  const notIndexed = createNotIndexed(db)
  const transaction = transactionsOf(db)
  return {
    position: (): Position => position.read(),
    /** Applies a stretch of the log of `epoch` and moves the cursor with it; what is behind the cursor is skipped. */
    apply: transaction((epoch: string, userId: string, events: readonly LinkEvent[]): Changes => {
      const at = position.read()
      if (at.epoch !== epoch) throw new Error(`events of log ${epoch}, but the replica follows ${String(at.epoch)}`)
      const fresh = events.filter((event) => event.seq > at.cursor)
      const changes = reducer.events(fresh, userId)
      const last = fresh.at(-1)
      if (last) position.move(last.seq)
      if (changes.needsSnapshot) position.markStale()
      return changes
    }),
    /** Joins what this desktop saw itself, before the relay knows. */
    observe: transaction((callId: string, facts: readonly CallFact[]): string[] => join.join(callId, facts)),
    /** Kept events whose type this version has come to know. */
    applyKept: transaction((): Changes => reducer.kept()),
    /** Puts some calls that an older version wrote into the index; returns how many there were. */
    indexCalls: transaction((limit: number): number => join.remark(notIndexed(limit)).length),
    ...snapshotCommands(snapshot, position, transaction),
    /** Demands a snapshot before the next event: the relay closed with 4003, or named a gap. */
    markStale: transaction(() => position.markStale()),
    /** Forgets everything but preferences: another person or workspace begins here. */
    wipe: transaction(() => {
      snapshot.wipe()
      numbers.wipe()
      searches.wipeSearches()
      position.forget()
    }),
    ...recordCommands(join, transaction),
    ...numberCommands(numbers, transaction),
    ...ownCommands(db, searches, transaction),
    ...mediaCommands(createMediaTable(db), transaction),
  }
}
export type Replica = ReturnType<typeof createReplica>

const transactionsOf =
  (db: Connection) =>
  <A extends unknown[], R>(work: (...args: A) => R) => {
    const whole = db.transaction(work)
    return (...args: A): R => whole.immediate(...args)
  }
type Transaction = ReturnType<typeof transactionsOf>

/** Everything this user may see, page by page. */
const snapshotCommands = (
  snapshot: ReturnType<typeof createSnapshot>,
  position: ReturnType<typeof createPosition>,
  transaction: Transaction,
) => ({
  snapshotBegin: transaction(() => snapshot.begin()),
  snapshotRows: transaction((table: SnapshotTable, rows: readonly unknown[]): string[] => snapshot.rows(table, rows)),
  /** When all rows were shown: deletes calls that were not, looking at so many, so that others get their turn in between. */
  snapshotPurge: transaction((limit: number): { callIds: string[]; isDone: boolean } => snapshot.purgeSome(limit)),
  /** Deletes what else the snapshot no longer showed, and goes on from `asOf`. Returns the calls that went, or lost something. */
  snapshotFinish: transaction((epoch: string, asOf: number): string[] => {
    const gone = snapshot.finish()
    position.restart(epoch, asOf)
    return gone
  }),
})

/** Numbers beyond what the relay's log says of them. */
const numberCommands = (numbers: ReturnType<typeof createNumberWriter>, transaction: Transaction) => ({
  /** Numbers as Twilio has just shown them, whatever was known of them. */
  upsertRemote: transaction((rows: readonly RemoteNumber[], at: string) => numbers.upsert(rows, at)),
  /** Numbers that left the account; the relay is owed the word (`reader.numberReports`). */
  markGone: transaction((phoneNumbers: readonly string[], at: string, action: 'number.released' | 'number.removed') =>
    numbers.gone(phoneNumbers, at, action),
  ),
  /** Numbers of a listing under way that its plan will write; those of an earlier listing are dropped. */
  stageRemote: transaction((listingId: string, rows: readonly StagedNumber[]) => numbers.stage(listingId, rows)),
  /** Makes the replica as the plan says, or does nothing and says why. */
  applyPlan: transaction((plan: RemotePlan) => numbers.apply(plan)),
  /** Undoes the last plan that did something here; undefined, and nothing done, when that is not this one. */
  undoPlan: transaction((undoId: string): string[] | undefined => numbers.undo(undoId)),
  /** The relay has answered these words. */
  settleReports: transaction((changes: readonly NumberChange[]) => numbers.settle(changes)),
  /** The relay's counts, all of them. Returns the numbers of which something is different. */
  putUsage: transaction((reply: UsageReply): string[] => numbers.usage(reply)),
  /** The settings the relay guards, all of them, as of `at`. Returns the numbers of which something is different. */
  putGuard: transaction((reply: GuardReply, at: string): string[] => numbers.guard(reply, at)),
  /** The settings of these numbers that were just written from here. */
  guardSome: transaction((rows: readonly GuardRow[]) => numbers.guardSome(rows)),
  /** Forgets what managers alone may see: this person is none any more. */
  forgetRemote: transaction(() => numbers.forgetRemote()),
})

/** Recordings kept on this computer. */
const mediaCommands = (media: ReturnType<typeof createMediaTable>, transaction: Transaction) => ({
  keepMedia: transaction((entry: MediaEntry) => media.keepMedia(entry)),
  playedMedia: transaction((sid: string, at: string) => media.playedMedia(sid, at)),
  forgetMedia: transaction((entries: readonly Pick<MediaEntry, 'sid' | 'file'>[]) => media.forgetMedia(entries)),
  /** Where listening to a recording stopped, seconds. */
  putPosition: transaction((sid: string, callId: string, seconds: number) => media.putPosition(sid, callId, seconds)),
})

/** What this person keeps on this computer, and answers worth keeping. */
function ownCommands(db: Connection, searches: ReturnType<typeof createSearchTable>, transaction: Transaction) {
  const preferences = createPreferenceTable(db)
  return {
    setPreferences: transaction((rows: readonly PreferenceRow[]) => preferences.put(rows)),
    keepAnswer: transaction((answer: KeptAnswer) => searches.keepAnswer(answer)),
    forgetAnswers: transaction(() => searches.forgetAnswers()),
    saveSearch: transaction((search: SavedSearch) => searches.saveSearch(search)),
    removeSearch: transaction((name: string) => searches.removeSearch(name)),
    changeShortlist: transaction((add: readonly NumberOffer[], remove: readonly string[]) => searches.changeShortlist(add, remove)),
  }
}
