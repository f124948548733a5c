import { FailureError, toFailure } from '../../contract/failure.ts'
import type { RecordingItem } from '../../contract/recording.ts'
import type { BridgeValue } from '../../contract/desktop.ts'
import type { RelayStream } from '../link/relay-stream.ts'
import type { Clock, Log } from '../ports.ts'
import type { MediaRecording } from '../store/media-table.ts'
import type { Store } from '../store/store.ts'
import type { MediaCache } from './cache.ts'
import type { Downloads } from './downloads.ts'
import { fileNameOf, playable } from './playable.ts'
import { BrokenSeal } from './sealed.ts'
import type { ByteSource } from './sealed-file.ts'
import { refused, serve } from './serve.ts'
import type { Tickets, TicketUse } from './tickets.ts'

/** A file that is handed out once. */
export interface OneTimeFile {
  source: ByteSource
  fileName: string
  contentType: string
}

export interface MediaOptions {
  cache: MediaCache
  downloads: Downloads
  tickets: Tickets
  relay: RelayStream
  reader: Pick<Store['reader'], 'mediaRecording'>
  /** The recording as lists show it. */
  item: (sid: string) => Promise<RecordingItem>
  /** A finished export, which is gone once it was read. */
  takeExport: (exportId: string) => Promise<OneTimeFile | undefined>
  clock: Clock
  log: Log
}

/** Attempts to go on with a recording whose file turned out broken while it was played. */
const MOST_TRIES = 3
const WAV = 'audio/wav'
const DISK = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EBADF', 'ENOENT', 'EMFILE'])
const isOfDisk = (error: unknown) => error instanceof BrokenSeal || DISK.has(String((error as NodeJS.ErrnoException).code))
const STATUS: Record<string, number> = { 'not-found': 404, 'recording-absent': 404, 'recording-offline': 503, 'recording-not-ready': 503 }

/** Recordings to listen to: from the cache, or through the relay while they are cached. */
export class Media {
  readonly #options: MediaOptions

  constructor(options: MediaOptions) {
    this.#options = options
  }

  #playable = async (sid: string): Promise<MediaRecording> => playable(await this.#options.reader.mediaRecording(sid))

  /** `recordings.open` of the bridge. @throws FailureError as `playable` and `Downloads.begin` */
  open = async (sid: string): Promise<BridgeValue<'recordings.open'>> => {
    const { cache, downloads, tickets, item } = this.#options
    const [of, kept, known] = await Promise.all([this.#playable(sid), cache.find(sid), item(sid)]) // at once: somebody waits for sound
    const shape = kept && (await cache.shapeOf(kept.entry))
    const isWhole = kept !== undefined && shape !== undefined
    if (isWhole) cache.played(sid)
    else await downloads.begin(of)
    const recording = isWhole ? known : await item(sid)
    return {
      recording,
      url: tickets.issue({ kind: 'recording', sid }),
      durationSeconds: kept?.entry.durationSeconds ?? of.durationSeconds,
      channels: kept?.entry.channels ?? recording.channels,
      peaks: shape?.peaks ?? null,
      silences: shape?.silences ?? null,
    }
  }

  /** `recordings.download` of the bridge. @throws FailureError as `open` */
  download = async (sid: string): Promise<BridgeValue<'recordings.download'>> => {
    const { tickets } = this.#options
    const of = await this.#playable(sid)
    await this.#source(of)
    const fileName = fileNameOf(of)
    return { url: tickets.issue({ kind: 'download', sid, fileName }), fileName }
  }

  /** Where its bytes are now. @throws FailureError */
  async #source(of: MediaRecording): Promise<ByteSource & { drop?: () => Promise<void> }> {
    const { cache, downloads } = this.#options
    const kept = await cache.find(of.sid)
    return kept ? { ...kept.source, drop: () => cache.drop([kept.entry]) } : downloads.begin(of)
  }

  /** Its bytes from wherever they are, also when that changes while they are read: a broken file is fetched again, a full disk passed by. */
  async #steady(of: MediaRecording): Promise<ByteSource> {
    const { downloads, log } = this.#options
    const first = await this.#source(of)
    const next = async (error: unknown) => {
      log.warn({ error: String(error), recording: of.sid }, 'a recording is fetched again')
      return error instanceof BrokenSeal ? this.#source(of) : downloads.passThrough(of, first.size)
    }
    return {
      size: first.size,
      async *read(start, end) {
        let source = first
        let at = start
        for (let tries = 1; ; tries++) {
          try {
            for await (const piece of source.read(at, end)) {
              at += piece.length
              yield piece
            }
            return
          } catch (error) {
            if (!isOfDisk(error) || tries === MOST_TRIES) throw error
            if (error instanceof BrokenSeal) await source.drop?.()
            source = await next(error)
          }
        }
      },
    }
  }

  /** Answers requests for `/media/<ticket>`, for either host. Never fails: what is not there is a status. */
  respond = async (request: Request): Promise<Response> => {
    const { tickets, log } = this.#options
    const { pathname } = new URL(request.url)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refused(405)
    const use = tickets.use(pathname)
    if (!use) return refused(404)
    const isOnce = use.kind === 'download' || use.kind === 'export'
    if (isOnce && request.method === 'GET') tickets.spend(pathname)
    try {
      return await this.#answer(request, use)
    } catch (error) {
      const { code, message } = toFailure(error)
      log.warn({ failure: code, message }, 'media could not be served')
      return refused(STATUS[code] ?? 502)
    }
  }

  async #answer(request: Request, use: TicketUse): Promise<Response> {
    if (use.kind === 'greeting') return this.#greeting(request, use.phoneNumber)
    if (use.kind === 'export') return this.#export(request, use.exportId)
    // Asked again at each request: who may hear it may have changed since the ticket was issued (RULES R33).
    const source = await this.#steady(await this.#playable(use.sid))
    return serve(request, source, { contentType: WAV, ...(use.kind === 'download' ? { fileName: use.fileName } : {}) })
  }

  async #export(request: Request, exportId: string): Promise<Response> {
    const file = await this.#options.takeExport(exportId)
    if (!file) throw new FailureError('not-found', 'the export is gone')
    return serve(request, file.source, file)
  }

  /** Small, and heard seldom: through the relay each time. */
  async #greeting(request: Request, phoneNumber: string): Promise<Response> {
    const leave = new AbortController()
    const path = `/api/greetings/${encodeURIComponent(phoneNumber)}/media`
    const response = await this.#options.relay({ path, signal: leave.signal })
    const bytes = new Uint8Array(await response.arrayBuffer())
    const source: ByteSource = {
      size: bytes.length,
      async *read(start, end) {
        yield bytes.subarray(start, end)
      },
    }
    return serve(request, source, { contentType: WAV })
  }
}
