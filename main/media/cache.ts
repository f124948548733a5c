import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { singleFlight } from '../../base/single-flight.ts'
import type { Clock, Log, SecretStore } from '../ports.ts'
import type { MediaEntry } from '../store/media-table.ts'
import type { Store } from '../store/store.ts'
import type { Fetched } from './download.ts'
import { regain } from './regain.ts'
import { BrokenSeal } from './sealed.ts'
import { openSealed, readAll, SealedWriter, type ByteSource } from './sealed-file.ts'
import type { Shape } from './shape.ts'

export interface CacheLimits {
  maxBytes: number
  /** Since it was last played. */
  maxDays: number
}

export interface CacheOptions {
  /** It is this cache's alone. */
  folder: string
  store: {
    reader: Pick<Store['reader'], 'mediaEntry' | 'mediaEntries' | 'mediaGone' | 'mediaRecording'>
    replica: Pick<Store['replica'], 'keepMedia' | 'forgetMedia' | 'playedMedia' | 'position'>
  }
  secrets: SecretStore
  clock: Clock
  log: Log
  limits: CacheLimits
  /** A recording is in the cache now, or no longer. */
  onChange: (sid: string, isCached: boolean) => void
}

/** A file being filled; nothing knows of it until it is kept. */
export interface Part {
  path: string
  file: string
  master: Buffer
}

const KEY = 'media-key'
const DAY_MS = 86_400_000
const AUDIO = '.audio'
const SHAPE = '.shape'
const PART = '.part'

const audioName = (sid: string) => `audio ${sid}`
const shapeName = (sid: string) => `shape ${sid}`
const sidOf = (file: string) => /^(RE[0-9a-f]{32})-[0-9a-f]{12}$/.exec(file)?.[1]
const isLost = (error: unknown) => error instanceof BrokenSeal || (error as NodeJS.ErrnoException).code === 'ENOENT'

/**
 * Recordings on this computer: sealed files in a folder, and a table that says which of them count. A file counts from the moment its row is
 * written, which is after it was checked and has its name; a row without its whole file is dropped when somebody looks. So the process
 * may be killed anywhere.
 */
export class MediaCache {
  readonly #options: CacheOptions
  readonly #key = singleFlight(() => this.#readKey())
  #master: Buffer | undefined
  #tidied: Promise<void> = Promise.resolve()
  /** Whole files, by name, of recordings that the replica may hear of when its snapshot is there. */
  #unsure: readonly string[] = []

  constructor(options: CacheOptions) {
    this.#options = options
  }

