import { eachNumber, type EachResult } from './change-each.ts'
import { keepRemote, keepWritten, keptNumbers, sidOf, type NumberParts } from './change-parts.ts'
import type { NumberPatch, RemoteNumber } from '../../contract/number.ts'

export interface PatchOf {
  phoneNumber: string
  patch: NumberPatch
}

/** A rename that Twilio took: what it was called there before, and how the number is now. */
export interface Renamed {
  before: string | undefined
  remote: RemoteNumber
}

/** Renames at Twilio; undefined where the number was never seen there. @throws FailureError `account-missing`, Twilio's */
async function rename(parts: NumberParts, phoneNumber: string, name: string): Promise<Renamed | undefined> {
  const account = await parts.accounts.current()
  const kept = (await keptNumbers(parts, [phoneNumber])).get(phoneNumber)
  const sid = sidOf(kept)
  if (!sid) return undefined
  const before = kept?.remote?.number?.settings.friendlyName ?? kept?.guard?.seen.friendlyName
  return { before, remote: await account.update(sid, { friendlyName: name }) }
}

/**
 * Gives at Twilio every number its new name, where its patch has one. `failed`: those that keep the old one, and why.
 * @throws FailureError `relay-unreachable` before anything is renamed that the relay could not be told of
 */
export async function renameAll(
  parts: NumberParts,
  changes: readonly PatchOf[],
): Promise<{ done: Map<string, Renamed>; failed: EachResult[] }> {
  const done = new Map<string, Renamed>()
  const named = changes.filter(({ patch }) => patch.name !== undefined)
  if (named.length > 0) await parts.relay.audit({ limit: 1 })
  const results = await eachNumber(
    named,
    async ({ phoneNumber, patch }) => {
      const renamed = await rename(parts, phoneNumber, patch.name ?? '')
      if (renamed) done.set(phoneNumber, renamed)
    },
    { log: parts.log },
  )
  return { done, failed: results.filter(({ ok }) => !ok) }
}

/** The relay refused what Twilio had taken: the old name again, as well as that goes. */
export async function takeBack({ accounts, log }: NumberParts, { before, remote }: Renamed): Promise<void> {
  if (!before) return
  try {
    const account = await accounts.current()
    await account.update(remote.sid, { friendlyName: before })
  } catch (error) {
    log.warn({ sid: remote.sid, error: String(error) }, 'a rename could not be taken back')
  }
}

/**
 * The guard keeps these names from now on: else they would look as if somebody else had changed them. Drift in anything else stays drift.
 * A failure is logged alone, since the names themselves are changed.
 */
export async function keepNames(parts: NumberParts, renamed: readonly Renamed[]): Promise<void> {
  if (renamed.length === 0) return
  const remotes = renamed.map(({ remote }) => remote)
  try {
    await keepRemote(parts, remotes)
    const { rows } = await parts.relay.guard(remotes.map(({ phoneNumber }) => phoneNumber))
    const baselines = new Map(rows.map((row) => [row.phoneNumber, row.baseline]))
    const written = remotes.map((remote) => ({ remote, baseline: baselines.get(remote.phoneNumber), keys: ['friendlyName'] as const }))
    await keepWritten(parts, written, 'renamed')
  } catch (error) {
    parts.log.warn({ error: String(error) }, 'new names are not guarded yet')
  }
}
