import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { BridgeArgs } from '../../contract/desktop.ts'
import { failure, FailureError, toFailure, type Failure } from '../../contract/failure.ts'
import type { CallItem, CallNote, ExportProgress } from '../../contract/history.ts'
import type { OneTimeFile } from '../media/media.ts'
import { TICKET_MS, type Tickets } from '../media/tickets.ts'
import type { Clock, Log } from '../ports.ts'
import { fileSource } from './file-source.ts'
import { exportFormats, type ExportFormat, type ExportNames } from './rows.ts'

type ExportArgs = BridgeArgs<'calls.export'>
type Asked = Pick<ExportArgs, 'filter' | 'text'>

/** Where the calls come from, a page at a time, as the lists show them. */
export interface ExportSource {
  count: (asked: Asked) => Promise<number>
  page: (asked: Asked, after: string | null) => Promise<{ calls: CallItem[]; next: string | null }>
  notes: (callIds: readonly string[]) => Promise<ReadonlyMap<string, CallNote[]>>
  names: () => Promise<ExportNames>
}

export interface ExportsOptions {
  /** It is these exports' alone. */
  folder: string
  source: ExportSource
  tickets: Tickets
  clock: Clock
  log: Log
  tell: (progress: ExportProgress) => void
}

interface Job {
  progress: ExportProgress
  format: ExportFormat
  path: string
  stop: AbortController
  work: Promise<void>
  /** Removes the file when nobody came for it. */
  timer: NodeJS.Timeout | undefined
}

/** The page hears of progress at most so often, ms. */
const TELL_MS = 250
/** Of exports that failed or were cancelled so many are remembered, so that how they ended can be asked again. */
const MOST_ENDED = 20
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT'])

const failureOf = (error: unknown): Failure =>
  NO_ROOM.has(String((error as NodeJS.ErrnoException).code)) ? failure('disk-full') : toFailure(error)

/** A file that cannot be removed now is removed at the next start. */
const discard = (file: string): Promise<void> => rm(file, { force: true }).catch(() => undefined)

/** Exports of calls: each a file that its owner alone may read and that is handed out once. They end with the app. */
export class Exports {
  readonly #options: ExportsOptions
  readonly #jobs = new Map<string, Job>()
  /** One after the other: the lists that people look at come first. */
  #last: Promise<void> = Promise.resolve()

  constructor(options: ExportsOptions) {
    this.#options = options
  }

  /** Removes what was left by a run that was killed. */
  async tidy(): Promise<void> {
    const { folder } = this.#options
    const names = await readdir(folder).catch(() => [])
    const known = new Set([...this.#jobs.values()].map((job) => path.basename(job.path)))
    await Promise.all(names.filter((name) => !known.has(name)).map((name) => rm(path.join(folder, name), { recursive: true, force: true })))
  }

  /** Begins an export, or says how the one of this id stands. */
  start = ({ exportId, format: kind, ...asked }: ExportArgs): ExportProgress => {
    const known = this.#jobs.get(exportId)
    if (known) return known.progress
    const format = exportFormats[kind]
    const day = this.#options.clock.now().toISOString().slice(0, 10)
    const job: Job = {
      progress: { exportId, done: 0, total: 0, state: 'running', url: null, fileName: `calls-${day}.${format.extension}`, failure: null },
      format,
      path: path.join(this.#options.folder, `${exportId}.${format.extension}`),
      stop: new AbortController(),
      work: Promise.resolve(),
      timer: undefined,
    }
    this.#jobs.set(exportId, job)
    job.work = this.#last.then(() => this.#run(job, asked))
    this.#last = job.work
    return job.progress
  }

  /** @throws FailureError `not-found` */
  cancel = async (exportId: string): Promise<ExportProgress> => {
    const job = this.#jobs.get(exportId)
    if (!job) throw new FailureError('not-found', 'no such export')
    job.stop.abort()
    await job.work
    return job.progress
  }

  async #run(job: Job, asked: Asked): Promise<void> {
    const { folder, log, tickets } = this.#options
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await this.#write(job, asked)
      job.stop.signal.throwIfAborted()
      const { exportId } = job.progress
      this.#become(job, { state: 'done', total: job.progress.done, url: tickets.issue({ kind: 'export', exportId }) })
      job.timer = setTimeout(() => void this.#remove(job), TICKET_MS).unref()
    } catch (error) {
      await discard(job.path)
      const isCancelled = job.stop.signal.aborted
      if (!isCancelled) log.error({ error: String(error) }, 'an export failed')
      this.#become(job, isCancelled ? { state: 'cancelled' } : { state: 'failed', failure: failureOf(error) })
      this.#forgetOld()
    }
  }

  #forgetOld(): void {
    const ended = [...this.#jobs.values()].filter(({ progress }) => progress.state === 'failed' || progress.state === 'cancelled')
    for (const { progress } of ended.slice(0, -MOST_ENDED)) this.#jobs.delete(progress.exportId)
  }

  #become(job: Job, change: Partial<ExportProgress>): void {
    job.progress = { ...job.progress, ...change }
    this.#options.tell(job.progress)
  }

  async #write(job: Job, asked: Asked): Promise<void> {
    const { source } = this.#options
    job.stop.signal.throwIfAborted()
    const [total, names] = await Promise.all([source.count(asked), source.names()])
    const file = await open(job.path, 'wx', 0o600)
    try {
      this.#become(job, { total })
      await file.appendFile(job.format.head)
      await this.#writeRows(job, asked, file, names)
      await file.appendFile(job.format.tail)
    } finally {
      await file.close()
    }
  }

  async #writeRows(job: Job, asked: Asked, file: FileHandle, names: ExportNames): Promise<void> {
    const { source } = this.#options
    let after: string | null = null
    let toldAt = performance.now()
    do {
      job.stop.signal.throwIfAborted()
      const page: Awaited<ReturnType<ExportSource['page']>> = await source.page(asked, after)
      const notes = await source.notes(page.calls.filter(({ noteCount }) => noteCount > 0).map(({ callId }) => callId))
      const rows = page.calls.map((call) => ({ call, notes: notes.get(call.callId) ?? [] }))
      await file.appendFile(job.format.rows(rows, names, job.progress.done === 0))
      const done = job.progress.done + rows.length
      job.progress = { ...job.progress, done, total: Math.max(done, job.progress.total) }
      if (performance.now() - toldAt >= TELL_MS) {
        toldAt = performance.now()
        this.#options.tell(job.progress)
      }
      after = page.next
    } while (after !== null)
  }

  async #remove(job: Job): Promise<void> {
    clearTimeout(job.timer)
    this.#jobs.delete(job.progress.exportId)
    await discard(job.path)
  }

  /** The file of a finished export; it is gone once somebody has begun to read it and ended. */
  take = async (exportId: string): Promise<OneTimeFile | undefined> => {
    const job = this.#jobs.get(exportId)
    if (job?.progress.state !== 'done') return undefined
    const source = await fileSource(job.path, () => this.#remove(job))
    return { source, fileName: job.progress.fileName ?? path.basename(job.path), contentType: job.format.contentType }
  }

  /** Ends what runs and removes every file: the app ends, or another person begins here. */
  async stop(): Promise<void> {
    const jobs = [...this.#jobs.values()]
    for (const job of jobs) job.stop.abort()
    await Promise.all(jobs.map(({ work }) => work))
    await Promise.all(jobs.map((job) => this.#remove(job)))
  }
}
