import type { CallFact } from '../../contract/call.ts'
import { factField, isFactAllowed } from '../../contract/call-fields.ts'
import { FailureError } from '../../contract/failure.ts'

/** Within this the measured offset may be nothing but the way from the relay, ms. */
const NOT_SURE_MS = 250

/**
 * What a page observed, in the relay's time: this machine's clock may be minutes off, and its offset is measured (RULES R11).
 * @throws FailureError `bad-request` when the page says what is not a desktop's to say
 */
export function observedFacts(facts: readonly CallFact[], offsetMs: number): CallFact[] {
  const shiftMs = Math.abs(offsetMs) > NOT_SURE_MS ? offsetMs : 0
  return facts.map((fact) => {
    if (fact.source !== 'sdk') throw new FailureError('bad-request', 'a desktop observes as `sdk` alone')
    if (!isFactAllowed(fact) || Number.isNaN(Date.parse(fact.at)))
      throw new FailureError('bad-request', `${fact.subject}: a desktop cannot say this ${fact.field}`)
    const isInstant = factField(fact)?.type === 'instant' && typeof fact.value === 'string'
    return { ...fact, at: shifted(fact.at, shiftMs), value: isInstant ? shifted(String(fact.value), shiftMs) : fact.value }
  })
}

const shifted = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString()
