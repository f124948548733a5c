import type { CallDeps } from '../calls/deps.ts'
import type { RestCall, RestRecording } from '../calls/facts-of-rest.ts'
import { createApply, groupLegs, type RestGroup } from './apply.ts'
import { mapLimited } from './limited.ts'
import { wholeCall, type LegQuestions } from './whole-call.ts'

export interface JoinListedDeps extends Pick<CallDeps, 'calls' | 'events' | 'directory' | 'newId' | 'writer' | 'clock'> {
  ask: LegQuestions
  /** Since when the relay knows the account's calls by itself, ISO; undefined: it did not then. */
  runsSince?: string | undefined
  /** How many are stored: all at once, or in parts. */
  each: <T, R>(items: readonly T[], work: (item: T) => Promise<R>) => Promise<R[]>
  /** Told of each call and recording that was not known before. */
  onNew?: { call: (sid: string) => void; recording: (sid: string) => void } | undefined
}

export interface Listed {
  calls: readonly RestCall[]
  recordings: readonly RestRecording[]
}

/** Questions about single calls that are under way at once. */
const QUESTIONS = 4

const sum = (counts: readonly (number | undefined)[]): number => counts.reduce<number>((total, count) => total + (count ?? 0), 0)

/**
 * Joins a list of Twilio's into what is known (RULES R15); gives how many facts were new. What a list cuts off is asked for, with all its
 * legs: the call of a child that began before it, the call of such a recording, and one of which the list leaves open what became of it.
 */
export async function joinListed(deps: JoinListedDeps, { calls: rows, recordings }: Listed): Promise<number> {
  const { each, runsSince } = deps
  const { apply, storeGroup, storeRecording, settle } = createStores(deps)
  const askFor = async (sids: Iterable<readonly [string, readonly RestCall[]]>) =>
    (await mapLimited([...sids], QUESTIONS, ([sid, listed]) => wholeCall(deps, sid, listed))).filter((group) => group !== undefined)

  const { groups, orphans } = groupLegs(rows)
  const older = await askFor(orphans)
  const counts: (number | undefined)[] = await each([...groups, ...older], storeGroup)

  const stored = await each(recordings, storeRecording)
  const strays = recordings.filter((row, index) => stored[index] === undefined && row.callSid)
  const oldest = await askFor(new Map(strays.map((row) => [row.callSid ?? '', []])))
  counts.push(...stored, ...(await each(oldest, storeGroup)), ...(await each(strays, storeRecording)))

  const isOpen = await each(groups, ({ parent }) => Promise.resolve(apply.isOpen(parent, runsSince)))
  const open = await askFor(groups.filter((_, index) => isOpen[index]).map(({ parent }) => [parent.sid, []] as const))
  counts.push(...(await each(open, storeGroup)), ...(await each([...older, ...oldest, ...open], settle)))
  return sum(counts)
}

/** Each in the writer's transaction. */
function createStores(deps: JoinListedDeps) {
  const { calls, writer, runsSince, onNew } = deps
  const apply = createApply(deps)
  const storeGroup = (group: RestGroup) =>
    writer.submit(() => {
      const isNew = [group.parent, ...group.children].every(({ sid }) => calls.callOf(sid) === undefined)
      const news = apply.group(group, runsSince)
      if (isNew) onNew?.call(group.parent.sid)
      return news
    })
  const storeRecording = (row: RestRecording) =>
    writer.submit(() => {
      const isNew = calls.callOfRecording(row.sid) === undefined
      const news = apply.recording(row)
      if (isNew && news !== undefined) onNew?.recording(row.sid)
      return news
    })
  return { apply, storeGroup, storeRecording, settle: (group: RestGroup) => writer.submit(() => apply.settle(group)) }
}
