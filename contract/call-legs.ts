import type { CallFact, LegRecord } from './call.ts'
import { callStatuses } from './call.ts'
import { joinFacts } from './call-join.ts'
import { isSid, parseIdentity } from './sid.ts'

/** Reads the facts of one subject by field; null for what is unknown or of another type. */
export function subjectFacts(facts: readonly CallFact[]) {
  const byField = new Map(facts.map((fact) => [fact.field, fact]))
  const text = (field: string) => {
    const value = byField.get(field)?.value
    return typeof value === 'string' ? value : null
  }
  const number = (field: string) => {
    const value = byField.get(field)?.value
    return typeof value === 'number' ? value : null
  }
  const integer = (field: string) => {
    const value = number(field)
    return value === null ? null : Math.round(value)
  }
  const flag = (field: string) => {
    const value = byField.get(field)?.value
    return typeof value === 'boolean' ? value : null
  }
  return { text, number, integer, flag, source: (field: string) => byField.get(field)?.source }
}
export type SubjectFacts = ReturnType<typeof subjectFacts>

/** A leg as far as it is known, with what only the outcome needs. */
export interface DerivedLeg extends LegRecord {
  from: string | null
  isFinal: boolean
  isDeclined: boolean
  isReachable: boolean | null
  sipCode: number | null
}

const idOf = (subject: string) => subject.slice('leg:'.length)
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** The facts that are of one leg, though they were told under several subjects. */
interface LegGroup {
  sid: string | undefined
  ids: string[]
  facts: CallFact[]
}

/**
 * The legs in a call's facts, by id. Subjects of one SID are one leg: a callback that came before we knew whose leg it was is joined
 * with what the relay planned. A planned leg whose callbacks were all lost is the one REST knows below the same parent to the same address.
 * Our own id is kept, the smallest when there are several.
 */
export function legsOf(facts: readonly CallFact[]): DerivedLeg[] {
  const bySubject = Map.groupBy(
    facts.filter((fact) => fact.subject.startsWith('leg:')),
    (fact) => idOf(fact.subject),
  )
  const groups = new Map<string, LegGroup>()
  for (const [id, own] of [...bySubject].toSorted(([a], [b]) => byText(a, b))) {
    const sid = isSid(id, 'CA') ? id : (subjectFacts(own).text('sid') ?? undefined)
    const key = sid ?? id
    groups.set(key, unite(groups.get(key) ?? { sid, ids: [], facts: [] }, { sid, ids: [id], facts: own }))
  }
  return matchPlanned([...groups.values()])
    .map(legOf)
    .toSorted((a, b) => byText(a.legId, b.legId))
}

function unite(a: LegGroup, b: LegGroup): LegGroup {
  const ids = [...a.ids, ...b.ids].toSorted(byText)
  const subject = `leg:${ids[0] ?? ''}`
  const under = (facts: readonly CallFact[]) => facts.map((fact) => ({ ...fact, subject }))
  return { sid: a.sid ?? b.sid, ids, facts: joinFacts(under(a.facts), under(b.facts)) }
}

/** Where a child leads: below which parent, to which address. */
function wayOf({ facts }: LegGroup): string | undefined {
  const of = subjectFacts(facts)
  const [parentSid, to] = [of.text('parentSid'), of.text('to')]
  return parentSid && to ? `${parentSid} ${to}` : undefined
}

function matchPlanned(groups: readonly LegGroup[]): LegGroup[] {
  const strangers = groups.filter((group) => group.ids.every((id) => isSid(id, 'CA')))
  const known = groups.filter((group) => !strangers.includes(group))
  const legs = known.map((group) => {
    const way = group.sid === undefined ? wayOf(group) : undefined
    const index = way === undefined ? -1 : strangers.findIndex((stranger) => wayOf(stranger) === way)
    const [match] = index < 0 ? [] : strangers.splice(index, 1)
    return match ? unite(group, match) : group
  })
  return [...legs, ...strangers]
}

function legOf({ sid, ids, facts }: LegGroup): DerivedLeg {
  const of = subjectFacts(facts)
  const owner = ownerOf(of)
  const status = callStatuses.find((one) => one === of.text('status')) ?? null
  return {
    legId: ids.find((id) => !isSid(id, 'CA')) ?? ids[0] ?? '',
    sid: sid !== undefined && isSid(sid, 'CA') ? sid : null,
    parentSid: of.text('parentSid'),
    role: roleOf(of),
    userId: of.text('userId') ?? owner?.userId ?? null,
    deviceId: of.text('deviceId') ?? owner?.deviceId ?? null,
    from: of.text('from'),
    to: of.text('to'),
    status,
    ringAt: of.text('ringAt'),
    answerAt: of.text('answerAt'),
    endAt: of.text('endAt'),
    durationSeconds: of.integer('durationSeconds'),
    bridged: of.flag('bridged'),
    errorCode: of.integer('errorCode'),
    price: of.text('price'),
    priceUnit: of.text('priceUnit'),
    isFinal: of.source('status') === 'rest-final',
    isDeclined: of.text('clicked') === 'decline',
    isReachable: of.flag('reachable'),
    sipCode: of.integer('sipCode'),
  }
}

/** A child ends at its `to`, a parent begins at its `from`. */
const ownAddress = (of: SubjectFacts) => (of.text('parentSid') ? of.text('to') : of.text('from')) ?? ''

const ownerOf = (of: SubjectFacts) => (ownAddress(of).startsWith('client:') ? parseIdentity(ownAddress(of)) : undefined)

function roleOf(of: SubjectFacts): LegRecord['role'] {
  const role = of.text('role')
  if (role === 'device' || role === 'party') return role
  return ownAddress(of).startsWith('client:') || of.text('deviceId') ? 'device' : 'party'
}
