import pLimit from 'p-limit'
import { backoffMs } from '../../../base/backoff.ts'
import { isPurchaseOver, type Purchase } from '../../../contract/number.ts'
import type { Timings } from '../../config.ts'
import { wait } from '../../link/wait.ts'
import type { Ports } from '../../ports.ts'
import type { PurchaseRow } from '../../store/purchase-table.ts'
import type { Store } from '../../store/store.ts'
import { perform } from './effects.ts'
import { afterEvent, nextEffect } from './machine.ts'
import { progressOf, type EffectParts } from './parts.ts'
import { leaseIdOf, machineLimits, type Run } from './steps.ts'

/** Purchases done at once: Twilio orders nothing between them, and a person watches. */
const AT_ONCE = 2
/** Closing waits so long for requests in flight, ms; what they did is found out at the next start. */
const CLOSING = 1000

export interface RunsParts extends Omit<EffectParts, 'reserve' | 'looksMs'> {
  table: Store['purchases']
  ports: Pick<Ports, 'log' | 'random'>
  timings: Pick<Timings, 'retryFirst' | 'retryCap' | 'looks'>
  onChange: (purchase: Purchase) => void
  /** It is ours from now on. */
  onBought: (row: PurchaseRow) => void
}

/** A purchase that is under way, or was in this process. */
interface Going {
  run: Run
  /** Resolves when it is over, or cannot be gone on with here. */
  over: PromiseWithResolvers<void>
  awake: AbortController
  /** Begins anew under the same intent: what this one still comes to must not be written over it. */
  forgotten: AbortController
}

/** What people see of it: while another desktop is at it, what that one does. */
const viewOf = ({ row, memory }: Run): Purchase => (memory.other ? { ...memory.other, intentId: row.purchase.intentId } : row.purchase)

/** Drives purchases: an effect, what came of it onto the disk, the next effect; each intent once in this process. */
export class PurchaseRuns {
  readonly #parts: RunsParts
  readonly #effects: EffectParts
  readonly #limit = pLimit(AT_ONCE)
  readonly #going = new Map<string, Going>()
  readonly #told = new Map<string, Promise<void>>()
  readonly #reserved = new Map<string, string>()
  #stop = new AbortController()
  #loops = new Set<Promise<void>>()

  constructor(parts: RunsParts) {
    this.#parts = parts
    this.#effects = { ...parts, looksMs: parts.timings.looks, reserve: this.#reserve }
  }

