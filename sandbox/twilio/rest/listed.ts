import type { SandboxAccount } from '../account/account.ts'
import type { OwnedNumber } from '../account/state.ts'
import type { SandboxCall, SandboxRecording, SandboxTranscription } from '../engine-port.ts'
import type { Clock } from '../ports.ts'
import type { Switches } from '../switches.ts'

/** What REST lists show: records as they were some time ago (RULES R34). */
export interface Listed {
  calls(): Iterable<SandboxCall>
  recordings(): Iterable<SandboxRecording>
  transcriptions(): Iterable<SandboxTranscription>
  numbers(): Iterable<OwnedNumber>
  /** To be told of each change of a number: unlike calls they are changed by REST alone. */
  numberChanged(number: OwnedNumber): void
  numberRemoved(sid: string): void
  /** Calls and recordings of the past, put there by hand: they show at once. */
  historySeeded(calls: SandboxCall[], recordings: SandboxRecording[]): void
  /** Numbers that are there without having been bought: they show at once. */
  numbersSeeded(numbers: OwnedNumber[]): void
  close(): void
}

interface LaggingView<T> {
  all: () => Iterable<T>
  change: (sid: string, record: T | undefined) => void
  /** Records that nobody changes in place. */
  showNow: (some: T[]) => void
}

/** Shows changes late by a span drawn for each. A later change never shows before an earlier one of the same record. */
function createLaggingView<T extends { sid: string }>(records: Iterable<T>, clock: Clock, drawLagMs: () => number): LaggingView<T> {
  const shown = new Map<string, T>()
  const dueAt = new Map<string, number>()
  const newest = new Map<string, number>()
  let changes = 0
  for (const record of records) shown.set(record.sid, structuredClone(record))
  // Two timers for one instant may fire in either order: the older change then comes too late.
  const show = (sid: string, record: T | undefined, change: number) => {
    if (change < (newest.get(sid) ?? 0)) return
    newest.set(sid, change)
    if (record) shown.set(sid, record)
    else shown.delete(sid)
  }
  return {
    all: () => shown.values(),
    showNow: (some) => {
      for (const record of some) show(record.sid, record, ++changes)
    },
    change: (sid, record) => {
      const seen = record && structuredClone(record)
      const change = ++changes
      const due = Math.max(clock.now() + drawLagMs(), dueAt.get(sid) ?? 0)
      if (due <= clock.now()) {
        show(sid, seen, change)
        return
      }
      dueAt.set(sid, due)
      clock.later(due - clock.now(), () => {
        show(sid, seen, change)
        if ((dueAt.get(sid) ?? 0) <= due) dueAt.delete(sid)
      })
    },
  }
}

/** Builds the lists' views; their lag follows `listLagMs` and `numberListLagMs` at the time of each change. */
export function createListed(
  account: Pick<SandboxAccount, 'calls' | 'recordings' | 'transcriptions' | 'state'>,
  { clock, switches, random }: { clock: Clock; switches: Switches; random: () => number },
): Listed {
  const draw = (name: 'listLagMs' | 'numberListLagMs') => () => switches[name][0] + random() * (switches[name][1] - switches[name][0])
  const calls = createLaggingView(account.calls.all(), clock, draw('listLagMs'))
  const recordings = createLaggingView(account.recordings.all(), clock, draw('listLagMs'))
  const transcriptions = createLaggingView(account.transcriptions.all(), clock, draw('listLagMs'))
  const numbers = createLaggingView(account.state.numbers, clock, draw('numberListLagMs'))
  const unsubscribe = [
    account.calls.onChange(calls.change),
    account.recordings.onChange(recordings.change),
    account.transcriptions.onChange(transcriptions.change),
  ]
  return {
    calls: calls.all,
    recordings: recordings.all,
    transcriptions: transcriptions.all,
    numbers: numbers.all,
    numberChanged: (number) => numbers.change(number.sid, number),
    numberRemoved: (sid) => numbers.change(sid, undefined),
    historySeeded: (past, heard) => {
      calls.showNow(past)
      recordings.showNow(heard)
    },
    numbersSeeded: (some) => numbers.showNow(some.map((number) => structuredClone(number))),
    close: () => {
      for (const end of unsubscribe) end()
    },
  }
}
