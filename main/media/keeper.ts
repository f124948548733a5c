import { toFailure } from '../../contract/failure.ts'
import type { Clock, Log } from '../ports.ts'
import type { Store } from '../store/store.ts'
import type { MediaCache } from './cache.ts'
import type { Downloads } from './downloads.ts'
import { playable } from './playable.ts'

export interface KeeperOptions {
  cache: MediaCache
  downloads: Downloads
  reader: Pick<Store['reader'], 'mediaWanted' | 'mediaRecording'>
  isSignedIn: () => boolean
  clock: Clock
  log: Log
  /** So long after something changed it is looked at, once for all changes meanwhile; ms. */
  afterMs: number
  /** Twilio may need a moment after it says that a recording is complete: asked again after so long, ms. */
  againMs: number
  /** How many new voicemails are fetched before somebody asks for them; 0: none. */
  voicemailsAhead: number
}

const DAY_MS = 86_400_000
/** An older voicemail is fetched when somebody plays it. */
const NEW_DAYS = 14
/** One that could not be fetched is left alone for so long. */
const REST_MS = 600_000

/** Keeps in the cache what this person may hear and nothing else, and fetches new voicemails while nothing else is fetched. */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #resting = new Map<string, number>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #timer: NodeJS.Timeout | undefined
  #work: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  /** Calls, recordings or this person's access changed, or the relay is there again. */
  changed = (): void => {
    if (this.#timer || this.#isClosed) return
    const { log, afterMs } = this.#options
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#work = this.#work
        .then(() => this.#look())
        .catch((error: unknown) => log.error({ error: String(error) }, 'the media cache could not be looked after'))
    }, afterMs)
  }

  async #look(): Promise<void> {
    await this.#options.cache.purge()
    while (this.#mayFetch()) {
      const sid = await this.#next()
      if (sid === undefined) return
      if (!(await this.#fetch(sid))) return
    }
  }

  #mayFetch = (): boolean => {
    const { voicemailsAhead, isSignedIn, downloads } = this.#options
    return voicemailsAhead > 0 && !this.#isClosed && isSignedIn() && downloads.isIdle
  }

  async #next(): Promise<string | undefined> {
    const { clock, reader, voicemailsAhead } = this.#options
    const now = clock.now().getTime()
    for (const [sid, until] of this.#resting) if (until <= now) this.#resting.delete(sid)
    const wanted = await reader.mediaWanted(new Date(now - NEW_DAYS * DAY_MS).toISOString(), voicemailsAhead)
    return wanted.find((sid) => !this.#resting.has(sid))
  }

  /** False: it makes no sense to go on now. */
  async #fetch(sid: string): Promise<boolean> {
    const { clock, reader, downloads, log, againMs } = this.#options
    const rest = (ms: number) => this.#resting.set(sid, clock.now().getTime() + ms)
    rest(REST_MS)
    try {
      await downloads.begin(playable(await reader.mediaRecording(sid)))
      await downloads.settled()
      return true
    } catch (error) {
      const { code } = toFailure(error)
      log.info({ failure: code, recording: sid }, 'a voicemail is not fetched ahead')
      if (code === 'recording-offline') this.#resting.delete(sid) // tried again when the relay says welcome
      if (code === 'recording-not-ready') this.#again(againMs, () => rest(0))
      return code !== 'recording-offline'
    }
  }

  #again(ms: number, before: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      before()
      this.changed()
    }, ms).unref()
    this.#timers.add(timer)
  }

  /** Ends what is fetched; resolves when nothing is being done. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#options.downloads.stop()
    await this.#work
  }
}
