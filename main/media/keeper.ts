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
      await this.#fetch(sid)
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

  async #fetch(sid: string): Promise<void> {
    const { clock, reader, downloads, log } = this.#options
    this.#resting.set(sid, clock.now().getTime() + REST_MS)
    try {
      await downloads.begin(playable(await reader.mediaRecording(sid)))
      await downloads.settled()
    } catch (error) {
      log.info({ failure: toFailure(error).code, recording: sid }, 'a voicemail is not fetched ahead')
    }
  }

  /** Ends what is fetched; resolves when nothing is being done. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#options.downloads.stop()
    await this.#work
  }
}
