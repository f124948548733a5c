import { v7 } from 'uuid'
import { failure, failureCodes, FailureError, type FailureCode } from '../../contract/failure.ts'
import type { RecordCommand, RecordKind, RecordValue, UserRecord } from '../../contract/record.ts'
import type { Role } from '../../contract/relay.ts'
import type { Answer, Outbox } from '../link/outbox.ts'
import type { RelayClock } from '../link/relay-clock.ts'
import type { SessionService } from '../link/session.ts'
import type { Log } from '../ports.ts'
import type { Store } from '../store/store.ts'
import type { Telling } from '../telling.ts'

type WithoutId<C> = C extends { commandId: string } ? Omit<C, 'commandId'> : never

/** What is shown of a record; null when there is none. */
export async function shownValue<K extends RecordKind>(
  { reader }: Pick<Store, 'reader'>,
  kind: K,
  recordId: string,
): Promise<RecordValue<K> | null> {
  const record = await reader.record(kind, recordId)
  return (record?.value ?? null) as RecordValue<K> | null // its type was lost between the threads
}

/** What is sent, and the record as it looks here until the relay has answered. */
export interface RecordChange {
  command: WithoutId<RecordCommand>
  record: UserRecord
}

/** Who changes something, and when by the relay's clock. */
export interface Author {
  userId: string
  deviceId: string
  role: Role
  at: string
}

export interface RecordParts {
  store: Pick<Store, 'replica'>
  outbox: Pick<Outbox, 'addAll' | 'ids' | 'onAnswers'>
  session: Pick<SessionService, 'record'>
  clock: Pick<RelayClock, 'now'>
  log: Log
  /** Told of what looks different, and of what the relay refused. */
  tell: Pick<Telling, 'teller' | 'calls'>
}

export const createRecordChanges = (parts: RecordParts): RecordChanges => new RecordChanges(parts)

/**
 * Changes of shared records made here. Each is shown at once and then queued. Killed in between, it is queued again at the next start: a
 * person saw it saved, and the relay applies a command once per id, so that one too many does no harm (RULES R18).
 */
export class RecordChanges {
  readonly #parts: RecordParts
  readonly #offs: (() => void)[]
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: RecordParts) {
    this.#parts = parts
    this.#offs = [parts.outbox.onAnswers(this.#answered)]
  }

  close = async (): Promise<void> => {
    for (const off of this.#offs) off()
    await this.#last.catch(() => undefined)
  }

  /**
   * Makes changes one after the other, so that they are sent in the order in which they were shown. `make` sees what is shown.
   * @throws FailureError `not-signed-in`, and what `make` throws: then nothing is changed
   */
  change = (make: (author: Author) => Promise<RecordChange[]>): Promise<void> => {
    const work = this.#last.then(
      () => this.#change(make),
      () => this.#change(make),
    )
    this.#last = work
    return work
  }

  /** Queues again what was shown when the process ended and did not reach the outbox. */
  resume = async (): Promise<void> => {
    const { store, outbox, log } = this.#parts
    try {
      const waiting = new Set(await outbox.ids())
      const lost = (await store.replica.unansweredRecords()).filter(({ commandId }) => !waiting.has(commandId))
      if (lost.length === 0) return
      log.info({ commands: lost.length }, 'changes that were not queued are queued again')
      await outbox.addAll(lost)
    } catch (error) {
      log.error({ error: String(error) }, 'changes could not be queued again')
    }
  }

  #author(): Author {
    const record = this.#parts.session.record()
    if (!record) throw new FailureError('not-signed-in')
    const { userId, role } = record.user
    return { userId, role, deviceId: record.device.deviceId, at: this.#parts.clock.now().toISOString() }
  }

  async #change(make: (author: Author) => Promise<RecordChange[]>): Promise<void> {
    const { store, outbox } = this.#parts
    const changes = (await make(this.#author())).map(({ command, record }) => ({ ...record, command: { ...command, commandId: v7() } }))
    if (changes.length === 0) return
    const callIds = await store.replica.putRecords(changes)
    this.#tell(callIds, changes)
    try {
      await outbox.addAll(changes.map(({ command }) => command))
    } catch (error) {
      await store.replica.settleRecords(changes.map(({ command }) => ({ commandId: command.commandId, isApplied: false })))
      this.#tell(callIds, changes)
      throw error
    }
  }

  #tell(callIds: readonly string[], records: readonly Pick<UserRecord, 'kind'>[]): void {
    const { tell } = this.#parts
    const changed = [...new Set(callIds)]
    tell.teller('records.changed')({ callIds: changed, kinds: [...new Set(records.map(({ kind }) => kind))] })
    tell.calls(changed)
  }

  #answered = async (answers: readonly Answer[]): Promise<void> => {
    const ours = answers.filter(({ command }) => command.name.startsWith('record'))
    if (ours.length === 0) return
    const { store, tell } = this.#parts
    const settled = await store.replica.settleRecords(ours.map(({ command, isApplied }) => ({ commandId: command.commandId, isApplied })))
    if (settled.length === 0) return
    this.#tell(
      settled.flatMap(({ callId }) => callId ?? []),
      settled,
    )
    const refusals = new Map(ours.filter(({ isApplied }) => !isApplied).map((one) => [one.command.commandId, one.code]))
    for (const { commandId, kind, recordId, callId } of settled) {
      const code = refusals.get(commandId)
      if (code !== undefined) tell.teller('records.refused')({ kind, recordId, callId, failure: failure(knownCode(code)) })
    }
  }
}

const isCode = (code: string): code is FailureCode => Object.hasOwn(failureCodes, code)
const knownCode = (code: string | null): FailureCode => (code !== null && isCode(code) ? code : 'relay-refused')
