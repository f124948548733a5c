import { backoffMs } from '../../base/backoff.ts'
import type { CallFact } from '../../contract/call.ts'
import type { Failure } from '../../contract/failure.ts'

export interface Observations {
  observe: (callId: string, facts: CallFact[]) => void
  /** Sends what waits: before the page goes. */
  flush: () => void
}

export interface ObservationTimes {
  /** How long the facts of a call that begins are gathered. */
  settleMs: number
  /** The first wait before what main did not take is offered again; it doubles. */
  retryMs: number
}

type Send = (callId: string, facts: CallFact[]) => Promise<Failure | undefined>

/** As many facts as `calls.observe` takes at once. */
const MOST = 100
const RETRY_MOST_MS = 15_000
const END: ReadonlySet<string> = new Set(['endAt', 'endedBy', 'failure'])
const isOutgoing = ({ field, value }: CallFact) => field === 'direction' && value === 'outgoing'

/**
 * While a call of ours is set up its facts come in a burst, and each request costs the machine what the call's sound needs just then.
 * What is learnt within `settleMs` of its beginning is sent together, unless it ends; all else at once. Facts carry their own instants and
 * may arrive in any order, any number of times: what main could not take is kept and offered again.
 */
export function gatherObservations(send: Send, times: ObservationTimes = { settleMs: 500, retryMs: 1000 }): Observations {
  return new Gathering(send, times)
}

class Gathering implements Observations {
  readonly #send: Send
  readonly #times: ObservationTimes
  readonly #beginning = new Map<string, CallFact[]>()
  readonly #refused = new Map<string, CallFact[]>()
  readonly #sending = new Map<string, Promise<void>>()
  #settling: ReturnType<typeof setTimeout> | undefined
  #retrying: ReturnType<typeof setTimeout> | undefined
  #attempt = 0

  constructor(send: Send, times: ObservationTimes) {
    this.#send = send
    this.#times = times
  }

  observe = (callId: string, facts: CallFact[]): void => {
    const gathered = this.#beginning.get(callId)
    if (gathered) {
      gathered.push(...facts)
      if (facts.some(({ field }) => END.has(field))) this.#settle()
      return
    }
    if (!facts.some(isOutgoing)) return this.#offer(callId, facts)
    this.#settle()
    this.#beginning.set(callId, [...facts])
    this.#settling = setTimeout(() => this.#settle(), this.#times.settleMs)
  }

  flush = (): void => {
    this.#settle()
    this.#retry()
  }

  #settle(): void {
    clearTimeout(this.#settling)
    this.#sendAll(this.#beginning)
  }

  #retry(): void {
    clearTimeout(this.#retrying)
    this.#retrying = undefined
    this.#sendAll(this.#refused)
  }

  #sendAll(waiting: Map<string, CallFact[]>): void {
    const all = [...waiting]
    waiting.clear()
    for (const [callId, facts] of all) this.#offer(callId, facts)
  }

  #offer(callId: string, facts: CallFact[]): void {
    for (let start = 0; start < facts.length; start += MOST) this.#sendNext(callId, facts.slice(start, start + MOST))
  }

  /** One request of a call after the other: the relay refuses what it hears of a call before it has heard that there is one. */
  #sendNext(callId: string, facts: CallFact[]): void {
    const before = this.#sending.get(callId)
    const sent = before ? before.then(() => this.#try(callId, facts)) : this.#try(callId, facts)
    this.#sending.set(callId, sent)
    void sent.finally(() => this.#sending.get(callId) === sent && this.#sending.delete(callId))
  }

  async #try(callId: string, facts: CallFact[]): Promise<void> {
    const problem = await this.#send(callId, facts)
    if (!problem) this.#attempt = 0
    if (!problem || problem.retry === 'never') return
    this.#refused.set(callId, [...(this.#refused.get(callId) ?? []), ...facts])
    this.#retrying ??= setTimeout(() => this.#retry(), backoffMs(this.#attempt++, 1, this.#times.retryMs, RETRY_MOST_MS))
  }
}
