import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { singleFlight } from '../../base/single-flight.ts'
import { FailureError, toFailure } from '../../contract/failure.ts'
import type { BackupView } from '../../contract/history.ts'
import type { Handlers } from '../bridge/bridge.ts'
import type { Timings } from '../config.ts'
import type { Clock, Log } from '../ports.ts'
import {
  dropOldBackups,
  forgetCopies,
  keepBackup,
  listBackups,
  newBackupFile,
  NOTE,
  ownerOf,
  putInPlace,
  setAside,
  type Holder,
} from '../store/backup-files.ts'
import { isBroken, isFor, problemsOf, problemsOfProfile, recover, withKeeper, type Recovery } from '../store/recovery.ts'
import type { Store } from '../store/store.ts'

export interface BackupDeps {
  profile: string
  store: Pick<Store, 'replace' | 'replica' | 'reader' | 'recovered' | 'wasUnclean'>
  /** Who is signed in. */
  holder: () => Holder | undefined
  clock: Clock
  log: Log
  timings: Pick<Timings, 'backupFirst' | 'backupEvery' | 'checkEvery'>
  /** Runs it while nothing follows the relay's log, and follows it again after. */
  pausing: <T>(work: () => Promise<T>) => Promise<T>
  onChange: (view: BackupView) => void
  /** Another file is open: what lies beside it is brought into line, before anybody hears of it. */
  replaced: () => Promise<void>
  /** Everything here may be different. */
  onReplaced: () => void
}

const KEPT = 3
/** How long the longest timer may be: beyond it Node's fire at once. */
const LONGEST_MS = 2_147_000_000

/**
 * Copies of the replica on this computer, made daily, the newest three kept; and a look at the file itself after the start, daily, and
 * when it was not closed. A file that is broken is put aside and replaced by the newest sound copy; the relay tells what is newer.
 */
export class Backups {
  readonly #deps: BackupDeps
  #view: Omit<BackupView, 'backups'> = { isRunning: false, checkedAt: null, check: 'unknown', recovered: null, failure: null }
  #timers = new Set<NodeJS.Timeout>()
  #work: Promise<unknown> = Promise.resolve()
  #isClosed = false
  /** How often everything was forgotten: a copy that was begun before is none. */
  #forgotten = 0

  constructor(deps: BackupDeps) {
    this.#deps = deps
    const { recovered } = deps.store
    if (recovered) this.#note(recovered)
    this.#view.recovered = this.#noted()
  }

