import { FailureError } from '../../contract/failure.ts'
import type { BulkReply, NumberView } from '../../contract/number-desktop.ts'
import type { GuardRow, ToldAction, VoiceWiring } from '../../contract/number-relay.ts'
import { driftOf, type RemoteNumber, type SettingDrift } from '../../contract/number.ts'
import { requireManager } from '../account/manager.ts'
import type { TwilioAccount } from '../twilio/port.ts'
import { eachNumber, failureIn, inOrder, type EachResult } from './change-each.ts'
import { keepRemote, keepWritten, keptNumbers, progressOf, sidOf, type NumberParts, type Written } from './change-parts.ts'
import { connection, isAsSeen, keptAfter, restoration, wiredKeys } from './guard-plan.ts'

export interface GuardParts extends NumberParts {
  /** The number as the page shows it. */
  view: (phoneNumber: string) => Promise<NumberView>
}

/** So many numbers are connected before the guard keeps what was written. */
const STRETCH = 100

/**
 * The number by its SID, as Twilio has it now. @throws FailureError `not-found` when it is not the account's any more, `conflict` when the SID
 * stands for another number: nothing may be written then
 */
export async function numberNow(account: TwilioAccount, phoneNumber: string, sid: string | undefined): Promise<RemoteNumber> {
  const remote = sid === undefined ? await account.ownedNumber(phoneNumber) : await account.number(sid)
  if (!remote) throw new FailureError('not-found', 'the account has no such number', { phoneNumber })
  if (remote.phoneNumber !== phoneNumber) throw new FailureError('conflict', 'the SID is another number now', { phoneNumber })
  return remote
}

/** What the relay keeps of one number. */
const guardOf = async ({ relay }: GuardParts, phoneNumber: string): Promise<GuardRow | undefined> =>
  (await relay.guard([phoneNumber])).rows.find((row) => row.phoneNumber === phoneNumber)

/** @throws FailureError `conflict` when this is not what the person saw: the next answer shows what there is */
async function checkSeen(parts: GuardParts, remote: RemoteNumber, drift: SettingDrift[], seen: readonly { key: string; is: string }[]) {
  if (isAsSeen(drift, seen)) return
  await keepRemote(parts, [remote])
  const keys = drift.map(({ key }) => key).join(', ')
  throw new FailureError('conflict', 'the settings changed since they were shown', { phoneNumber: remote.phoneNumber, keys })
}

/** What we changed at Twilio: the relay sees only what is ours anew, not what somebody else had made of it. */
function traceOf(action: ToldAction, was: RemoteNumber, is: RemoteNumber) {
  const changes = driftOf(was.settings, is.settings)
  const side = (of: 'was' | 'is') => Object.fromEntries(changes.map((one) => [one.key, one[of]]))
  return { action, subject: is.phoneNumber, before: side('was'), after: side('is') }
}

async function restore(parts: GuardParts, phoneNumber: string, seen: readonly { key: string; is: string }[]): Promise<NumberView> {
  requireManager(parts.session)
  const account = await parts.accounts.current()
  const kept = await guardOf(parts, phoneNumber)
  if (!kept) throw new FailureError('not-found', 'no settings are kept of this number', { phoneNumber })
  const remote = await numberNow(account, phoneNumber, kept.sid)
  const drift = driftOf(kept.baseline, remote.settings)
  if (drift.length === 0) return parts.view(phoneNumber) // it is done already: a second click, or somebody else
  await checkSeen(parts, remote, drift, seen)
  const writes = restoration(kept.baseline, remote.settings)
  if (Object.keys(writes).length === 0) return parts.view(phoneNumber)
  await account.update(kept.sid, writes)
  const after = await numberNow(account, phoneNumber, kept.sid)
  await keepRemote(parts, [after])
  await parts.relay.tellAudit([traceOf('number.restored', remote, after)])
  // What was kept is kept on; what could not be written back stays drift.
  await keepWritten(parts, [{ remote: after, baseline: kept.baseline, keys: [] }], 'restored')
  return parts.view(phoneNumber)
}

async function accept(parts: GuardParts, phoneNumber: string): Promise<NumberView> {
  requireManager(parts.session)
  const account = await parts.accounts.current()
  const kept = await guardOf(parts, phoneNumber)
  const remote = await numberNow(account, phoneNumber, kept?.sid ?? sidOf((await keptNumbers(parts, [phoneNumber])).get(phoneNumber)))
  await keepRemote(parts, [remote])
  await keepWritten(parts, [{ remote, baseline: undefined, keys: [] }], 'accepted')
  return parts.view(phoneNumber)
}

