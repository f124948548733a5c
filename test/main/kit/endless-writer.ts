// Entry for the kill test: applies stretches of a missed call, a note and a tag of it until it is killed. Prints a line after the first.
import { openStore } from '../../../main/store/store.ts'
import { fact, incomingFacts } from './facts.ts'
import { note, tags } from './records.ts'

const store = await openStore(process.argv[2] ?? '')
const { epoch, cursor } = await store.replica.position()
if (epoch === null) await store.replica.snapshotFinish('e1', 0)
for (let seq = cursor; ; seq += 3) {
  const callId = `c${seq}`
  const told: [string, unknown][] = [
    ['call.facts', { callId, facts: [...incomingFacts(), fact('call', 'endedAt', '2026-11-21T10:00:30.000Z')] }],
    ['record.changed', note(`n${seq}`, callId, 'hello')],
    ['record.changed', tags(callId, 'vip')],
  ]
  const events = told.map(([name, payload], index) => ({ seq: seq + 1 + index, at: '2026-11-21T10:00:00.000Z', name, payload }))
  await store.replica.apply('e1', 'ada', events)
  if (seq === cursor) console.log('writing')
}