  /** Those of this process, as people see them. */
  views = (): Purchase[] => [...this.#going.values()].map(({ run }) => viewOf(run))
  leaseIds = (): Set<string> => new Set([...this.#going.values()].map(({ run }) => leaseIdOf(run.row)))
  view = (intentId: string): Purchase | undefined => {
    const going = this.#going.get(intentId)
    return going && viewOf(going.run)
  }

  /**
   * Begins, unless it is under way or over already. Synchronous, so that two who ask in the same instant get one run. `onDisk`: its row there,
   * when the run was made of it and may differ.
   */
  begin(run: Run, onDisk: PurchaseRow = run.row): void {
    const { intentId } = run.row.purchase
    if (this.#going.has(intentId)) return this.wake(intentId)
    const going: Going = { run, over: Promise.withResolvers(), awake: new AbortController(), forgotten: new AbortController() }
    this.#going.set(intentId, going)
    if (isPurchaseOver(run.row.purchase.state)) going.over.resolve()
    const signal = AbortSignal.any([this.#stop.signal, going.forgotten.signal])
    const loop = this.#take(going, onDisk)
      .then(() => this.#drive(going, signal))
      .catch((error: unknown) => {
        if (!signal.aborted) this.#parts.ports.log.error({ intentId, error: String(error) }, 'a purchase stands still')
        if (this.#going.get(intentId) === going) this.#going.delete(intentId) // taken up again from the disk
      })
      .finally(() => {
        going.over.resolve()
        this.#loops.delete(loop)
      })
    this.#loops.add(loop)
  }

  /** Lets an intent begin anew. */
  forget(intentId: string): void {
    this.#going.get(intentId)?.forgotten.abort()
    this.#going.delete(intentId)
  }

  /** What it waits for may be there now. */
  wake(intentId?: string): void {
    for (const [id, { awake }] of this.#going) if (intentId === undefined || id === intentId) awake.abort()
  }

  /** Resolves when the purchase is over, at most after `ms`. */
  async settled(intentId: string, ms: number): Promise<void> {
    const done = new AbortController()
    const over = this.#going.get(intentId)?.over.promise.then(() => done.abort())
    if (over) await wait(ms, AbortSignal.any([done.signal, this.#stop.signal]))
  }

  /** Lets everything stand as it is on the disk: another workspace, or the end. */
  async stop(): Promise<void> {
    const before = this.#stop
    this.#stop = new AbortController()
    this.#going.clear()
    before.abort()
    const ended = new AbortController()
    void Promise.allSettled(this.#loops).then(() => ended.abort())
    await wait(CLOSING, ended.signal)
  }

  /** What taking it up made of it is kept before it is gone on with. */
  async #take({ run }: Going, onDisk: PurchaseRow): Promise<void> {
    if (run.row === onDisk) return
    await this.#parts.table.putPurchase(run.row)
    this.#parts.onChange(viewOf(run))
  }

  async #drive(going: Going, signal: AbortSignal): Promise<void> {
    const { ports, timings, clock } = this.#parts
    let pauses = 0
    for (let effect = nextEffect(going.run); effect; effect = nextEffect(going.run)) {
      const { type } = effect
      const work = () => perform(this.#effects, going.run, effect, signal)
      const event = await (type === 'look' || type === 'join' ? work() : this.#limit(work))
      const before = going.run
      const after = afterEvent(before, type, event, clock.now().toISOString(), { ...machineLimits, looks: timings.looks.length })
      going.forgotten.signal.throwIfAborted()
      if (after.row !== before.row) await this.#parts.table.putPurchase(after.row) // on the disk before anything else happens
      going.run = after
      signal.throwIfAborted() // what came after the end is kept all the same
      if (after !== before) this.#tell(going, before, event.type)
      if (event.type !== 'unanswered' || after !== before) pauses = 0
      else await this.#pause(going, backoffMs(pauses++, ports.random(), timings.retryFirst, timings.retryCap) + 1, signal)
      signal.throwIfAborted()
    }
  }

  #pause(going: Going, ms: number, signal: AbortSignal): Promise<void> {
    going.awake = new AbortController()
    return wait(ms, AbortSignal.any([signal, going.awake.signal]))
  }

  #tell(going: Going, before: Run, event: string): void {
    const { row } = going.run
    const { state, intentId, failureCode } = row.purchase
    this.#parts.onChange(viewOf(going.run))
    if (before.row.purchase.state === state) return
    this.#parts.ports.log.info({ intentId, event, state, ...(failureCode === null ? {} : { failure: failureCode }) }, 'purchase')
    if (isPurchaseOver(state)) {
      going.over.resolve()
      if (row.purchase.sid !== null) this.#parts.onBought(row)
    } else if (row.isKnown && (state === 'looking' || state === 'bought' || state === 'configured')) this.#progress(row)
  }

  /** Progress is told in order, and nobody waits for it: the end is told until it is heard. */
  #progress(row: PurchaseRow): void {
    const id = leaseIdOf(row)
    const before = this.#told.get(id) ?? Promise.resolve()
    const told = before
      .then(() => this.#parts.relay.tellPurchase(id, progressOf(row)))
      .then(
        () => undefined,
        () => undefined,
      )
    this.#told.set(id, told)
    void told.then(() => this.#told.get(id) === told && this.#told.delete(id))
  }

  /** Two purchases of one area code must not choose the same number. */
  readonly #reserve = (phoneNumber: string, intentId: string): boolean => {
    for (const [id, { run }] of this.#going) {
      const { purchase, tried } = run.row
      if (
        id !== intentId &&
        (purchase.phoneNumber === phoneNumber || this.#reserved.get(id) === phoneNumber || tried.includes(phoneNumber))
      )
        return false
    }
    this.#reserved.set(intentId, phoneNumber)
    return true
  }
}
