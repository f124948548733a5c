import { v7 } from 'uuid'
import { FailureError } from '../../contract/failure.ts'
import { CommandsReply, type Command } from '../../contract/relay.ts'
import { backoffMs } from '../../base/backoff.ts'
import { createEmitter } from '../../base/emitter.ts'
import { singleFlight } from '../../base/single-flight.ts'
import type { Timings } from '../config.ts'
import type { Ports } from '../ports.ts'
import type { Store } from '../store/store.ts'
import type { SessionService } from './session.ts'

type WithoutId<C> = C extends { commandId: string } ? Omit<C, 'commandId'> : never
export type NewCommand = WithoutId<Command>

export interface OutboxOptions {
  table: Store['outbox']
  session: Pick<SessionService, 'request' | 'record'>
  ports: Pick<Ports, 'clock' | 'log' | 'random'>
  timings: Pick<Timings, 'retryFirst' | 'retryCap'>
}

/** What the relay said of a command; `code`: of the refusal. It is not sent again. */
export interface Answer {
  command: Command
  isApplied: boolean
  code: string | null
}
type Hears = (answers: readonly Answer[]) => Promise<void>

const BATCH = 50

/** The relay cannot even read it, so sending it again is of no use. */
const isUnreadable = (error: unknown): error is FailureError =>
  error instanceof FailureError && (error.code === 'bad-request' || error.code === 'too-large')

/**
 * What this desktop has to tell the relay, in order, exactly once by effect: a command is on the disk before `add` resolves, is sent
 * until the relay has answered for it, and is applied there once per id (RULES R18).
 */
export const createOutbox = async (options: OutboxOptions): Promise<Outbox> => new Outbox(options, await options.table.count())

export class Outbox {
  readonly #options: OutboxOptions
  readonly #changes = createEmitter<void>((error) => this.#options.ports.log.error({ error: String(error) }, 'a listener failed'))
  readonly #flush = singleFlight(() => this.#sendAll())
  readonly #hearers = new Set<Hears>()
  #waiting: number
  #attempt = 0
  #retry: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: OutboxOptions, waiting: number) {
    this.#options = options
    this.#waiting = waiting
  }

  count = (): number => this.#waiting
  onChange = (listener: () => void): (() => void) => this.#changes.on(listener)

  /** Sends what waits, in order. @throws FailureError when the relay cannot be reached: everything unsent stays. */
  flush = (): Promise<void> => this.#flush()

  /** Queues a command; it is on the disk when this resolves, and on its way if the relay is there. */
  add = (command: NewCommand): Promise<void> => this.addAll([{ ...command, commandId: v7() }])

  /** Queues commands with their ids, all or none; those that wait already are not queued twice. */
  addAll = async (commands: readonly Command[]): Promise<void> => {
    const { table, ports } = this.#options
    await table.add(commands, ports.clock.now().toISOString())
    await this.#changed()
    this.kick()
  }

  /** Ids of what waits, in order. */
  ids = (): Promise<string[]> => this.#options.table.ids()

  /** Hears of answers before they are forgotten: killed meanwhile, the command is sent again and answered alike. */
  onAnswers = (hears: Hears): (() => void) => {
    this.#hearers.add(hears)
    return () => void this.#hearers.delete(hears)
  }

  /** Sends soon, and again later for as long as something waits. */
  kick = (): void => {
    if (this.#isClosed) return
    clearTimeout(this.#retry)
    void this.#flush()
      .then(
        () => (this.#attempt = 0),
        (error: unknown) =>
          this.#options.ports.log.info({ waiting: this.#waiting, error: String(error) }, 'the outbox waits for the relay'),
      )
      .then(() => this.#again())
  }

  clear = async (): Promise<void> => {
    await this.#options.table.clear()
    await this.#changed()
  }

  /** Stops trying; what waits is sent after the next start. */
  close = async (): Promise<void> => {
    this.#isClosed = true
    clearTimeout(this.#retry)
    await this.#flush().catch(() => undefined) // joins one that runs, so that the store outlives it
  }

  /** Something may have been queued just when the last batch was found to be empty, or a batch failed. */
  #again(): void {
    if (this.#isClosed || this.#waiting === 0 || !this.#options.session.record()) return
    const { ports, timings } = this.#options
    clearTimeout(this.#retry)
    this.#retry = setTimeout(this.kick, backoffMs(this.#attempt++, ports.random(), timings.retryFirst, timings.retryCap)).unref()
  }

  async #changed(): Promise<void> {
    this.#waiting = await this.#options.table.count()
    this.#changes.emit()
  }

  async #sendAll(): Promise<void> {
    while (!this.#isClosed) {
      const commands = await this.#options.table.next(BATCH)
      if (commands.length === 0) return
      try {
        await this.#send(commands)
      } catch (error) {
        if (!isUnreadable(error)) throw error
        // One that the relay cannot read must not hold up those around it for ever.
        for (const one of commands) await this.#sendAlone(one)
      }
    }
  }

  async #send(commands: Command[]): Promise<void> {
    const { session } = this.#options
    const { results } = await session.request({ method: 'POST', path: '/api/commands', body: { commands } }, CommandsReply)
    const answered = new Map(results.map((result) => [result.commandId, result]))
    const done = commands.filter(({ commandId }) => answered.has(commandId))
    if (done.length === 0) throw new FailureError('relay-refused', 'the relay answered for none of the commands')
    await this.#settle(
      done.map((command) => {
        const { status, code } = answered.get(command.commandId) ?? {}
        return { command, isApplied: status === 'applied', code: code ?? null }
      }),
      'the relay refused a command; it is dropped',
    )
  }

  async #settle(answers: readonly Answer[], refused: string): Promise<void> {
    const { table, ports } = this.#options
    for (const { command, isApplied, code } of answers) {
      const { commandId, name } = command
      if (!isApplied) ports.log.error({ commandId, name, failure: code }, refused)
    }
    for (const hears of this.#hearers) {
      await hears(answers).catch((error: unknown) => ports.log.error({ error: String(error) }, 'an answer was not heard'))
    }
    await table.remove(answers.map(({ command }) => command.commandId))
    await this.#changed()
  }

  async #sendAlone(command: Command): Promise<void> {
    try {
      await this.#send([command])
    } catch (error) {
      if (!isUnreadable(error)) throw error
      await this.#settle([{ command, isApplied: false, code: error.code }], 'the relay cannot read a command; it is dropped')
    }
  }
}