  readonly handlers: Pick<Handlers, 'backup.get' | 'backup.make' | 'backup.restore' | 'backup.dismiss'> = {
    'backup.get': () => this.view(),
    'backup.make': async () => {
      await this.make()
      return this.view()
    },
    'backup.restore': ({ backupId }) => this.restore(backupId),
    'backup.dismiss': () => {
      rmSync(path.join(this.#deps.profile, NOTE), { force: true })
      this.#set({ recovered: null, failure: null })
      return this.view()
    },
  }

  view = (): BackupView => ({
    ...this.#view,
    backups: listBackups(this.#deps.profile).map(({ backupId, at, bytes, calls }) => ({ backupId, at, bytes, calls })),
  })

  /** Begins what runs by itself: a check soon after the start, and at once after a crash; then checks and copies daily. */
  start(): void {
    const { timings, store } = this.#deps
    this.#after(store.wasUnclean ? 0 : timings.backupFirst, () => this.#checkAgain())
    this.#after(this.#untilBackup(), () => this.#backupAgain())
  }

  /** Makes a copy now, or joins the one under way. @throws FailureError `store-failed` */
  make = singleFlight(() => this.#alone(() => this.#make()))

  /** Looks whether the file is sound, and replaces it when it is not. */
  check = singleFlight(() => this.#alone(() => this.#check()))

  /** @throws FailureError `not-found`, `backup-broken` (nothing was changed), `store-failed` */
  async restore(backupId: string): Promise<BackupView> {
    await this.#alone(() => this.#restore(backupId))
    return this.view()
  }

  /** Removes every copy at once: another person begins here, or this one may see less. What is being copied comes to nothing. */
  forget(): void {
    const { profile, log } = this.#deps
    this.#forgotten += 1
    try {
      forgetCopies(profile)
    } catch (error) {
      log.error({ error: String(error) }, 'copies could not be removed')
    }
    this.#set({ recovered: null })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#work
  }

  /** One piece of work after the other; its failure is shown, and thrown. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#work.then(async () => {
      if (this.#isClosed) throw new FailureError('store-failed', 'the app is closing')
      this.#set({ isRunning: true, failure: null })
      try {
        return await work()
      } catch (error) {
        // What somebody asked for and cannot have is no fault of ours.
        const level = error instanceof FailureError && error.code === 'not-found' ? 'info' : 'error'
        this.#deps.log[level]({ error: String(error) }, 'backup or check failed')
        this.#set({ failure: toFailure(error) })
        throw error
      } finally {
        this.#set({ isRunning: false })
      }
    })
    this.#work = run.catch(() => undefined)
    return run
  }

  async #make(kept = KEPT): Promise<void> {
    const { profile, clock, log } = this.#deps
    const at = clock.now()
    const forgotten = this.#forgotten
    const owner = ownerOf(this.#deps.holder())
    const file = newBackupFile(profile)
    const calls = await withKeeper(path.join(profile, 'app.db'), async (keeper) => {
      await keeper.copyTo(file)
      return keeper.calls()
    })
    if (forgotten !== this.#forgotten) {
      rmSync(file, { force: true })
      throw new FailureError('store-failed', 'what was copied may no longer be seen')
    }
    keepBackup(profile, file, { at, calls, owner })
    dropOldBackups(profile, kept, owner)
    log.info({ calls }, 'a backup was made')
  }

  async #check(): Promise<void> {
    const { profile, clock, log } = this.#deps
    this.#set({ check: 'running' })
    const problems = await problemsOfProfile(profile)
    this.#set({ checkedAt: clock.now().toISOString(), check: problems.length > 0 ? 'corrupt' : 'ok' })
    if (problems.length === 0) return
    log.error({ problems: problems.slice(0, 3) }, 'app.db is broken; it is put aside')
    const holder = await this.#holder()
    await this.#replace(async () => this.#note(await recover(profile, clock.now(), holder)))
    this.#set({ check: 'ok', recovered: this.#noted() })
  }

  async #restore(backupId: string): Promise<void> {
    const { profile, clock } = this.#deps
    const backup = listBackups(profile).find((one) => one.backupId === backupId)
    if (!backup) throw new FailureError('not-found', 'no such backup')
    const problems = await problemsOf(backup.file)
    if (problems.length > 0) throw new FailureError('backup-broken', problems[0])
    if (!(await isFor(backup, await this.#holder()))) throw new FailureError('forbidden', 'the backup is of another person or role')
    const isSound = await this.#copyFirst()
    await this.#replace(async () => {
      // Who is signed in, or what they may see, changed meanwhile.
      if (ownerOf(this.#deps.holder()) !== backup.owner || !existsSync(backup.file)) throw new FailureError('not-found', 'no such backup')
      if (!isSound) setAside(profile, clock.now())
      putInPlace(profile, backup.file)
    })
    dropOldBackups(profile, KEPT, backup.owner)
  }

  /** Who is signed in, with the role that the relay told last: the session may still have an older one. */
  async #holder(): Promise<Holder | undefined> {
    const { holder, store } = this.#deps
    const who = holder()
    if (who?.user.role !== 'manager') return who
    const told = await store.reader.roleOf(who.user.userId).catch(() => undefined) // of a file that is broken
    return told === 'staff' ? { ...who, user: { ...who.user, role: told } } : who
  }

  /** So that restoring can be undone; one more than usual, or the one asked for would go. False: what is here is broken. */
  async #copyFirst(): Promise<boolean> {
    try {
      await this.#make(KEPT + 1)
      return true
    } catch (error) {
      if (isBroken(error)) return false
      throw error
    }
  }

  /** Another file takes app.db's place; the relay is asked for everything, and what is newer comes back. */
  async #replace(work: () => Promise<void>): Promise<void> {
    const { store, pausing, replaced, onReplaced, log } = this.#deps
    await pausing(async () => {
      await store.replace(work)
      await store.replica.markStale()
      await replaced().catch((error: unknown) => log.error({ error: String(error) }, 'media not looked at after the history was replaced'))
    })
    onReplaced()
  }

  async #checkAgain(): Promise<void> {
    await this.check().catch(() => undefined)
    this.#after(this.#deps.timings.checkEvery, () => this.#checkAgain())
  }

  async #backupAgain(): Promise<void> {
    const { backupEvery, backupFirst } = this.#deps.timings
    if (!(await this.#hasHistory())) return this.#after(backupFirst, () => this.#backupAgain())
    const isMade = await this.make().then(
      () => true,
      () => false,
    )
    return this.#after(isMade ? backupEvery : backupEvery / 24, () => this.#backupAgain())
  }

  /** Before the first snapshot there is nothing to copy, and a copy of nothing would stand for a day. */
  async #hasHistory(): Promise<boolean> {
    const { store, log } = this.#deps
    try {
      return (await store.replica.position()).epoch !== null
    } catch (error) {
      log.error({ error: String(error) }, 'no backup: the position could not be read')
      return false
    }
  }

  /** ms until the newest copy is a day old; a little after the start at the earliest. */
  #untilBackup(): number {
    const { profile, clock, timings } = this.#deps
    const newest = listBackups(profile)[0]
    const age = newest ? clock.now().getTime() - Date.parse(newest.at) : Infinity
    return Math.max(timings.backupFirst, timings.backupEvery - Math.max(0, age))
  }

  #after(delayMs: number, work: () => Promise<void>): void {
    if (this.#isClosed) return
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        void work()
      },
      Math.min(delayMs, LONGEST_MS),
    ).unref()
    this.#timers.add(timer)
  }

  #set(change: Partial<BackupView>): void {
    this.#view = { ...this.#view, ...change }
    this.#deps.onChange(this.view())
  }

  #note(recovered: Recovery): void {
    writeFileSync(path.join(this.#deps.profile, NOTE), JSON.stringify(recovered), { mode: 0o600 })
  }

  #noted(): Recovery | null {
    try {
      return JSON.parse(readFileSync(path.join(this.#deps.profile, NOTE), 'utf8')) as Recovery
    } catch {
      return null
    }
  }
}
