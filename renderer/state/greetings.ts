import { createStore } from 'zustand/vanilla'
import type { Bridge, BridgeArgs, BridgeValue } from '../../contract/desktop.ts'
import type { Failure } from '../../contract/failure.ts'

type Row = BridgeValue<'greetings.list'>[number]
export type NewGreeting = BridgeArgs<'greetings.set'>['greeting']

export interface GreetingsState {
  /** By number; null until they have come. */
  rows: Readonly<Record<string, Row>> | null
  failure: Failure | null
  load(): Promise<void>
  /** @returns why it was not set */
  set(phoneNumber: string, greeting: NewGreeting): Promise<Failure | null>
  retain(phoneNumber: string, days: number | null): Promise<Failure | null>
  /** Of so many calls, at most 10 000 counted, recordings or voicemail would be over that time now; null: not known. */
  over(phoneNumber: string, days: number): Promise<number | null>
  /** Where its sound is. */
  open(phoneNumber: string): Promise<{ url: string } | { failure: Failure }>
}

const DAY_MS = 86_400_000
const MOST_OVER = 10_000
const KINDS: ReadonlySet<string> = new Set(['greeting', 'retention'])

/** Calls of a number with a recording or a voicemail older than so many days; null when that could not be counted. */
async function countOver(bridge: Bridge, phoneNumber: string, days: number): Promise<number | null> {
  const of = { ourNumbers: [phoneNumber], to: new Date(Date.now() - days * DAY_MS).toISOString() }
  const counted = await Promise.all(
    [{ hasRecording: true }, { hasVoicemail: true }].map((has) =>
      bridge.request('calls.count', { filter: { ...of, ...has }, most: MOST_OVER }),
    ),
  )
  const counts = counted.flatMap((one) => (one.ok ? [one.value.count] : []))
  return counts.length === counted.length ? counts.reduce((sum, count) => sum + count, 0) : null
}

/** What callers of each number hear before the beep, and how long its recordings are kept. */
export function createGreetingsStore(bridge: Bridge) {
  return createStore<GreetingsState>()((set, get) => {
    bridge.on('records.changed', ({ kinds }) => get().rows && kinds.some((kind) => KINDS.has(kind)) && void get().load())
    bridge.on('session.changed', ({ state }) => state === 'signed-in' || set({ rows: null, failure: null }))
    const change = (phoneNumber: string, rest: Partial<Row>) => {
      const before = get().rows?.[phoneNumber] ?? { phoneNumber, greeting: null, retentionDays: null }
      set({ rows: { ...get().rows, [phoneNumber]: { ...before, ...rest } } })
    }
    return {
      rows: null,
      failure: null,
      async load() {
        const answer = await bridge.request('greetings.list', {})
        if (!answer.ok) return set({ failure: answer.failure })
        set({ rows: Object.fromEntries(answer.value.map((row) => [row.phoneNumber, row])), failure: null })
      },
      async set(phoneNumber, greeting) {
        const answer = await bridge.request('greetings.set', { phoneNumber, greeting })
        if (!answer.ok) return answer.failure
        change(phoneNumber, { greeting: answer.value.greeting })
        return null
      },
      async retain(phoneNumber, days) {
        const answer = await bridge.request('recordings.retention', { phoneNumber, days })
        if (!answer.ok) return answer.failure
        change(phoneNumber, { retentionDays: days })
        return null
      },
      over: (phoneNumber, days) => countOver(bridge, phoneNumber, days),
      async open(phoneNumber) {
        const answer = await bridge.request('greetings.open', { phoneNumber })
        return answer.ok ? answer.value : { failure: answer.failure }
      },
    }
  })
}
