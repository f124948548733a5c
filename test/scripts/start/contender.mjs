// One of several starts that want the same profiles at the same instants: node contender.mjs STEP FOLDER...
// Says `up`, is told on stdin when to begin, prints the index of each profile that it got, and says `done`. It lives until its stdin ends, as a
// start lives while it serves.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { openProfile } from '../../../scripts/start/profile.mjs'

const [step, ...folders] = process.argv.slice(2)
const told = once(createInterface({ input: process.stdin }), 'line')
console.log('up')
const [begin] = await told
for (const [index, folder] of folders.entries()) {
  const profile = openProfile(folder)
  const at = Number(begin) + index * Number(step)
  await sleep(Math.max(0, at - Date.now() - 5))
  while (Date.now() < at); // together to the millisecond
  const isMine = await profile.acquire({ waitMs: Number(step) - 100 }).then(
    (ready) => ready === undefined,
    () => false,
  )
  if (isMine) console.log(index)
}
console.log('done')
