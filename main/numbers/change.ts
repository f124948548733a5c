import { FailureError } from '../../contract/failure.ts'
import type { BulkReply } from '../../contract/number-desktop.ts'
import type { NumberChange } from '../../contract/number-relay.ts'
import type { NumberPatch, RingMode } from '../../contract/number.ts'
import { requireName } from '../../contract/number-name.ts'
import { requireManager } from '../account/manager.ts'
import { failureIn, inOrder, tellRelay, type EachResult } from './change-each.ts'
import { keepNames, renameAll, takeBack, type PatchOf } from './change-name.ts'
import { progressOf, type NumberParts } from './change-parts.ts'

/** So many numbers are renamed, then told to the relay, before the next: progress moves, and little is in between when the app ends. */
const STRETCH = 100

/** The patches as they are sent, names without the blanks around them; and the numbers whose name will not do, of which nothing is changed. */
function cleaned(given: readonly PatchOf[], log: NumberParts['log']): { changes: PatchOf[]; misnamed: EachResult[] } {
  const changes: PatchOf[] = []
  const misnamed: EachResult[] = []
  for (const { phoneNumber, patch } of given)
    try {
      const name = patch.name === undefined ? {} : { name: requireName(patch.name) }
      changes.push({ phoneNumber, patch: { ...patch, ...name } })
    } catch (error) {
      misnamed.push({ phoneNumber, ok: false, failure: failureIn(error, log) })
    }
  return { changes, misnamed }
}

/** Who answers, and how: the trace calls that an assignment. */
const assigning: ReadonlySet<string> = new Set(['userIds', 'ringMode', 'defaultFor'])
const actionOf = (patch: NumberPatch) =>
  patch.userIds && Object.keys(patch).every((name) => assigning.has(name)) ? 'number.assigned' : 'number.updated'
const changeOf = ({ phoneNumber, patch }: PatchOf): NumberChange => ({ phoneNumber, action: actionOf(patch), patch })

async function updateStretch(parts: NumberParts, changes: readonly PatchOf[], onDone: () => void): Promise<EachResult[]> {
  const { done, failed } = await renameAll(parts, changes)
  for (const _ of failed) onDone()
  const lacking = new Set(failed.map(({ phoneNumber }) => phoneNumber))
  const rest = changes.filter(({ phoneNumber }) => !lacking.has(phoneNumber))
  const told = await tellRelay(parts.relay, rest.map(changeOf), { log: parts.log, onDone })
  // Where the answer did not come, the name stays: the relay will list it as it is now at Twilio.
  const refused = told.filter(({ ok, failure }) => !ok && failure?.code !== 'relay-unreachable')
  for (const { phoneNumber } of refused) {
    const renamed = done.get(phoneNumber)
    done.delete(phoneNumber)
    if (renamed) await takeBack(parts, renamed)
  }
  await keepNames(parts, [...done.values()])
  return [...failed, ...told]
}

export interface AssignArgs {
  phoneNumbers: readonly string[]
  userIds: string[]
  ringMode?: RingMode | undefined
}

/** Managers' changes of what the relay keeps of numbers. A name is Twilio's first: what Twilio refuses is not called so here either. */
export function createNumberChanges(parts: NumberParts) {
  async function update(given: readonly PatchOf[]): Promise<BulkReply> {
    requireManager(parts.session)
    if (new Set(given.map((one) => one.phoneNumber)).size < given.length) throw new FailureError('bad-request', 'a number is named twice')
    const { changes, misnamed } = cleaned(given, parts.log)
    const onDone = progressOf(parts, 'update', given.length)
    for (const _ of misnamed) onDone()
    const results = [...misnamed]
    for (let start = 0; start < changes.length; start += STRETCH)
      results.push(...(await updateStretch(parts, changes.slice(start, start + STRETCH), onDone)))
    return {
      results: inOrder(
        given.map(({ phoneNumber }) => phoneNumber),
        results,
      ),
    }
  }
  return {
    /**
     * Changes each number as its patch says, all of a patch or nothing. A rename goes to Twilio first; a name that will not do fails alone (`name-invalid`).
     * @throws FailureError `forbidden`, `not-signed-in`, `bad-request` (a number twice), `relay-unreachable` before a rename
     */
    update,
    /** Who answers these numbers, in this order. @throws FailureError `forbidden`, `not-signed-in` */
    async assign({ phoneNumbers, userIds, ringMode }: AssignArgs): Promise<BulkReply> {
      const patch: NumberPatch = { userIds, ...(ringMode ? { ringMode } : {}) }
      const { results } = await update([...new Set(phoneNumbers)].map((phoneNumber) => ({ phoneNumber, patch })))
      return { results: inOrder(phoneNumbers, results) }
    },
  }
}
