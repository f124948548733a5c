import type { CallFact } from '../../contract/call.ts'

type Value = CallFact['value']
export type FactValues = Record<string, Value | undefined>
const iso = (ms: number) => new Date(ms).toISOString()

/** Facts of one subject, as the SDK's witness: weakest in everything but what only this desktop can see (RULES R7). */
export function factsOf(subject: string, atMs: number, values: FactValues): CallFact[] {
  return Object.entries(values)
    .filter((entry): entry is [string, Value] => entry[1] !== undefined)
    .map(([field, value]) => ({ subject, field, value, source: 'sdk', at: iso(atMs) }))
}

export const callFacts = (atMs: number, values: FactValues) => factsOf('call', atMs, values)
/** `sid`: the leg's CallSid, which joins it with the leg the relay planned. */
export const legFacts = (sid: string, atMs: number, values: FactValues) => factsOf(`leg:${sid}`, atMs, values)
export const instant = iso
