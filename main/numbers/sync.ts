import { randomUUID } from 'node:crypto'
import pLimit from 'p-limit'
import { singleFlight } from '../../base/single-flight.ts'
import type { BridgeEventPayload } from '../../contract/desktop.ts'
import { FailureError } from '../../contract/failure.ts'
import type { SyncPlan } from '../../contract/number-desktop.ts'
import type { RemoteNumber } from '../../contract/number.ts'
import { requireManager } from '../account/manager.ts'
import { wait } from '../link/wait.ts'
import type { Clock } from '../ports.ts'
import type { TwilioAccount } from '../twilio/port.ts'
import type { RelayNumbers } from './relay-numbers.ts'
import { listBoth, type Listing } from './sync-listing.ts'
import { createSyncLog, type SyncLog } from './sync-log.ts'
import { diffOf, fingerprintOf, questionsOf, type SyncDiff } from './sync-plan.ts'
import { createReports, type ReportParts } from './sync-reports.ts'

export interface SyncParts extends Omit<ReportParts, 'signal'> {
  accounts: { current: () => Promise<Pick<TwilioAccount, 'accountSid' | 'numbers' | 'number'>> }
  relay: Pick<RelayNumbers, 'changes' | 'refresh'>
  clock: Clock
  timings: ReportParts['timings'] & {
    /** A reconnection this soon after the last listing does not list again, ms. */
    syncGap: number
    /** So long after a purchase Twilio's numbers are listed, ms. */
    syncAfterPurchase: number
    /** So long an applied sync waits at most for the relay to list the new numbers, ms. */
    syncRelay: number
  }
  onProgress: (progress: BridgeEventPayload<'numbers.progress'>) => void
  /** What is kept of these numbers, or of any (null), is different now. */
  onNumbers: (phoneNumbers: string[] | null) => void
  /** A plan was applied; whether it did anything. */
  onSynced: (hasChanged: boolean) => void
}

/** SIDs that one plan asks Twilio for by themselves, and how many at once. Numbers beyond are *missing* until the next plan. */
const QUESTIONS = { most: 500, atOnce: 4 } as const
/** Plans that can still be applied; and for how long, in ms. */
const PLANS = { kept: 5, lifeMs: 600_000 } as const
/** Beyond so many numbers the page is told that any may have changed. */
const NAMED = 500
/** What is under way has this long to end when the app does, ms. */
const CLOSE_MS = 1000
/** A plan made by itself that is outdated at once is made again so often. */
const TRIES = 3

/** A plan with what it was made from. */
interface Made {
  plan: SyncPlan
  /** Let go once it is applied: thousands of numbers are megabytes. */
  writes: SyncDiff['writes']
  /** The same, without what the store has already. */
  parts: ReturnType<Listing['part']>
  isIdle: boolean
  revision: number
  fingerprint: string
  /** SIDs of what it removes, which Twilio is asked for once more before. */
  removedSids: string[]
}

const outdated = (why: string) => new FailureError('plan-outdated', why)

/** What Twilio says of each SID; one that could not be asked for stays unknown. */
async function answersTo(account: Pick<TwilioAccount, 'number'>, sids: readonly string[], log: SyncLog) {
  const answers = new Map<string, 'here' | 'gone'>()
  const limit = pLimit(QUESTIONS.atOnce)
  const ask = async (sid: string) => {
    try {
      answers.set(sid, (await account.number(sid)) ? 'here' : 'gone')
    } catch (error) {
      log.unanswered(sid, error)
    }
  }
  await Promise.all(sids.map((sid) => limit(ask, sid)))
  return answers
}

/** Brings what is kept of the account's numbers up to Twilio's list: a plan first, then an act (RULES R30). Managers with an account only. */
export class NumberSync {
  readonly #parts: SyncParts
  readonly #log: SyncLog
  readonly #made = new Map<string, Made>()
  #applied: Made | undefined
  /** Applied plans that had nothing to do: there is nothing to undo. */
  readonly #idle = new Set<string>()
  /** Applies and undoes come one after the other. */
  readonly #oneByOne = pLimit(1)
  readonly #background = new Set<Promise<unknown>>()
  readonly #closing = new AbortController()
  #isSyncDue = false
  readonly tellRelay: () => Promise<boolean>
  readonly #plan = singleFlight(() => this.#makePlan())

