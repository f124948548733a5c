import { FailureError } from '../../contract/failure.ts'
import { NotWav, wavHead, isCut, wavSeconds, framesOf, type WavHead } from './wav.ts'
import { openSealed, SealedWriter, type ByteSource } from './sealed-file.ts'
import { ShapeReader, type Shape } from './shape.ts'

/** A recording's audio that is whole in a sealed file, checked. */
export interface Fetched {
  bytes: number
  durationSeconds: number
  channels: number
  shape: Shape
}

export interface DownloadOptions {
  path: string
  master: Buffer
  name: string
  /** What Twilio says of its length, seconds; null: nothing. */
  expectedSeconds: number | null
  /** Aborts when nothing came for so long, ms. */
  idleMs: number
  signal: AbortSignal
}

/** Twilio tells whole seconds, rounded. */
const TOLERANCE_SECONDS = 2
/** A head is in the first chunk, or it is none. */
const MOST_HEAD = 64 * 1024

type State = 'running' | 'over' | { error: unknown }

const damaged = (why: string) => new FailureError('recording-damaged', why)

/** The length that the answer promises; undefined when it says nothing that holds for the body we get. */
export function promisedLength({ headers }: Response): number | undefined {
  const length = headers.get('content-length')
  return length !== null && /^[0-9]{1,15}$/.test(length) && !headers.has('content-encoding') ? Number(length) : undefined
}

/** An answer's body on its way into a sealed file: whoever wants to listen does so while it comes. */
export class Download implements ByteSource {
  readonly size: number | undefined
  readonly #writer: SealedWriter
  readonly #options: DownloadOptions
  #state: State = 'running'
  #moved = Promise.withResolvers<void>()

  constructor(writer: SealedWriter, size: number | undefined, options: DownloadOptions) {
    this.#writer = writer
    this.size = size
    this.#options = options
  }

  /**
   * Takes the body to its end, then checks what came by reading it back.
   * @throws FailureError `recording-offline` (it broke off), `recording-damaged`; what the disk throws as it comes
   */
  async run(body: ReadableStream<Uint8Array>): Promise<Fetched> {
    try {
      await this.#take(body)
      if (this.size !== undefined && this.#writer.size !== this.size) throw damaged(`${this.#writer.size} bytes of ${this.size} came`)
      await this.#writer.finish()
      this.#move('over')
      return await this.#check(this.#writer.size)
    } catch (error) {
      this.#move({ error })
      throw error
    } finally {
      await this.#writer.release()
    }
  }

  async #take(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader()
    try {
      for (;;) {
        const { value, done } = await withinIdle(reader.read(), this.#options)
        if (done) return
        await this.#writer.write(value)
        this.#move('running')
        if (this.size !== undefined && this.#writer.size > this.size) throw damaged(`more than ${this.size} bytes came`)
      }
    } finally {
      await reader.cancel().catch(() => undefined)
    }
  }

  #move(state: State): void {
    if (this.#state === 'running') this.#state = state
    const { resolve } = this.#moved
    this.#moved = Promise.withResolvers()
    resolve()
  }

  /** As it comes. @throws what ended the download */
  async *read(start: number, end = Number.MAX_SAFE_INTEGER): AsyncGenerator<Uint8Array> {
    this.#writer.hold()
    try {
      for (let at = start; at < end;) {
        const moved = this.#moved.promise
        const state = this.#state
        const piece = await this.#writer.readSome(at)
        if (piece.length > 0) {
          yield piece.subarray(0, end - at)
          at += piece.length
        } else if (state === 'over') return
        else if (state === 'running') await moved
        else throw state.error
      }
    } finally {
      await this.#writer.release()
    }
  }

  async #check(bytes: number): Promise<Fetched> {
    const { path, master, name, expectedSeconds } = this.#options
    const source = await openSealed(path, master, name, bytes)
    const head = await headOf(source)
    if (isCut(head, bytes)) throw damaged('it is shorter than its head says')
    const durationSeconds = wavSeconds(head, bytes)
    if (expectedSeconds !== null && Math.abs(durationSeconds - expectedSeconds) > TOLERANCE_SECONDS)
      throw damaged(`it lasts ${durationSeconds} s instead of ${expectedSeconds} s`)
    return { bytes, durationSeconds, channels: head.format.channels, shape: await shapeOf(source, head, bytes) }
  }
}

/** The head of a sound. @throws FailureError `recording-damaged`; BrokenSeal */
export async function headOf(source: ByteSource): Promise<WavHead> {
  try {
    for await (const piece of source.read(0, MOST_HEAD)) {
      const head = wavHead(piece)
      if (head) return head
    }
  } catch (error) {
    if (error instanceof NotWav) throw damaged(`no WAV file: ${error.message}`)
    throw error
  }
  throw damaged('no WAV file: it has no samples')
}

/** Reads everything back, one chunk after the other. */
export async function shapeOf(source: ByteSource, head: WavHead, bytes: number): Promise<Shape> {
  const reader = new ShapeReader(head.format, framesOf(head, bytes))
  for await (const piece of source.read(head.dataStart)) reader.add(piece)
  return reader.shape()
}

/** The next piece of a body, unless nothing comes or somebody ends it. @throws FailureError `recording-offline` */
async function withinIdle<T>(next: Promise<T>, { idleMs, signal }: DownloadOptions): Promise<T> {
  const end = Promise.withResolvers<never>()
  const stop = () => end.reject(new FailureError('recording-offline', 'the download was ended'))
  const timer = setTimeout(() => end.reject(new FailureError('recording-offline', `nothing came for ${idleMs} ms`)), idleMs)
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    return await Promise.race([next, end.promise])
  } catch (error) {
    next.catch(() => undefined)
    throw error instanceof FailureError ? error : new FailureError('recording-offline', `the download broke off: ${String(error)}`)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
