import { newSid } from '../account/random.ts'
import type { Leg } from '../ports.ts'
import type { DialNoun, DialVerb } from '../twiml/verbs.ts'
import { callerIdOf } from './caller-id.ts'
import { isFull } from './capacity.ts'
import type { EngineDeps } from './deps.ts'
import { createLiveCall, type FinalStatus, type LiveCall, type ProgressCallback } from './live-call.ts'
import type { Scene } from './scene.ts'
import { isAccepted } from './screen.ts'
import { report, resolveUrl } from './source.ts'

export interface RingResult {
  winner: LiveCall | undefined
  status: FinalStatus
  /** The leg dialled last, for DialCallSid. */
  lastSid: string | undefined
}

/** Rings all nouns at once: the first who answers (and passes their screening) wins, the others end as the `losers` switch says. */
export async function ring(scene: Scene, verb: DialVerb, nouns: readonly DialNoun[], isQuiet: boolean): Promise<RingResult> {
  const { deps, live, signal } = scene
  const placed = nouns.map((noun) => ({ noun, child: place(scene, verb, noun) }))
  const children = placed.flatMap(({ child }) => (child ? [child] : []))
  const timeoutMs = Math.min(600, Math.max(5, verb.timeoutSeconds)) * 1000 + deps.switches().dialBufferMs
  const winner = await new Promise<LiveCall | undefined>((resolve) => {
    // Whoever has picked up and is being screened is past ringing.
    const cancelTimer = deps.clock.later(timeoutMs, () => {
      for (const child of children) if (!child.isAnswered) child.finish('no-answer')
    })
    const gaveUp = () => settle(undefined, 'canceled')
    let isSettled = false
    const settle = (won: LiveCall | undefined, othersEnd: FinalStatus) => {
      if (isSettled) return
      isSettled = true
      cancelTimer()
      signal.removeEventListener('abort', gaveUp)
      for (const child of children) if (child !== won) child.finish(child.isAnswered ? 'completed' : othersEnd)
      resolve(won)
    }
    const allEnded = () => children.every((child) => child.isOver) && settle(undefined, 'no-answer')
    signal.addEventListener('abort', gaveUp, { once: true })
    for (const { noun, child } of placed) {
      child?.on((event) => {
        if (event.type === 'ringing' && isQuiet) tellCaller(scene)
        if (event.type === 'ended') allEnded()
        if (event.type !== 'answered') return
        isAccepted(scene, child, noun)
          .then((isIn) => isIn && settle(child, deps.switches().losers))
          .catch((error: unknown) => fail(deps, child, error))
      })
    }
    allEnded()
    if (signal.aborted) gaveUp()
  })
  return { winner, status: winner ? 'completed' : joined(children, live), lastSid: (winner ?? children.at(-1))?.call.sid }
}

/** The caller hears that it rings: once, whoever rings. */
function tellCaller({ deps, live, run }: Scene): void {
  if (run.isRinging || !live.leg) return
  run.isRinging = true
  live.leg.ring(false).catch((error: unknown) => fail(deps, live, error))
}

function fail(deps: EngineDeps, live: LiveCall, error: unknown): void {
  deps.log.warn({ error, sid: live.call.sid }, 'a leg failed while it rang')
  live.finish('failed')
}

/** What a ring without answer came to, strongest reason first. */
function joined(children: readonly LiveCall[], parent: LiveCall): FinalStatus {
  if (parent.isOver) return 'canceled'
  const statuses = new Set(children.map((child) => child.call.status))
  for (const status of ['no-answer', 'busy', 'canceled'] as const) if (statuses.has(status)) return status
  return statuses.has('completed') ? 'no-answer' : 'failed'
}

/** Makes the child leg and dials it; undefined when the caller ID or the number forbids it. */
function place(scene: Scene, verb: DialVerb, noun: DialNoun): LiveCall | undefined {
  const { deps, live } = scene
  const from = callerIdOf(deps, live, verb, noun)
  if (typeof from !== 'string') {
    report(deps, live, 'error', from)
    return undefined
  }
  const now = deps.clock.now()
  const child = createLiveCall(deps, {
    call: {
      sid: newSid(deps.random, 'CA'),
      parentCallSid: live.call.sid,
      accountSid: live.call.accountSid,
      to: noun.noun === 'Number' ? noun.number : `client:${noun.identity}`,
      from,
      phoneNumberSid: null,
      direction: 'outbound-dial',
      status: 'queued',
      forwardedFrom: null,
      createdAt: now,
      updatedAt: now,
      startedAt: now,
      answeredAt: null,
      endedAt: null,
      priceAt: null,
      price: null,
      queueTimeMs: 0,
    },
    callback: callbackOf(scene, noun),
  })
  child.tell('initiated')
  if (isFull(deps, child)) child.finish('failed')
  else child.attach(call(scene, noun, child))
  return child
}

function call({ deps, live }: Scene, noun: DialNoun, { call: { sid, from, to, accountSid } }: LiveCall): Leg {
  if (noun.noun === 'Number') return deps.exchange.dial(noun.number, { sid, from })
  // The caller ID's verdict goes with the caller's own number only.
  const isVerified = live.flow.isFromNetwork && from === live.call.from && from.startsWith('+')
  const stir = isVerified ? { stir: 'TN-Validation-Passed-A' } : {}
  return deps.gateway.invite(noun.identity, { sid, from, to, accountSid, params: noun.params, ...stir })
}

function callbackOf({ base }: Scene, noun: DialNoun): ProgressCallback | undefined {
  const url = noun.statusCallback ? resolveUrl(noun.statusCallback, base) : undefined
  return url ? { url, method: noun.statusCallbackMethod, events: new Set(noun.statusCallbackEvents) } : undefined
}
