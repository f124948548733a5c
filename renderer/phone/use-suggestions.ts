import { useState, type KeyboardEvent } from 'react'
import type { CallRecord } from '../../contract/call.ts'
import { useCalls, useDial } from '../state/use.ts'
import { numberOf, recentOf } from './recent.ts'

const MOST = 4

export interface Suggestions {
  /** Calls whose number continues what is typed; empty while there is nothing to choose. */
  calls: CallRecord[]
  /** Index of the one that Enter would call, or -1. */
  active: number
  open(this: void): void
  close(this: void): void
  /** Whether the key was meant for the suggestions. */
  press(this: void, event: KeyboardEvent, choose: (call: CallRecord) => void): boolean
}

/** Recent numbers that match what is typed: arrow keys choose, Enter calls, Escape puts them away. */
export function useSuggestions(): Suggestions {
  const history = useCalls((state) => state.calls)
  const digits = useDial((state) => state.digits)
  const [isOpen, setOpen] = useState(false)
  const [chosen, setChosen] = useState({ digits, index: -1 })
  const calls = isOpen && digits ? recentOf(history ?? [], digits, MOST).filter((call) => numberOf(call.party) !== digits) : []
  const active = chosen.digits === digits && chosen.index < calls.length ? chosen.index : -1
  const close = () => setOpen(false)
  const press: Suggestions['press'] = (event, choose) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const call = calls[active]
    if (calls.length === 0) return false
    if (step !== 0) setChosen({ digits, index: ((active + 1 + step + calls.length + 1) % (calls.length + 1)) - 1 })
    else if (event.key === 'Escape') close()
    else if (event.key === 'Enter' && call) choose(call)
    else return false
    event.preventDefault()
    return true
  }
  return { calls, active, open: () => setOpen(true), close, press }
}
