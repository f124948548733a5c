import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Account, SandboxCall, SandboxRecording, SandboxTranscription, VoiceConfig } from '../engine-port.ts'
import type { Clock } from '../ports.ts'
import { demoAccount, demoCalls, dropInterrupted, endInterrupted, failInterrupted } from './demo.ts'
import { debounce, readIfThere, writeAtomically } from './files.ts'
import { openLedger, type LedgerEntry } from './ledger.ts'
import { createRandom } from './random.ts'
import { openRecords, type Records } from './records.ts'
import { createNumberWorld, type NumberWorld } from '../world/world.ts'
import type { AccountState } from './state.ts'
import { startCredit, upgraded } from './upgrade.ts'

/** The engine's Account, plus what REST and the control API need. Changes to `state` are kept by calling `changed()`. */
export interface SandboxAccount extends Account {
  readonly state: AccountState
  /** The numbers there are to buy. */
  readonly world: NumberWorld
  /** Writes the account file soon. */
  changed(): void
  /** Writes what waits now: before an answer that says money was spent. */
  flush(): void
  calls: Records<SandboxCall>
  recordings: Records<SandboxRecording>
  transcriptions: Records<SandboxTranscription>
  /** USD, as a decimal string: what was paid in less what was charged. */
  balance(): string
  entries(): LedgerEntry[]
  /** Every charge since the start or the last reset. */
  charges(): LedgerEntry[]
  /** Forgets calls, recordings and ledger; keeps numbers, apps and keys. The balance is 20.00 again, and the account a full one. */
  reset(): void
  /** The source for SIDs and choices; its seed counts the starts, so that SIDs never repeat. */
  random: () => number
  /** Writes what waits; removes the folder when it was a temporary one. */
  close(): void
}

export interface AccountOptions {
  /** Where the account lives; without one it is forgotten at the end. */
  dataFolder?: string | undefined
  seed: number
  clock: Pick<Clock, 'now'>
  /** How long a change may wait to be written, in ms. */
  writeDelayMs?: number
}

/** Opens the account kept in `dataFolder`, or makes the demo account there. @throws when the folder cannot be read or written, or holds something else */
export function createAccount({ dataFolder, ...options }: AccountOptions): SandboxAccount {
  const folder = dataFolder ?? mkdtempSync(join(tmpdir(), 'linekeeper-sandbox-'))
  const { state, random, calls, recordings, transcriptions, ledger, writer } = openAccount(folder, options)
  const flush = () => {
    for (const part of [writer, calls, recordings, transcriptions, ledger]) part.flush()
  }
  return {
    ...configurations(state),
    state,
    world: createNumberWorld(state.numberSeed),
    random,
    calls,
    recordings,
    transcriptions,
    mediaFolder: join(folder, 'media'),
    changed: () => writer.request(),
    flush,
    ledger: (entry) => ledger.add(entry),
    entries: () => ledger.entries(),
    charges: () => ledger.charges(),
    balance: () => decimal(state.credit - ledger.charged()),
    reset: () => {
      calls.clear()
      recordings.clear()
      transcriptions.clear()
      ledger.clear()
      Object.assign(state, { credit: startCredit, type: 'Full', taken: [] })
      writer.request()
    },
    close: () => {
      flush()
      if (dataFolder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Reads a folder's files, or writes the demo account there. */
function openAccount(folder: string, { seed, clock, writeDelayMs = 50 }: Omit<AccountOptions, 'dataFolder'>) {
  mkdirSync(join(folder, 'media'), { recursive: true })
  const file = join(folder, 'account.json')
  const kept = readState(file)
  const random = createRandom(seed + 7919 * (kept?.starts ?? 0))
  const state = upgraded(kept ?? demoAccount(random, clock.now()), seed)
  state.starts += 1
  const calls = openRecords<SandboxCall>(join(folder, 'calls.ndjson'), writeDelayMs, endInterrupted)
  const recordings = openRecords<SandboxRecording>(join(folder, 'recordings.ndjson'), writeDelayMs, dropInterrupted)
  const transcriptions = openRecords<SandboxTranscription>(join(folder, 'transcriptions.ndjson'), writeDelayMs, failInterrupted)
  const ledger = openLedger(join(folder, 'ledger.ndjson'), () => clock.now(), writeDelayMs)
  if (!kept) for (const call of demoCalls(state, random, clock.now())) calls.put(call)
  calls.flush()
  // Last, so that a kill during the very first start begins again from nothing.
  const save = () => writeAtomically(file, JSON.stringify(state, null, state.numbers.length > readable ? 0 : 1))
  save()
  return { state, random, calls, recordings, transcriptions, ledger, writer: debounce(save, writeDelayMs) }
}

/** An account of so many numbers is written without indentation: it is written often, and nobody reads it. */
const readable = 100

function readState(file: string): AccountState | undefined {
  const text = readIfThere(file)
  if (text === undefined) return undefined
  const state = JSON.parse(text) as AccountState
  if (state.version !== 1) throw new Error(`${file} is of version ${String(state.version)}; this sandbox reads version 1`)
  return state
}

/** What the engine asks of numbers, apps and keys. */
function configurations(state: AccountState) {
  const find = (e164: string) => state.numbers.find((number) => number.phoneNumber === e164)
  return {
    accountSid: state.accountSid,
    authToken: () => state.authToken,
    ownsNumber: (e164: string) => find(e164) !== undefined || state.callerIds.some((callerId) => callerId.phoneNumber === e164),
    numberConfig: (e164: string): (VoiceConfig & { sid: string }) | undefined => find(e164),
    applicationConfig: (sid: string): VoiceConfig | undefined => state.applications.find((application) => application.sid === sid),
    keySecret: (keySid: string) => state.keys.find((key) => key.sid === keySid)?.secret,
  }
}

/** At least two, at most five decimals. */
const decimal = (units: number): string => (units / 100_000).toFixed(5).replace(/0{1,3}$/, '')
