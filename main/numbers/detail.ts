import type { NumberView } from '../../contract/number-desktop.ts'
import { driftOf, type AuditEntry } from '../../contract/number.ts'
import { signedIn } from '../account/manager.ts'
import type { KeptNumber, KeptRemote } from '../store/number-rows.ts'
import { keepRemote, sidOf, type NumberParts } from './change-parts.ts'
import { healthOf, newestSettings } from './health.ts'
import type { NumberViews } from './list.ts'
import type { Rules } from './search/rules.ts'
import { bundleSidOf, healthInputOf, ownedNumber } from './view.ts'

export interface DetailParts extends NumberParts {
  accounts: NumberParts['accounts'] & { isSet: () => boolean }
  views: Pick<NumberViews, 'one' | 'some'>
  rules: Pick<Rules, 'bundleNow'>
  /** Longer than this nobody waits for Twilio or the relay before seeing what is kept, in ms. */
  patience: number
}

/** Lines of the number's trace that are shown with it. */
const HISTORY = 50

/** The work's answer, or undefined when it fails or takes longer than `ms`: what is shown without it is older, not wrong. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([work.catch(() => undefined), late])
  } finally {
    clearTimeout(timer)
  }
}

/** What Twilio has just shown of a number, which is kept; undefined when it has none: that is the sync's to find out. */
async function look(parts: DetailParts, kept: KeptNumber): Promise<Pick<KeptRemote, 'number' | 'seenAt' | 'askedAt'> | undefined> {
  const sid = sidOf(kept)
  if (!parts.accounts.isSet() || !sid || kept.remote?.goneAt) return undefined
  const account = await parts.accounts.current()
  const number = await account.number(sid)
  if (number?.phoneNumber !== kept.phoneNumber) return undefined
  await keepRemote(parts, [number])
  const at = parts.clock.now().toISOString()
  return { number, seenAt: at, askedAt: at }
}

/** The kept number with what was just seen: Twilio's lists lag, so what the relay listed meanwhile may be older than it says. */
const withSeen = (kept: KeptNumber, seen: Awaited<ReturnType<typeof look>>): KeptNumber =>
  seen && kept.remote ? { ...kept, remote: { ...kept.remote, ...seen } } : kept

/** Asks Twilio how the number's bundle stands, which is kept. */
async function lookAtBundle({ accounts, rules }: DetailParts, kept: KeptNumber): Promise<void> {
  const sid = bundleSidOf(kept)
  if (sid && accounts.isSet()) await rules.bundleNow(sid)
}

/** Asks the relay what it guards of this number, and keeps that. */
async function askGuard({ relay, store }: DetailParts, phoneNumber: string) {
  const { wiring, rows } = await relay.guard([phoneNumber])
  await store.replica.guardSome(rows.filter((row) => row.phoneNumber === phoneNumber))
  return wiring
}

async function managerView(parts: DetailParts, before: KeptNumber): Promise<NumberView> {
  const { phoneNumber } = before
  const { patience, relay, accounts, views } = parts
  const [wiring, trace, seen] = await Promise.all([
    within(patience, askGuard(parts, phoneNumber)),
    within(patience, relay.audit({ subject: phoneNumber, limit: HISTORY })),
    within(patience, look(parts, before)),
    within(patience, lookAtBundle(parts, before)),
  ])
  const { kept: stored, context: known } = await views.one(phoneNumber)
  const kept = withSeen(stored, seen)
  const context = { ...known, wiring: wiring ?? known.wiring }
  const input = healthInputOf(kept, context)
  const { settings, settingsAt } = newestSettings(input)
  const history: AuditEntry[] = trace?.entries ?? []
  return {
    number: ownedNumber(kept, context),
    settings: accounts.isSet() ? settings : null,
    drift: kept.guard && settings ? driftOf(kept.guard.baseline, settings) : [],
    seenAt: settingsAt,
    checks: healthOf(input, context.now),
    history,
  }
}

/**
 * One number with everything about it: read again at Twilio and the relay, or as kept where they do not answer in time. Staff see their own,
 * without what is at Twilio. @throws FailureError `not-signed-in`, `not-found`
 */
export async function numberDetail(parts: DetailParts, phoneNumber: string): Promise<NumberView> {
  const { user } = signedIn(parts.session)
  const { kept, owned } = await parts.views.one(phoneNumber)
  if (user.role === 'manager') return managerView(parts, kept)
  return { number: owned, settings: null, drift: [], seenAt: null, checks: [], history: [] }
}
