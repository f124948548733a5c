import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../../relay/database/open.ts'
import { createWriter } from '../../../relay/database/writer.ts'
import { createEventLog } from '../../../relay/events/log.ts'

/** Kills a writing process (SIGKILL) after `afterMs` and returns what it said was acknowledged and what the log then holds. */
export async function crash(file: string, afterMs: number): Promise<{ acknowledged: string[]; kept: Set<string> }> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'crash-child.ts'), file], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  await once(child.stdout, 'data')
  await sleep(afterMs)
  child.kill('SIGKILL')
  await once(child, 'close')
  const db = openDatabase(file)
  const log = createEventLog(db, createWriter(db), { now: () => new Date() })
  const events = log.after(0, { userId: 'u', role: 'manager' }, 1_000_000)
  const kept = new Set(events.map((event) => (event.type === 'security.rejected' ? `${event.seq} ${event.payload.what}` : '')))
  db.close()
  // A line cut by the kill was not said.
  return { acknowledged: printed.split('\n').slice(0, -1), kept }
}
