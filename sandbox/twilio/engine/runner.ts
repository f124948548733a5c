import type { EngineDeps } from './deps.ts'
import type { LiveCall } from './live-call.ts'
import type { Outcome, Run } from './scene.ts'
import { load, type Document, type Source, type Target } from './source.ts'
import { act } from './verbs.ts'

const APPLICATION_ERROR = 'We are sorry. An application error has occurred. Goodbye.'

/** Runs documents on a leg, beginning with `first`, until there is nothing left to run; then the leg is ended. Never rejects. */
export async function runCall(deps: EngineDeps, live: LiveCall, first: Source, fallback?: Target): Promise<void> {
  const redirects: Source[] = []
  let stage = new AbortController()
  live.redirect = (source) => {
    redirects.push(source)
    stage.abort()
  }
  live.over.addEventListener('abort', () => stage.abort())
  const run: Run = { unansweredStatus: undefined, isRinging: false }
  try {
    let next: Source | undefined = first
    let others: Target | undefined = fallback
    while (next && !live.isOver) {
      stage = new AbortController()
      const document = await load(deps, live, next, others)
      let outcome: Outcome = { kind: 'end' }
      if (document && !redirects.length) outcome = await perform(deps, live, document, stage.signal, run)
      else if (!redirects.length) await apologise(deps, live, stage.signal)
      const redirect = redirects.pop()
      if (redirect) others = redirect.fallback ?? others
      next = redirect ? await switchOver(deps, live, outcome, redirect) : await follow(deps, live, outcome)
    }
    await endOf(live, run)
  } catch (error) {
    deps.log.warn({ error, sid: live.call.sid }, 'a call failed inside the sandbox')
    live.finish('failed')
  }
}

/** Runs a document's verbs: `next` when all were run, else what ended it. */
async function perform(deps: EngineDeps, live: LiveCall, document: Document, signal: AbortSignal, run: Run): Promise<Outcome> {
  for (const [index, verb] of document.verbs.entries()) {
    if (signal.aborted) return { kind: 'end' }
    const scene = { deps, live, base: document.base, signal, isFirstVerb: index === 0, run }
    const outcome = await act({ ...scene, perform: (other, screening) => perform(deps, other, screening, other.over, run) }, verb)
    if (outcome.kind !== 'next') return outcome
  }
  return { kind: 'next' }
}

/** The next document; after the call an action is still told of it, and its answer is thrown away. */
async function follow(deps: EngineDeps, live: LiveCall, outcome: Outcome): Promise<Source | undefined> {
  if (outcome.kind !== 'goto') return undefined
  if (!live.isOver) return outcome.source
  if (outcome.isAction) await load(deps, live, outcome.source, undefined)
  return undefined
}

/** A redirect over REST interrupts a verb: Twilio asks both the verb's action and the new URL; the new document is run. */
async function switchOver(deps: EngineDeps, live: LiveCall, outcome: Outcome, redirect: Source): Promise<Source | undefined> {
  const action = outcome.kind === 'goto' && outcome.isAction ? outcome.source : undefined
  if (!action) return redirect
  if (deps.switches().redirectOrder === 'action-first') {
    await load(deps, live, action, undefined)
    return redirect
  }
  // The new URL is asked first, yet its document is what runs: the action's answer comes to a call that has moved on.
  setImmediate(() => void load(deps, live, action, undefined))
  return redirect
}

async function apologise(deps: EngineDeps, live: LiveCall, signal: AbortSignal): Promise<void> {
  if (live.isOver) return
  await live.answer()
  if (signal.aborted || !live.leg) return
  const words = await deps.speech.say(APPLICATION_ERROR)
  if (!signal.aborted) await live.leg.audio.play(words)
}

/** Documents are over: an unanswered caller gets what the last Dial came to, or is answered and hung up on. */
async function endOf(live: LiveCall, run: Run): Promise<void> {
  if (live.isOver) return
  if (!live.isAnswered && run.unansweredStatus) return live.finish(run.unansweredStatus)
  await live.answer()
  live.finish('completed')
}
