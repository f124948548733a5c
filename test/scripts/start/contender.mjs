// One of several starts that want the same profiles at the same instants: node contender.mjs BEGIN STEP FOLDER...
// Prints the index of each that it got. It lives until its stdin ends, as a start lives while it serves.
import { setTimeout as sleep } from 'node:timers/promises'
import { openProfile } from '../../../scripts/start/profile.mjs'

const [begin, step, ...folders] = process.argv.slice(2)
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
process.stdin.resume()
