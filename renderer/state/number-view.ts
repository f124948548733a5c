import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Bridge } from '../../contract/desktop.ts'
import type { Failure } from '../../contract/failure.ts'
import type { NumberView } from '../../contract/number-desktop.ts'
import { settled } from './settled.ts'

export interface NumberViewState {
  /** The number that is open, or null. */
  phoneNumber: string | null
  /** Of that number; null until it has come. */
  view: NumberView | null
  failure: Failure | null
  /** What is being asked of Twilio for it. */
  busy: 'restore' | 'accept' | 'connect' | 'check' | null
  open(phoneNumber: string | null): Promise<void>
  /** Asks again for what is open. */
  check(): Promise<void>
  /** Puts the kept settings back, provided Twilio's are still as shown. */
  restore(): Promise<void>
  acceptDrift(): Promise<void>
  /** Points it at our relay. */
  connect(): Promise<void>
}

type Answer = { ok: true; value: NumberView } | { ok: false; failure: Failure }
type Store = Pick<StoreApi<NumberViewState>, 'setState' | 'getState'>
const closed = { phoneNumber: null, view: null, failure: null, busy: null } as const

/** Reading what is open, and asking something of Twilio for it, one thing at a time. */
function createAsking(bridge: Bridge, { setState: set, getState: get }: Store) {
  const isOpen = (phoneNumber: string) => get().phoneNumber === phoneNumber
  const read = async () => {
    const { phoneNumber } = get()
    if (phoneNumber === null) return
    const answer = await bridge.request('numbers.get', { phoneNumber })
    if (!isOpen(phoneNumber)) return
    set(answer.ok ? { view: answer.value, failure: null } : { failure: answer.failure })
  }
  const ask = async (busy: NumberViewState['busy'], request: (phoneNumber: string, view: NumberView) => Promise<Answer>) => {
    const { phoneNumber, view, busy: before } = get()
    if (phoneNumber === null || !view || before) return
    set({ busy, failure: null })
    const answer = await request(phoneNumber, view)
    if (!isOpen(phoneNumber)) return
    set({ busy: null })
    if (answer.ok) return set({ view: answer.value })
    // Somebody changed it meanwhile: show what it is now, beside why nothing was written.
    if (answer.failure.code === 'conflict') await read()
    if (isOpen(phoneNumber)) set({ failure: answer.failure })
  }
  const connect = async (phoneNumber: string): Promise<Answer> => {
    const answer = await bridge.request('numbers.connect', { phoneNumbers: [phoneNumber] })
    if (!answer.ok) return answer
    const failure = answer.value.results.find((one) => !one.ok)?.failure
    return failure ? { ok: false, failure } : bridge.request('numbers.get', { phoneNumber })
  }
  return { read, ask, connect }
}

/** One number, closely: its settings at Twilio, drift, health checks and history. */
export function createNumberViewStore(bridge: Bridge, settleMs = 120) {
  return createStore<NumberViewState>()((set, get, store) => {
    const { read, ask, connect } = createAsking(bridge, store)
    const refresh = settled(read, settleMs)
    bridge.on('numbers.changed', ({ phoneNumbers }) => {
      const { phoneNumber } = get()
      if (phoneNumber !== null && phoneNumbers?.includes(phoneNumber) !== false) refresh()
    })
    bridge.on('session.changed', ({ state }) => {
      if (state !== 'signed-in') set(closed)
    })
    return {
      ...closed,
      async open(phoneNumber) {
        if (phoneNumber !== null && get().phoneNumber === phoneNumber) return
        set({ ...closed, phoneNumber })
        await read()
      },
      async check() {
        const { phoneNumber, busy } = get()
        if (busy) return
        set({ busy: 'check' })
        await read()
        if (get().phoneNumber === phoneNumber) set({ busy: null })
      },
      restore: () =>
        ask('restore', (phoneNumber, { drift }) =>
          bridge.request('numbers.restore', { phoneNumber, seen: drift.map(({ key, is }) => ({ key, is })) }),
        ),
      acceptDrift: () => ask('accept', (phoneNumber) => bridge.request('numbers.acceptDrift', { phoneNumber })),
      connect: () => ask('connect', connect),
    }
  })
}
