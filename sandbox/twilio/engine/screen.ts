import type { DialNoun } from '../twiml/verbs.ts'
import { sendDigits } from './digits.ts'
import type { LiveCall } from './live-call.ts'
import type { Outcome, Scene } from './scene.ts'
import { load, resolveUrl, type Source } from './source.ts'

/**
 * What happens between a child's answer and the bridge: its keys are pressed, its `url` is run for it. False when it ended there, because the
 * document hung up or failed. https://www.twilio.com/docs/voice/twiml/number#attributes-url
 */
export async function isAccepted({ deps, base, perform }: Scene, child: LiveCall, noun: DialNoun): Promise<boolean> {
  if (noun.noun === 'Number' && noun.sendDigits && child.leg) await sendDigits(deps.clock, child.leg, noun.sendDigits, child.over)
  const url = noun.url ? resolveUrl(noun.url, base) : undefined
  let next: Source | undefined = url ? { kind: 'url', url, method: noun.method } : undefined
  while (next && !child.isOver) {
    const document = await load(deps, child, next, undefined)
    const outcome: Outcome = document ? await perform(child, document) : { kind: 'end' }
    if (outcome.kind === 'end') {
      child.finish('completed')
      return false
    }
    next = outcome.kind === 'goto' ? outcome.source : undefined
  }
  return !child.isOver
}
