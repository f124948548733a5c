import type { CallStatus, SandboxCall } from '../engine-port.ts'
import type { Leg, LegEnd, LegEvent } from '../ports.ts'
import { drawn, rfc2822, type EngineDeps } from './deps.ts'
import { standardFields, type FlowFields } from './fields.ts'
import { minutes, priceOfCall } from './pricing.ts'
import type { Source } from './source.ts'

export type ProgressEvent = 'initiated' | 'ringing' | 'answered' | 'completed'
export type FinalStatus = Extract<CallStatus, 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled'>

/** Who is told of a call's progress. */
export interface ProgressCallback {
  url: string
  method: 'GET' | 'POST'
  events: ReadonlySet<string>
}

/** One leg while it lives: its record, its line, its callbacks. */
export interface LiveCall {
  readonly call: SandboxCall
  /** Undefined while it waits in the queue. */
  readonly leg: Leg | undefined
  readonly flow: FlowFields
  /** Aborted once the call is over. */
  readonly over: AbortSignal
  readonly isOver: boolean
  readonly isAnswered: boolean
  /** Gives it the line that was dialled or that called. */
  attach(leg: Leg): void
  change(patch: Partial<SandboxCall>): void
  tell(event: ProgressEvent): void
  /** Answers a leg that called us; called legs are answered by their far end. */
  answer(): Promise<void>
  /** Ends it: once. `why` is what the far end is told. */
  finish(status: FinalStatus, why?: LegEnd): void
  on(listener: (event: LegEvent) => void): () => void
  /** Added to the final callback; waited for before it is sent. */
  addFinalFields(fields: () => Promise<[string, string][]>): void
  /** Runs another document instead; set while something runs here. */
  redirect: ((source: Source) => void) | undefined
  /** Takes a child out of its Dial, because it is about to run a document of its own. */
  detach: (() => void) | undefined
}

export interface LiveCallOptions {
  call: SandboxCall
  flow?: FlowFields
  callback?: ProgressCallback | undefined
}

const toldToFarEnd: Record<FinalStatus, LegEnd> = {
  completed: 'hangup',
  busy: 'busy',
  failed: 'unreachable',
  'no-answer': 'canceled',
  canceled: 'canceled',
}
const sipCodes: Record<FinalStatus, string> = { completed: '200', busy: '486', failed: '404', 'no-answer': '487', canceled: '487' }

interface State {
  call: SandboxCall
  leg: Leg | undefined
  answering: Promise<void> | undefined
  ended: AbortController
  listeners: Set<(event: LegEvent) => void>
  finals: (() => Promise<[string, string][]>)[]
  progress: ReturnType<typeof createProgress>
}

/** Puts a call on the record and keeps it there until it is over. */
export function createLiveCall(deps: EngineDeps, { call, flow = {}, callback }: LiveCallOptions): LiveCall {
  const progress = createProgress(deps, () => state.call, flow, callback)
  const ended = new AbortController()
  const state: State = { call, leg: undefined, answering: undefined, ended, listeners: new Set(), finals: [], progress }
  const live: LiveCall = {
    get call() {
      return state.call
    },
    get leg() {
      return state.leg
    },
    flow,
    over: ended.signal,
    get isOver() {
      return ended.signal.aborted
    },
    get isAnswered() {
      return state.call.answeredAt !== null
    },
    redirect: undefined,
    detach: undefined,
    attach: (leg) => attach(deps, live, state, leg),
    change: (patch) => change(deps, state, patch),
    tell: (event) => progress(event),
    answer: () => (state.answering ??= live.isAnswered || !state.leg ? Promise.resolve() : answerLeg(deps, live, state.leg)),
    finish: (status, why) => live.isOver || finish(deps, state, status, why ?? toldToFarEnd[status]),
    on(listener) {
      state.listeners.add(listener)
      return () => void state.listeners.delete(listener)
    },
    addFinalFields: (fields) => void state.finals.push(fields),
  }
  deps.account.calls.put(call)
  deps.lives.set(call.sid, live)
  return live
}

function change(deps: EngineDeps, state: State, patch: Partial<SandboxCall>): void {
  state.call = { ...state.call, ...patch, updatedAt: deps.clock.now() }
  deps.account.calls.put(state.call)
}