  constructor(parts: SyncParts) {
    this.#parts = parts
    this.#log = createSyncLog(parts)
    this.tellRelay = createReports({ ...parts, signal: this.#closing.signal })
  }

  /** What a sync would do now. Who asks while one is being made gets the same. @throws FailureError as `TwilioAccount`; nothing was changed then */
  plan = async (): Promise<SyncPlan> => {
    requireManager(this.#parts.session)
    return (await this.#plan()).plan
  }

  /** Does what the plan says, once: again, it answers the same. @throws FailureError `plan-outdated` when what it was made from has changed */
  apply = async (planId: string): Promise<{ plan: SyncPlan; undoId: string }> => {
    requireManager(this.#parts.session)
    return this.#oneByOne(() => this.#apply(planId))
  }

  /** Undoes what an applied plan did here, and tells the relay. Twilio is not touched. @throws FailureError `plan-outdated` when another plan came after it */
  undo = async (undoId: string): Promise<void> => {
    requireManager(this.#parts.session)
    await this.#oneByOne(async () => {
      if (this.#idle.has(undoId)) return
      const phoneNumbers = await this.#parts.store.replica.undoPlan(undoId)
      if (!phoneNumbers) throw outdated('another plan was applied since')
      this.#applied = undefined
      this.#made.clear()
      this.#log.undone(phoneNumbers.length)
      this.#tell(phoneNumbers)
      await this.tellRelay()
    })
  }

  /**
   * By itself, on reconnection and after a purchase: plans, and applies what removes nothing; the rest waits for a person, who sees the plan when
   * the page opens. Never throws.
   */
  auto = async (why: 'reconnect' | 'purchase'): Promise<void> => {
    const { accounts, session } = this.#parts
    if (this.#closing.signal.aborted || session.record()?.user.role !== 'manager') return
    // `current` waits for an account that is just being taken over.
    const hasAccount = await accounts.current().then(
      () => true,
      () => false,
    )
    if (hasAccount) await this.#syncAlone(why).catch(() => undefined) // what failed has said so in the log
    await this.tellRelay().catch(() => false)
  }

  async #syncAlone(why: 'reconnect' | 'purchase'): Promise<void> {
    for (let tries = 0; tries < TRIES && !this.#closing.signal.aborted; tries++) {
      const { plan } = await this.#plan()
      if (plan.removed.length > 0) return this.#log.waits(why, plan)
      try {
        await this.apply(plan.planId)
        return undefined
      } catch (error) {
        // A purchase came in between: its number was not in the list.
        if (!(error instanceof FailureError && error.code === 'plan-outdated')) throw error
      }
    }
    return undefined
  }

  /** The link is up (again): tells the relay what it is owed, and syncs by itself unless Twilio was listed a moment ago. */
  reconnected = (): void => {
    if (!this.#closing.signal.aborted) this.#behind(this.#afterGap())
  }

  async #afterGap(): Promise<void> {
    const { store, clock, timings } = this.#parts
    const { syncedAt } = await store.reader.numberState()
    if (syncedAt === null || clock.now().getTime() - Date.parse(syncedAt) >= timings.syncGap) await this.auto('reconnect')
    else await this.tellRelay()
  }

  /** Numbers just bought, as Twilio answered: they are shown at once, and the list is read again behind them. */
  afterPurchase = async (numbers: readonly RemoteNumber[]): Promise<void> => {
    const { store, clock } = this.#parts
    await store.replica.upsertRemote(numbers, clock.now().toISOString())
    this.#tell(numbers.map((number) => number.phoneNumber))
    if (this.#closing.signal.aborted || this.#isSyncDue) return
    this.#isSyncDue = true // one list behind many purchases
    this.#behind(this.#afterPurchases())
  }

  async #afterPurchases(): Promise<void> {
    await wait(this.#parts.timings.syncAfterPurchase, this.#closing.signal)
    this.#isSyncDue = false
    await this.auto('purchase')
  }

  /** Begins nothing more, and resolves when nothing is under way, or soon: a Twilio that does not answer must not hold up the end. */
  close = async (): Promise<void> => {
    this.#closing.abort()
    const limit = new AbortController()
    await Promise.race([Promise.allSettled(this.#background), wait(CLOSE_MS, limit.signal)])
    limit.abort()
  }

  #behind(work: Promise<unknown>): void {
    const quiet = work.catch(() => undefined).finally(() => this.#background.delete(quiet))
    this.#background.add(quiet)
  }

  #tell(phoneNumbers: string[]): void {
    if (phoneNumbers.length > 0) this.#parts.onNumbers(phoneNumbers.length > NAMED ? null : phoneNumbers)
  }

  async #makePlan(): Promise<Made> {
    this.#log.begins()
    try {
      const made = await this.#compare()
      this.#made.set(made.plan.planId, made)
      for (const planId of [...this.#made.keys()].slice(0, -PLANS.kept)) this.#made.delete(planId)
      this.#log.planned(made.plan)
      return made
    } catch (error) {
      this.#log.failed(error)
      throw error
    }
  }

  async #compare(): Promise<Made> {
    const { accounts, store, clock, onProgress } = this.#parts
    const account = await accounts.current()
    this.#log.client(account.accountSid)
    const at = clock.now().toISOString()
    const planId = randomUUID()
    const onPage = (done: number) => onProgress({ work: 'sync', done, total: null })
    const { listing, local, revision, raw, part } = await listBoth({ account, store, listingId: planId, onPage })
    this.#log.counted(listing.length, local.filter((one) => !one.isGone && one.directory !== 'left').length)
    const answers = await answersTo(account, questionsOf(listing, local, QUESTIONS.most), this.#log)
    const diff = diffOf(listing, local, answers, at, raw)
    const { writes, ...summary } = diff
    const removedSids = writes.flatMap(({ goneAt, sid }) => (goneAt !== null && sid !== null ? [sid] : []))
    const plan = { planId, at, ...summary }
    const isIdle = writes.length === 0
    return { plan, writes, parts: part(writes), isIdle, revision, fingerprint: fingerprintOf(diff), removedSids }
  }

  async #apply(planId: string): Promise<{ plan: SyncPlan; undoId: string }> {
    const made = this.#made.get(planId)
    if (!made) throw outdated('no such plan, or newer ones have taken its place')
    const before = this.#applied
    // The same plan again, or one that another (made by itself, behind the page's back) has carried out word for word.
    const isSame = before?.fingerprint === made.fingerprint && before.revision === made.revision && !made.isIdle
    if (before && (isSame || before.plan.planId === planId)) return { plan: made.plan, undoId: before.plan.planId }
    await this.#check(made)
    const { plan, writes } = made
    if (!(await this.#write(made))) throw outdated('the numbers kept here have changed')
    this.#applied = made
    if (this.#idle.size > PLANS.kept) this.#idle.clear()
    if (made.isIdle) this.#idle.add(planId)
    made.writes = []
    made.parts = { staged: null, rest: [] }
    this.#log.applied(plan)
    await this.#follow(
      plan,
      writes.map((one) => one.phoneNumber),
    )
    return { plan, undoId: planId }
  }

  /** False when what is kept has changed since. */
  async #write({ plan, writes, parts: { staged, rest }, revision }: Made): Promise<boolean> {
    const { replica } = this.#parts.store
    const about = { revision, undoId: plan.planId, at: plan.at }
    let outcome = await replica.applyPlan({ ...about, writes: rest, staged })
    if (outcome === 'unstaged') outcome = await replica.applyPlan({ ...about, writes, staged: null }) // another list was begun since
    return outcome === 'applied'
  }

  /** @throws FailureError `plan-outdated` when Twilio's list is known to have changed since the plan */
  async #check({ plan, fingerprint, revision, removedSids, isIdle }: Made): Promise<void> {
    const { accounts, clock } = this.#parts
    const newest = [...this.#made.values()].at(-1)
    if (newest && (newest.fingerprint !== fingerprint || newest.revision !== revision)) throw outdated('Twilio lists other numbers by now')
    if (isIdle) return
    if (clock.now().getTime() - Date.parse(plan.at) > PLANS.lifeMs) throw outdated('the plan is too old')
    if (removedSids.length === 0) return
    const answers = await answersTo(await accounts.current(), removedSids, this.#log)
    if (removedSids.some((sid) => answers.get(sid) !== 'gone')) throw outdated('a number that was gone is there, or Twilio does not answer')
  }

  /** What follows from an applied plan. */
  async #follow({ added, changed }: SyncPlan, phoneNumbers: string[]): Promise<void> {
    this.#tell(phoneNumbers)
    await this.tellRelay()
    if (added.length > 0 || changed.length > 0) await this.#askRelay(added.length)
    this.#parts.onSynced(phoneNumbers.length > 0)
  }

  /** The relay lists the account itself. A few new numbers are waited for, so that they can be assigned at once; many come behind us. */
  async #askRelay(added: number): Promise<void> {
    const asked = this.#parts.relay.refresh().catch((error: unknown) => this.#log.notRefreshed(error))
    this.#behind(asked)
    if (added === 0 || added > NAMED) return
    const limit = new AbortController()
    await Promise.race([asked, wait(this.#parts.timings.syncRelay, AbortSignal.any([limit.signal, this.#closing.signal]))])
    limit.abort()
  }
}

export const createNumberSync = (parts: SyncParts): NumberSync => new NumberSync(parts)
