// Entry for the kill test: applies stretches of three calls until it is killed. Prints a line after the first.
import { openStore } from '../../../main/store/store.ts'
import { incomingFacts } from './facts.ts'

const store = await openStore(process.argv[2] ?? '')
const { epoch, cursor } = await store.replica.position()
if (epoch === null) await store.replica.snapshotFinish('e1', 0)
for (let seq = cursor; ; seq += 3) {
  const events = [1, 2, 3].map((step) => ({
    seq: seq + step,
    at: '2026-11-21T10:00:00.000Z',
    name: 'call.facts',
    payload: { callId: `c${seq + step}`, facts: incomingFacts() },
  }))
  await store.replica.apply('e1', 'ada', events)
  if (seq === cursor) console.log('writing')
}
