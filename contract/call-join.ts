import type { CallFact, FactSource } from './call.ts'
import { factField, type FactPolicy } from './call-fields.ts'

type Ranks = Readonly<Record<FactSource, number>>
const authority: Ranks = { 'rest-final': 4, webhook: 3, rest: 2, sdk: 1, relay: 0 }
const ours: Ranks = { relay: 4, webhook: 3, 'rest-final': 2, rest: 1, sdk: 0 }
const ranks: Readonly<Record<FactPolicy, Ranks>> = {
  authority,
  progress: authority,
  yes: authority,
  ours,
  first: { webhook: 4, 'rest-final': 3, rest: 2, relay: 1, sdk: 0 },
  desktop: { sdk: 4, 'rest-final': 3, webhook: 2, rest: 1, relay: 0 },
}

// Of calls and of recordings; what is over ranks highest, and what is absent or deleted over what is merely completed.
const progress: Readonly<Record<string, number>> = {
  queued: 0,
  initiated: 1,
  ringing: 2,
  'in-progress': 3,
  paused: 4,
  stopped: 5,
  processing: 6,
  completed: 7,
  busy: 7,
  'no-answer': 7,
  canceled: 7,
  failed: 7,
  absent: 8,
  deleted: 9,
}

const by = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0)
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const instant = (fact: CallFact) => {
  const ms = Date.parse(String(fact.value))
  return Number.isNaN(ms) ? Infinity : ms
}

function byPolicy(policy: FactPolicy, a: CallFact, b: CallFact): number {
  const rank = by(ranks[policy][a.source], ranks[policy][b.source])
  if (policy === 'yes') return by(Number(a.value === true), Number(b.value === true)) || rank
  if (rank !== 0) return rank
  if (policy === 'progress') return by(progress[String(a.value)] ?? -1, progress[String(b.value)] ?? -1)
  return policy === 'first' ? by(instant(b), instant(a)) : 0
}

/** Positive when `a` is to be kept, negative when `b`; 0 only for the same fact. A total order, so that joining commutes. */
export function compareFacts(a: CallFact, b: CallFact): number {
  return (
    by(Number(a.value !== null), Number(b.value !== null)) ||
    byPolicy(factField(a)?.policy ?? 'authority', a, b) ||
    by(a.sequence ?? -1, b.sequence ?? -1) ||
    byText(a.at, b.at) ||
    byText(JSON.stringify(a.value), JSON.stringify(b.value)) ||
    byText(a.source, b.source)
  )
}

const keyOf = (fact: CallFact) => `${fact.subject} ${fact.field}`

/** Whether these facts are a join already: sorted, one per subject and field. Most are, for they come from one. */
const isJoined = (facts: readonly CallFact[]) =>
  facts.every((fact, index) => {
    const last = facts[index - 1]
    return !last || keyOf(last) < keyOf(fact)
  })

/**
 * The join of two sets of facts: one winner per subject and field, sorted by both. Commutative, associative and idempotent, hence
 * independent of the order and repetition of what arrived.
 */
export function joinFacts(a: readonly CallFact[], b: readonly CallFact[]): CallFact[] {
  if (b.length === 0 && isJoined(a)) return [...a]
  if (a.length === 0 && isJoined(b)) return [...b]
  const kept = new Map<string, CallFact>()
  for (const fact of [...a, ...b]) {
    const key = keyOf(fact)
    const other = kept.get(key)
    if (!other || compareFacts(fact, other) > 0) kept.set(key, fact)
  }
  return [...kept].toSorted(([left], [right]) => byText(left, right)).map(([, fact]) => fact)
}

/** The facts of `incoming` that a join with `known` would keep and that are not there yet: what is new. */
export function newFacts(known: readonly CallFact[], incoming: readonly CallFact[]): CallFact[] {
  if (known.length === 0) return joinFacts(incoming, [])
  const before = new Map(known.map((fact) => [keyOf(fact), fact]))
  return joinFacts(known, incoming).filter((fact) => {
    const other = before.get(keyOf(fact))
    return !other || compareFacts(fact, other) !== 0
  })
}
