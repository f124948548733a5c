// The desktop's store with a million calls: the first page, five hundred searches, a batch of ten thousand calls written.
// LINEKEEPER_BENCH_CALLS changes how many are stored.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { CallRecord } from '../contract/call.ts'
import { createCallIndex } from '../main/store/call-index.ts'
import { createCallMarks } from '../main/store/call-marks.ts'
import { createCallWriter } from '../main/store/call-table.ts'
import { openDatabase, type Connection } from '../main/store/open-database.ts'
import { createReader } from '../main/store/reader.ts'
import { openStore } from '../main/store/store.ts'
import { bench, type Round, type Side } from './harness.ts'
import { recordedSql, type Asked } from './kit/recorded-sql.ts'
import { searches } from './kit/searches.ts'
import { callAt } from './kit/seed-calls.ts'
import { seededFile } from './kit/seeded-file.ts'

const CALLS = Number(process.env['LINEKEEPER_BENCH_CALLS'] ?? 1_000_000)
const PAGE = 50
const BATCH = 10_000
const say = (text: string) => void process.stderr.write(`${text}\n`)

/** A folder with an app.db of its own. */
function profile(count: number): { folder: string; file: string } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-bench-'))
  const file = path.join(folder, 'app.db')
  seededFile(file, count, say)
  return { folder, file }
}
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true })

const timed = async (work: () => unknown): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}
async function samples(count: number, work: (at: number) => unknown): Promise<Round> {
  const all: number[] = []
  for (let at = 0; at < count; at++) all.push(await timed(() => work(at)))
  return { samples: all }
}

/** Through the facade: asked in this thread, answered by the reader's. */
const reading =
  (count: number, round: (reader: Awaited<ReturnType<typeof openStore>>['reader']) => Promise<Round>) => async (): Promise<Side> => {
    const { folder } = profile(count)
    const store = await openStore(folder)
    return {
      round: () => round(store.reader),
      async close() {
        await store.close()
        remove(folder)
      },
    }
  }

const page = (count: number) => reading(count, (reader) => samples(200, () => reader.calls(PAGE)))
const search = (count: number) =>
  reading(count, (reader) => samples(searches.length, (at) => reader.searchCalls({ text: searches[at], country: 'US' }, PAGE)))

/** The same statements with the same values, run raw in a worker. */
const rawPage = (count: number) => async (): Promise<Side> => {
  const { folder, file } = profile(count)
  const asked: Asked[] = []
  const db = openDatabase(file, { readonly: true })
  createReader(recordedSql(db, (one) => asked.push(one))).calls(PAGE)
  db.close()
  const worker = new Worker(new URL('peers/raw-sql.ts', import.meta.url), { workerData: { file } })
  const ask = async (message: object) => {
    worker.postMessage(message)
    await once(worker, 'message')
  }
  await ask({ asked })
  return {
    round: () => samples(200, () => ask({})),
    async close() {
      worker.postMessage({ close: true })
      await once(worker, 'exit')
      remove(folder)
    },
  }
}

/** What the writer does with the reducer's outputs. */
function writerOf(db: Connection): (calls: readonly CallRecord[]) => void {
  const [calls, marks, index] = [createCallWriter(db), createCallMarks(db), createCallIndex(db)]
  return (batch) => {
    for (const call of batch) {
      calls.put(call)
      marks.refresh(call)
      index.refresh(call)
    }
  }
}

/** Runs statements as they were run, nothing else. */
function rawOf(db: Connection): (asked: readonly Asked[]) => void {
  const prepared = new Map<string, ReturnType<Connection['prepare']>>()
  return (all) => {
    for (const { sql, verb, values } of all) {
      let statement = prepared.get(sql)
      if (!statement) prepared.set(sql, (statement = db.prepare(sql)))
      Reflect.apply(statement[verb], statement, values)
    }
  }
}

/** Calls written per second, commit included. Both sides have done the batch once before, rolled back, so that both find it cached. */
const writing = (count: number, isRaw: boolean) => async (): Promise<Side> => {
  const { folder, file } = profile(count)
  const db = openDatabase(file)
  const raw = rawOf(db)
  const write = writerOf(db)
  const asked: Asked[] = []
  const record = writerOf(recordedSql(db, (one) => asked.push(one)))
  let next = count
  return {
    async round() {
      const batch = Array.from({ length: BATCH }, (_, at) => callAt(next + at))
      next += BATCH
      asked.length = 0
      db.exec('begin immediate')
      record(batch)
      db.exec('rollback')
      const ms = await timed(() => {
        db.exec('begin immediate')
        if (isRaw) raw(asked)
        else write(batch)
        db.exec('commit')
      })
      return { samples: [(BATCH / ms) * 1000] }
    },
    async close() {
      db.close()
      remove(folder)
    },
  }
}

await bench('store', ({ isQuick }) => {
  const count = isQuick ? Math.min(100_000, CALLS) : CALLS
  const of = `${count} calls stored`
  const lower = { unit: 'ms', isLowerBetter: true }
  return [
    {
      ...lower,
      name: 'first page',
      what: `the newest ${PAGE}, ${of}; against the same SQL`,
      floor: 1.5,
      aim: 1.5,
      ours: page(count),
      peer: rawPage(count),
    },
    { ...lower, name: 'first page, p95', what: `likewise, through the facade`, floor: 2, aim: 2, ours: page(count), peer: null },
    {
      ...lower,
      name: 'search, p95',
      what: `${searches.length} fixed searches, newest ${PAGE}, ${of}`,
      floor: 10,
      aim: 10,
      ours: search(count),
      peer: null,
    },
    {
      name: 'write',
      what: `a batch of ${BATCH} reducer outputs, ${of}; against the same SQL`,
      unit: 'calls/s',
      isLowerBetter: false,
      floor: 0.7,
      aim: 0.7,
      ours: writing(count, false),
      peer: writing(count, true),
    },
  ]
})
process.exit()
