// A process that appends events until it is killed, and says of each that it was acknowledged.
import { openDatabase } from '../../../relay/database/open.ts'
import { createWriter } from '../../../relay/database/writer.ts'
import { createEventLog } from '../../../relay/events/log.ts'
import { writeSync } from 'node:fs'

const db = openDatabase(process.argv[2] ?? '')
const writer = createWriter(db)
const log = createEventLog(db, writer, { now: () => new Date() })
let number = 0
async function endless(): Promise<never> {
  for (;;) {
    const name = `event ${process.pid} ${++number}`
    const seq = await writer.submit(() => log.append({ type: 'security.rejected', payload: { what: name } }, { kind: 'managers' }))
    writeSync(1, `${seq} ${name}\n`)
  }
}
await Promise.all(Array.from({ length: 16 }, endless))
