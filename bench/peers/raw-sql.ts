// The best simple thing that runs SQL in a worker: statements it was handed, on a connection opened as ours, the rows posted back as
// they are. No records, no names, no order of pages: the least that the same SQL can cost.
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import type { Asked } from '../kit/recorded-sql.ts'

const { file } = workerData as { file: string }
const db = new Database(file, { readonly: true })
for (const pragma of ['busy_timeout = 5000', 'cache_size = -65536', 'temp_store = memory']) db.pragma(pragma)

const prepared = new Map<string, Database.Statement>()
function statementOf({ sql, isPluck }: Asked): Database.Statement {
  const known = prepared.get(sql)
  if (known) return known
  const made = db.prepare(sql)
  if (isPluck) made.pluck()
  prepared.set(sql, made)
  return made
}

let questions: Asked[] = []
parentPort?.on('message', (message: { asked?: Asked[]; close?: true }) => {
  if (message.close) {
    db.close()
    parentPort?.close()
    return
  }
  questions = message.asked ?? questions
  parentPort?.postMessage(
    questions.map((asked) => (asked.verb === 'get' ? statementOf(asked).get(...asked.values) : statementOf(asked).all(...asked.values))),
  )
})