function attach(deps: EngineDeps, live: LiveCall, state: State, leg: Leg): void {
  state.leg = leg
  leg.on((event) => {
    if (live.isOver || isIgnored(deps, live, event)) return
    if (event.type === 'ended') return live.finish(statusOf(live, event.why), event.why)
    follow(live, event, deps.clock.now())
    for (const listener of state.listeners) listener(event)
  })
}

function finish(deps: EngineDeps, state: State, status: FinalStatus, why: LegEnd): void {
  const now = deps.clock.now()
  const price = priceOfCall({ ...state.call, endedAt: now })
  change(deps, state, { status, endedAt: now, price, priceAt: now + drawn(deps.random, deps.switches().priceDelayMs) })
  const { call, leg, finals, progress, listeners } = state
  if (price) deps.account.ledger({ kind: 'charge', what: 'call', callSid: call.sid, amount: price })
  deps.lives.delete(call.sid)
  leg?.end(why)
  state.ended.abort()
  void Promise.all(finals.map((final) => final())).then((fields) => progress('completed', [...finalFields(call), ...fields.flat()]))
  for (const listener of listeners) listener({ type: 'ended', why })
  listeners.clear()
}

/** What a called leg's news means for its record. */
function follow(live: LiveCall, event: LegEvent, now: number): void {
  if (live.call.direction === 'inbound' || live.isAnswered) return
  if (event.type === 'ringing' && live.call.status !== 'ringing') {
    live.change({ status: 'ringing' })
    live.tell('ringing')
  }
  if (event.type === 'answered') {
    live.change({ status: 'in-progress', answeredAt: now })
    live.tell('answered')
  }
}

async function answerLeg(deps: EngineDeps, live: LiveCall, leg: Leg): Promise<void> {
  try {
    await leg.answer()
  } catch (error) {
    deps.log.warn({ error, sid: leg.sid }, 'a leg could not be answered')
    return live.finish('failed')
  }
  if (!live.isOver) live.change({ status: 'in-progress', answeredAt: deps.clock.now() })
}

/** A switch says that a Device nobody is registered for rings out instead of failing at once. */
function isIgnored(deps: EngineDeps, live: LiveCall, event: LegEvent): boolean {
  const isUnreachable = event.type === 'ended' && event.why === 'unreachable'
  return isUnreachable && !live.isAnswered && live.call.to.startsWith('client:') && deps.switches().unregisteredClient === 'after-timeout'
}

/** Twilio's status for how a leg ended by itself. A caller who gives up before the answer leaves `no-answer`. */
function statusOf(live: LiveCall, why: LegEnd): FinalStatus {
  if (live.isAnswered) return 'completed'
  if (live.call.direction === 'inbound') return 'no-answer'
  if (why === 'busy' || why === 'declined') return 'busy'
  if (why === 'canceled') return 'canceled'
  return why === 'hangup' || why === 'expired' ? 'no-answer' : 'failed'
}

function finalFields(call: SandboxCall): [string, string][] {
  const ms = call.answeredAt === null || call.endedAt === null ? 0 : call.endedAt - call.answeredAt
  const sip = call.direction === 'inbound' ? [] : ([['SipResponseCode', sipCodes[call.status as FinalStatus]]] as [string, string][])
  return [['CallDuration', String(Math.round(ms / 1000))], ['Duration', String(call.answeredAt === null ? 0 : minutes(ms))], ...sip]
}

/** Sends the progress callbacks that were asked for, numbered from 0. */
function createProgress(deps: EngineDeps, call: () => SandboxCall, flow: FlowFields, callback: ProgressCallback | undefined) {
  let sequence = 0
  return (event: ProgressEvent, extra: [string, string][] = []) => {
    if (!callback?.url || !callback.events.has(event)) return
    deps.webhooks.tell({
      url: callback.url,
      method: callback.method,
      callSid: call().sid,
      params: [
        ...standardFields(call(), flow, event === 'initiated' ? 'initiated' : call().status),
        ...extra,
        ['Timestamp', rfc2822(deps.clock.now())],
        ['CallbackSource', 'call-progress-events'],
        ['SequenceNumber', String(sequence++)],
      ],
    })
  }
}
