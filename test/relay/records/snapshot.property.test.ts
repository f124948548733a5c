import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UserRecord } from '../../../contract/record.ts'
import type { Enrolled } from '../kit.ts'
import { fact, factsOfCall, idOf, makeOffice, putOf, type Office } from './kit.ts'

// Whoever listened from the beginning and whoever takes a snapshot now must know the same.
let office: Office
beforeAll(async () => (office = await makeOffice()))
afterAll(() => office.close())

type Step =
  | { what: 'note' | 'tags' | 'missed' | 'retract'; call: number; who: number; text: string }
  | { what: 'viewer'; call: number; who: number }
  | { what: 'merge' | 'reach'; call: number; into: number }
const call = fc.nat(3)
const who = fc.nat(2)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ what: fc.constantFrom('note', 'tags', 'missed', 'retract'), call, who, text: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ what: fc.constant('viewer' as const), call, who }),
  fc.record({ what: fc.constantFrom('merge', 'reach'), call, into: call }),
)

let run = 0
const people = () => [office.ada, office.sam, office.joe]
const keyOf = (record: UserRecord) => `${record.kind} ${record.recordId}`

/** What somebody knows who heard every event, of this run's calls. */
function heard(person: Enrolled, from: number): UserRecord[] {
  const latest = new Map(
    office.core.events
      .after(from, { userId: idOf(person), role: person.session.user.role }, 100_000)
      .flatMap((event) => (event.type === 'record.changed' ? [[keyOf(event.payload), event.payload] as const] : [])),
  )
  return [...latest.values()].filter((record) => record.value !== null).toSorted(byKey)
}
const byKey = (a: UserRecord, b: UserRecord) => (keyOf(a) < keyOf(b) ? -1 : 1)

function snapshot(person: Enrolled, prefix: string): UserRecord[] {
  const rows: UserRecord[] = []
  let after: string | undefined
  do {
    const page = office.core.records.snapshotPage({ userId: idOf(person), role: person.session.user.role }, after, 3)
    rows.push(...page.rows)
    after = page.next ?? undefined
  } while (after !== undefined)
  return rows.filter((row) => row.callId?.startsWith(prefix)).toSorted(byKey)
}

/** One thing that happens. What is refused changes nothing, which is part of the test. */
async function take(one: Step, prefix: string): Promise<void> {
  const callId = `${prefix}${one.call}`
  if (one.what === 'viewer') await office.learn(callId, [], [people()[one.who] ?? office.sam])
  else if (one.what === 'merge') {
    // A leg's SID is said to be of the other call too: they are one.
    const sid = office.telephony.deps.calls.record(`${prefix}${one.into}`)?.legs.find((leg) => leg.legId === 'p')?.sid ?? ''
    if (sid !== '') await office.learn(callId, [fact(`leg:${sid}`, 'sid', sid)])
  } else if (!('text' in one)) {
    const party = `+1415555${String(2000 + run)}`
    await office.call({
      callId: `${prefix}out${one.call}`,
      direction: 'outgoing',
      party,
      start: 900 * (one.into + 1),
      answeredBy: office.joe,
    })
  } else {
    const person = people()[one.who] ?? office.sam
    const tags = office.core.records.ofCall(callId).find((record) => record.kind === 'tags')?.value ?? null
    const command = {
      note: putOf('note', `${prefix}n${one.text}`, callId, { text: one.text, recordingSid: null, atSeconds: null }),
      retract: putOf('note', `${prefix}n${one.text}`, callId, null, { text: one.text, recordingSid: null, atSeconds: null }),
      tags: putOf('tags', callId, callId, { tags: [one.text] }, tags),
      missed: putOf('missed', callId, callId, { how: 'by-hand', byCallId: null }),
    }[one.what]
    await office.send(person, command)
  }
}

test('a snapshot is what all events amount to, for everybody', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      run += 1
      const prefix = `r${run}c`
      const from = office.core.events.head()
      for (let index = 0; index < 4; index++) {
        const planned = { callId: `${prefix}${index}`, party: `+1415555${String(2000 + run)}`, start: index * 300 }
        await office.core.writer.submit(() => office.telephony.deps.events.record(planned.callId, factsOfCall(planned)))
      }
      for (const one of steps) await take(one, prefix)
      for (const person of people()) expect(snapshot(person, prefix)).toEqual(heard(person, from))
    }),
    { numRuns: 40 },
  )
}, 180_000)