/** Points one number at the relay; what Twilio had, and has then. */
async function connectOne(parts: GuardParts, phoneNumber: string, wiring: VoiceWiring): Promise<{ was: RemoteNumber; is: RemoteNumber }> {
  const account = await parts.accounts.current()
  const sid = sidOf((await keptNumbers(parts, [phoneNumber])).get(phoneNumber))
  const now = await numberNow(account, phoneNumber, sid)
  const writes = connection(wiring, now.settings)
  return { was: now, is: Object.keys(writes).length === 0 ? now : await account.update(now.sid, writes) }
}

/** What was written is what was ours before: the relay sees nothing new in it, and leaves no line in the trace. */
const isKeptAlready = ({ remote, baseline, keys }: Written) =>
  baseline !== undefined && driftOf(baseline, keptAfter(baseline, remote.settings, keys)).length === 0

async function connectStretch(parts: GuardParts, phoneNumbers: readonly string[], onDone: () => void): Promise<EachResult[]> {
  const { wiring, rows } = await parts.relay.guard(phoneNumbers)
  const baselines = new Map(rows.map((row) => [row.phoneNumber, row.baseline]))
  const written: Written[] = []
  const traces: ReturnType<typeof traceOf>[] = []
  const results = await eachNumber(
    phoneNumbers.map((phoneNumber) => ({ phoneNumber })),
    async ({ phoneNumber }) => {
      const { was, is } = await connectOne(parts, phoneNumber, wiring)
      const one: Written = { remote: is, baseline: baselines.get(phoneNumber), keys: wiredKeys }
      written.push(one)
      if (was !== is && isKeptAlready(one)) traces.push(traceOf('number.configured', was, is))
    },
    { log: parts.log, onDone },
  )
  await keepRemote(
    parts,
    written.map(({ remote }) => remote),
  )
  // They point here now; but what is not kept looks like a change of somebody else's, so it is said that it failed.
  const failed = await Promise.all([keepWritten(parts, written, 'configured'), parts.relay.tellAudit(traces)]).then(
    () => undefined,
    (error: unknown) => failureIn(error, parts.log),
  )
  return failed ? results.map((result) => (result.ok ? { ...result, ok: false, failure: failed } : result)) : results
}

async function connect(parts: GuardParts, phoneNumbers: readonly string[]): Promise<BulkReply> {
  requireManager(parts.session)
  const wanted = [...new Set(phoneNumbers)]
  const onDone = progressOf(parts, 'connect', wanted.length)
  const results: EachResult[] = []
  for (let start = 0; start < wanted.length; start += STRETCH)
    results.push(...(await connectStretch(parts, wanted.slice(start, start + STRETCH), onDone)))
  return { results: inOrder(phoneNumbers, results) }
}

/** What drifted of the account's numbers, as just listed. */
async function listDrift(parts: GuardParts) {
  requireManager(parts.session)
  const account = await parts.accounts.current()
  const [guard, listed] = await Promise.all([parts.relay.guard(), account.numbers()])
  const at = parts.clock.now().toISOString()
  const changed = await parts.store.replica.putGuard(guard, at)
  if (changed.length > 0) parts.onNumbers(changed)
  const kept = new Map(guard.rows.map((row) => [row.phoneNumber, row]))
  const drifted = listed.flatMap((remote) => {
    const row = kept.get(remote.phoneNumber)
    const changes = row && row.sid === remote.sid ? driftOf(row.baseline, remote.settings) : []
    return row && changes.length > 0 ? [{ remote, baselineAt: row.baselineAt, drift: changes }] : []
  })
  await keepRemote(
    parts,
    drifted.map(({ remote }) => remote),
  )
  const names = await keptNumbers(
    parts,
    drifted.map(({ remote }) => remote.phoneNumber),
  )
  const rows = drifted.map(({ remote: { phoneNumber, settings }, ...rest }) => ({
    phoneNumber,
    name: names.get(phoneNumber)?.relay?.numberName ?? settings.friendlyName,
    ...rest,
  }))
  return { at, rows: rows.toSorted((one, other) => (one.phoneNumber < other.phoneNumber ? -1 : 1)) }
}

/** Keeps the numbers' settings at Twilio as we left them: shows what somebody changed, brings it back, or takes it for ours. Managers only. */
export const createGuard = (parts: GuardParts) => ({
  /** @throws FailureError `forbidden`, `account-missing`, the relay's and Twilio's */
  drift: () => listDrift(parts),
  /** Writes the kept settings back, when the drift is what the person saw. @throws FailureError also `conflict`, `not-found` */
  restore: ({ phoneNumber, seen }: { phoneNumber: string; seen: { key: string; is: string }[] }) => restore(parts, phoneNumber, seen),
  /** The settings as they are now are ours. @throws FailureError also `not-found` */
  accept: ({ phoneNumber }: { phoneNumber: string }) => accept(parts, phoneNumber),
  /** Points numbers at our relay; one that fails leaves the others. @throws FailureError `forbidden`, `relay-unreachable` */
  connect: ({ phoneNumbers }: { phoneNumbers: string[] }) => connect(parts, phoneNumbers),
})
