import type { BridgeEventPayload } from '../../contract/desktop.ts'
import type { GuardBody } from '../../contract/number-relay.ts'
import type { NumberSettings, RemoteNumber, SettingKey } from '../../contract/number.ts'
import type { SessionService } from '../link/session.ts'
import type { Clock, Log } from '../ports.ts'
import type { KeptNumber } from '../store/number-rows.ts'
import type { Store } from '../store/store.ts'
import type { TwilioAccount } from '../twilio/port.ts'
import { stepsOf } from './change-each.ts'
import { keptAfter } from './guard-plan.ts'
import type { RelayNumbers } from './relay-numbers.ts'

export type Progress = BridgeEventPayload<'numbers.progress'>

/** What everything that changes numbers is given. */
export interface NumberParts {
  session: Pick<SessionService, 'record'>
  relay: RelayNumbers
  accounts: { current: () => Promise<TwilioAccount> }
  store: Pick<Store, 'reader' | 'replica'>
  clock: Clock
  log: Log
  onProgress: (progress: Progress) => void
  /** What is shown of these numbers is different now. */
  onNumbers: (phoneNumbers: string[]) => void
}

/** Progress of one bulk work, told from here on: call it once per number. */
export const progressOf = ({ onProgress }: Pick<NumberParts, 'onProgress'>, work: Progress['work'], total: number) =>
  stepsOf(total, (done) => onProgress({ work, done, total }))

/** The number as it is kept here, by phone number. */
export async function keptNumbers(
  { store }: Pick<NumberParts, 'store'>,
  phoneNumbers: readonly string[],
): Promise<Map<string, KeptNumber>> {
  const rows = await store.reader.someNumbers(phoneNumbers)
  return new Map(rows.map((row) => [row.phoneNumber, row]))
}

/** The number's SID as Twilio listed it, or as the relay knows it; undefined when nobody has seen it at Twilio. */
export const sidOf = (kept: KeptNumber | undefined): string | undefined =>
  kept?.remote?.sid ?? kept?.guard?.sid ?? kept?.relay?.sid ?? undefined

/** Keeps how Twilio has just shown these numbers. What is as it was is not written: it would only make a plan outdated that is being read. */
export async function keepRemote({ store, clock, onNumbers }: NumberParts, rows: readonly RemoteNumber[]): Promise<void> {
  const kept = await keptNumbers(
    { store },
    rows.map((row) => row.phoneNumber),
  )
  const differing = rows.filter((row) => {
    const before = kept.get(row.phoneNumber)?.remote
    const isHere = before?.missingSince === null && before.goneAt === null
    return !isHere || JSON.stringify(before.number) !== JSON.stringify(row)
  })
  if (differing.length === 0) return
  await store.replica.upsertRemote(differing, clock.now().toISOString())
  onNumbers(differing.map((row) => row.phoneNumber))
}

/** What was written of a number, and how it was before. */
export interface Written {
  remote: RemoteNumber
  baseline: NumberSettings | undefined
  keys: readonly SettingKey[]
}

/** Makes what we wrote the settings that are ours, at the relay and here. Other drift stays drift. */
export async function keepWritten(
  { relay, store, clock }: NumberParts,
  written: readonly Written[],
  reason: GuardBody['rows'][number]['reason'],
): Promise<void> {
  if (written.length === 0) return
  const rows = written.map(({ remote, baseline, keys }) => ({
    phoneNumber: remote.phoneNumber,
    sid: remote.sid,
    settings: keptAfter(baseline, remote.settings, keys),
    seen: remote.settings,
    reason,
  }))
  await relay.putGuard(rows)
  const at = clock.now().toISOString()
  await store.replica.guardSome(
    rows.map(({ phoneNumber, sid, settings, seen }) => ({ phoneNumber, sid, baseline: settings, baselineAt: at, seen, seenAt: at })),
  )
}