  /** Key of everything here; a new one when there is none. @throws FailureError `secrets-unavailable` */
  async #readKey(): Promise<Buffer> {
    const { secrets } = this.#options
    const kept = Buffer.from((await secrets.get(KEY)) ?? '', 'base64')
    const key = kept.length === 32 ? kept : randomBytes(32)
    if (key !== kept) await secrets.set(KEY, key.toString('base64'))
    this.#master = key
    return key
  }
  #masterKey = async (): Promise<Buffer> => this.#master ?? this.#key()
  #at = (file: string) => path.join(this.#options.folder, file)

  /**
   * Brings files and rows together, at the start and when the store is another: rows whose file is not there go; whole files of recordings
   * that the replica knows count again; what else was left, by a run that was killed, is removed. Nothing new is begun before.
   */
  tidy(): Promise<void> {
    const done = this.#tidy()
    this.#tidied = done.catch(() => undefined)
    return done
  }

  async #tidy(): Promise<void> {
    const { folder, store } = this.#options
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const names = await readdir(folder)
    const entries = await store.reader.mediaEntries()
    const there = new Set(names)
    const lost = entries.filter(({ file }) => !there.has(file + AUDIO) || !there.has(file + SHAPE))
    if (lost.length > 0) await store.replica.forgetMedia(lost)
    const known = new Set(entries.filter((entry) => !lost.includes(entry)).map(({ file }) => file))
    const whole = names.filter((name) => name.endsWith(AUDIO)).map((name) => name.slice(0, -AUDIO.length))
    const unknown = whole.filter((file) => !known.has(file) && there.has(file + SHAPE) && sidOf(file) !== undefined)
    const spared = new Set([...known, ...unknown].flatMap((file) => [file + AUDIO, file + SHAPE]))
    await Promise.all(names.filter((name) => !spared.has(name)).map((name) => rm(this.#at(name), { recursive: true, force: true })))
    await this.#regain(unknown)
    await this.bound()
  }

  /** After a snapshot: what it told of counts again, too, and the rest of what was kept for it goes. */
  async settle(): Promise<void> {
    await this.#tidied
    await this.#regain(this.#unsure.slice())
    await this.bound()
  }

  /** Files without a row: the table is older than they are, as after a backup was restored. */
  async #regain(files: readonly string[]): Promise<void> {
    this.#unsure = []
    if (files.length === 0) return
    const { needsSnapshot } = await this.#options.store.replica.position()
    const unsure: string[] = []
    for (const file of files) {
      const is = await this.#regainOne(file)
      if (is === 'unknown' && needsSnapshot) unsure.push(file)
      else if (is !== 'kept') await this.#removeFiles({ file })
    }
    this.#unsure = unsure
  }

  async #regainOne(file: string): Promise<'kept' | 'unknown' | 'useless'> {
    const { store, clock, log, onChange } = this.#options
    const sid = sidOf(file) ?? ''
    const of = await store.reader.mediaRecording(sid)
    if (!of) return 'unknown'
    if (of.place !== 'kept' || (await store.reader.mediaEntry(sid))) return 'useless'
    const master = await this.#masterKey()
    try {
      const audio = { path: this.#at(file + AUDIO), name: audioName(sid) }
      const found = await regain(audio, { path: this.#at(file + SHAPE), name: shapeName(sid) }, master)
      await store.replica.keepMedia({ sid, callId: of.callId, file, ...found, playedAt: clock.now().toISOString() })
    } catch (error) {
      log.info({ error: String(error), recording: sid }, 'a file of a recording is not taken back')
      return 'useless'
    }
    onChange(sid, true)
    return 'kept'
  }

  /** What is kept of a recording, whole. Undefined when nothing is; what is found broken is dropped. */
  async find(sid: string): Promise<{ entry: MediaEntry; source: ByteSource } | undefined> {
    const entry = await this.#options.store.reader.mediaEntry(sid)
    if (!entry) return undefined
    const source = await this.#unlessLost(entry, async () =>
      openSealed(this.#at(entry.file + AUDIO), await this.#masterKey(), audioName(sid), entry.bytes),
    )
    return source && { entry, source }
  }

  /** Its waveform and silences. Undefined, and the recording is dropped, when they are broken. */
  shapeOf(entry: MediaEntry): Promise<Shape | undefined> {
    return this.#unlessLost(entry, async () => {
      const text = await readAll(this.#at(entry.file + SHAPE), await this.#masterKey(), shapeName(entry.sid))
      return JSON.parse(text.toString()) as Shape
    })
  }

  async #unlessLost<T>(entry: MediaEntry, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read()
    } catch (error) {
      if (!isLost(error)) throw error
      await this.drop([entry])
      return undefined
    }
  }

  /** Begins a file for a recording. @throws FailureError `secrets-unavailable`; what the disk throws, as it comes */
  async begin(sid: string): Promise<Part & { writer: SealedWriter; name: string }> {
    await this.#tidied
    const file = `${sid}-${randomBytes(6).toString('hex')}`
    const master = await this.#masterKey()
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 })
    const name = audioName(sid)
    const at = this.#at(file + PART)
    return { path: at, file, master, name, writer: await SealedWriter.create(at, master, name) }
  }

  /** What cannot be removed now goes at the next start, with the shape that may be there already. */
  async abandon(part: Part): Promise<void> {
    for (const file of [part.path, this.#at(part.file + SHAPE)]) await rm(file, { force: true }).catch(() => undefined)
  }

  /** A filled and checked part counts from now on. */
  async keep(part: Part, of: { sid: string; callId: string }, fetched: Fetched): Promise<void> {
    const { clock, store, onChange } = this.#options
    const { bytes, durationSeconds, channels, shape } = fetched
    const before = await store.reader.mediaEntry(of.sid)
    await this.#writeShape(part, of.sid, shape)
    await rename(part.path, this.#at(part.file + AUDIO))
    const now = clock.now().toISOString()
    await store.replica.keepMedia({ ...of, file: part.file, bytes, durationSeconds, channels, cachedAt: now, playedAt: now })
    if (before) await this.#removeFiles(before)
    await this.bound()
    onChange(of.sid, true)
  }

  async #writeShape(part: Part, sid: string, shape: Shape): Promise<void> {
    const writer = await SealedWriter.create(this.#at(part.file + SHAPE), part.master, shapeName(sid))
    try {
      await writer.write(Buffer.from(JSON.stringify(shape)))
      await writer.finish()
    } finally {
      await writer.release()
    }
  }

  /** Remembers that it was played now. Nobody waits for it: the writer may be busy, and playing starts at once. */
  played(sid: string): void {
    const { store, clock, log } = this.#options
    store.replica
      .playedMedia(sid, clock.now().toISOString())
      .catch((error: unknown) => log.warn({ error: String(error) }, 'not remembered that a recording was played'))
  }

  /** First the rows: a file without one does not count. */
  async drop(entries: readonly MediaEntry[]): Promise<void> {
    if (entries.length === 0) return
    const { store, onChange } = this.#options
    await store.replica.forgetMedia(entries)
    await Promise.all(entries.map((entry) => this.#removeFiles(entry)))
    for (const { sid } of entries) onChange(sid, false)
  }

  #removeFiles = async ({ file }: Pick<MediaEntry, 'file'>): Promise<void> => {
    await rm(this.#at(file + AUDIO), { force: true })
    await rm(this.#at(file + SHAPE), { force: true })
  }

  /** Drops what this person may no longer hear. */
  async purge(): Promise<void> {
    await this.drop(await this.#options.store.reader.mediaGone())
  }

  /** Drops what was not played for too long, and then what was played longest ago until the rest is small enough. */
  async bound(): Promise<void> {
    const { store, clock, limits } = this.#options
    const entries = await store.reader.mediaEntries()
    const oldest = new Date(clock.now().getTime() - limits.maxDays * DAY_MS).toISOString()
    let left = entries.reduce((sum, { bytes }) => sum + bytes, 0)
    const surplus = entries.filter(({ playedAt, bytes }) => {
      if (playedAt >= oldest && left <= limits.maxBytes) return false
      left -= bytes
      return true
    })
    await this.drop(surplus)
  }

  /** Another person begins here: all files go, and the key that could read what a disk keeps of them. The store wipes its rows itself. */
  async wipe(): Promise<void> {
    const { folder, secrets } = this.#options
    this.#master = undefined
    this.#unsure = []
    await secrets.delete(KEY)
    const names = await readdir(folder).catch(() => [])
    await Promise.all(names.map((name) => rm(this.#at(name), { recursive: true, force: true })))
  }
}
