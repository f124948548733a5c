import { FailureError } from '../../contract/failure.ts'
import type { RelayStream } from '../link/relay-stream.ts'
import type { Clock, Log } from '../ports.ts'
import type { MediaRecording } from '../store/media-table.ts'
import type { MediaCache, Part } from './cache.ts'
import { Download, promisedLength } from './download.ts'
import { downloadFailure } from './playable.ts'
import type { ByteSource } from './sealed-file.ts'

export interface DownloadsOptions {
  cache: MediaCache
  relay: RelayStream
  clock: Clock
  log: Log
  /** A larger one is played through, and not kept. */
  maxBytes: number
  /** A download during which nothing comes for so long is given up, ms. */
  idleMs: number
}

const pathOf = (sid: string) => `/api/twilio/recordings/${sid}/media`

/** Recordings on their way here, each once at a time. */
export class Downloads {
  readonly #options: DownloadsOptions
  readonly #running = new Map<string, Promise<ByteSource>>()
  readonly #work = new Set<Promise<void>>()
  #end = new AbortController()

  constructor(options: DownloadsOptions) {
    this.#options = options
  }

  get isIdle(): boolean {
    return this.#running.size === 0
  }

  /**
   * The recording as it comes. What cannot be kept (no room, no key) is passed through.
   * @throws FailureError `recording-offline`, `recording-not-ready`, `recording-absent`, `twilio-failed`, `rate-limited`
   */
  begin(recording: MediaRecording): Promise<ByteSource> {
    const running = this.#running.get(recording.sid)
    if (running) return running
    const begun = this.#begin(recording)
    this.#running.set(recording.sid, begun)
    begun.catch(() => this.#running.delete(recording.sid))
    return begun
  }

  async #begin(recording: MediaRecording): Promise<ByteSource> {
    const { cache, log, maxBytes } = this.#options
    const { signal } = this.#end
    const response = await this.#ask(recording, {}, signal)
    const size = promisedLength(response)
    const isKeepable = response.status === 200 && response.body !== null && (size ?? 0) <= maxBytes
    const part = isKeepable ? await cache.begin(recording.sid).catch(this.#cannotKeep) : undefined
    if (!part || !response.body) {
      await response.body?.cancel()
      this.#running.delete(recording.sid)
      return this.passThrough(recording, size)
    }
    const { writer, ...place } = part
    const { idleMs } = this.#options
    const download = new Download(writer, size, { ...place, expectedSeconds: recording.durationSeconds, idleMs, signal })
    writer.hold() // who comes while it is checked and named still finds it here
    const work = this.#finish(recording, place, download, response.body)
      .finally(() => this.#running.delete(recording.sid))
      .then(() => writer.release())
      .catch((error: unknown) => log.warn({ error: String(error), recording: recording.sid }, 'a recording could not be kept'))
      .finally(() => this.#work.delete(work))
    this.#work.add(work)
    return download
  }

  async #finish(of: MediaRecording, part: Part, download: Download, body: ReadableStream<Uint8Array>): Promise<void> {
    const { cache, log } = this.#options
    const { signal } = this.#end
    try {
      const fetched = await download.run(body)
      if (signal.aborted) throw new FailureError('recording-offline', 'the download was ended')
      await cache.keep(part, { sid: of.sid, callId: of.callId }, fetched)
    } catch (error) {
      log.warn({ error: String(error), recording: of.sid }, 'a recording could not be kept')
      await cache.abandon(part)
    }
  }

  #cannotKeep = (error: unknown): undefined => {
    this.#options.log.warn({ error: String(error) }, 'recordings cannot be kept on this computer')
  }

  async #ask(recording: MediaRecording, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    const { relay, clock } = this.#options
    try {
      return await relay({ path: pathOf(recording.sid), headers, signal })
    } catch (error) {
      throw downloadFailure(error, recording, clock.now().getTime())
    }
  }

  /** Straight from the relay, nothing kept; where ranges are not given (RULES R33) what comes before is read and dropped. */
  passThrough(recording: MediaRecording, size: number | undefined): ByteSource {
    const ask = (headers: Record<string, string>, signal: AbortSignal) =>
      this.#ask(recording, headers, AbortSignal.any([signal, this.#end.signal]))
    return {
      size,
      async *read(start, end = Number.MAX_SAFE_INTEGER) {
        const leave = new AbortController()
        const until = end === Number.MAX_SAFE_INTEGER ? '' : end - 1
        try {
          const response = await ask(start === 0 && until === '' ? {} : { range: `bytes=${start}-${until}` }, leave.signal)
          let at = response.status === 206 ? start : 0
          for await (const piece of response.body ?? []) {
            const wanted = piece.subarray(Math.max(0, start - at), Math.max(0, end - at))
            if (wanted.length > 0) yield wanted
            at += piece.length
            if (at >= end) return
          }
        } finally {
          leave.abort()
        }
      },
    }
  }

  /** Resolves when what runs has ended by itself. */
  settled = async (): Promise<void> => void (await Promise.allSettled([...this.#running.values(), ...this.#work]))

  /** Ends what runs; nothing of it stays. */
  async stop(): Promise<void> {
    this.#end.abort()
    this.#end = new AbortController()
    await this.settled()
    await Promise.allSettled(this.#work)
  }
}
