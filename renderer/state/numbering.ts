import { createStore } from 'zustand/vanilla'
import { dialable } from '../../contract/dialable.ts'
import { isE164 } from '../../contract/e164-shape.ts'
import type * as plans from '../../contract/e164.ts'

/** What is known of the world's numbers: see contract/e164. */
export type Numbering = Pick<typeof plans, 'toE164' | 'formatAsTyped' | 'formatNumber'>

export interface NumberingState extends Numbering {
  /** False while only the own spelling of North America is known, which needs no plans. */
  isComplete: boolean
  /** Loads every country's plan, once: half as large as the rest of the page, so it comes when it is needed or nothing else is. */
  load: () => Promise<void>
}

const isNorthAmerican = (country: string) => country === 'US' || country === 'CA'
const grouped = (digits: string) => `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`

/** Without plans: +1 numbers as they are written in North America, others as they are. */
export const plain: Numbering = {
  toE164: (text, country) => {
    const digits = dialable(text).replace(/^00/, '+')
    if (isNorthAmerican(country) && /^1?[2-9]\d{9}$/.test(digits)) return `+1${digits.slice(-10)}`
    return isE164(digits) ? digits : undefined
  },
  formatAsTyped: (text, country) => ({ text, country: text.startsWith('+') ? undefined : country }),
  formatNumber: (e164, country) => (isNorthAmerican(country) && /^\+1\d{10}$/.test(e164) ? grouped(e164.slice(2)) : e164),
}

/** How numbers are read and written. `loadPlans` fetches the plans; after a failure the next need asks again. */
export function createNumberingStore(loadPlans: () => Promise<Numbering>) {
  return createStore<NumberingState>()((set) => {
    let loading: Promise<void> | undefined
    const load = async () => {
      try {
        const { toE164, formatAsTyped, formatNumber } = await loadPlans()
        set({ toE164, formatAsTyped, formatNumber, isComplete: true })
      } catch {
        loading = undefined
      }
    }
    return { ...plain, isComplete: false, load: () => (loading ??= load()) }
  })
}
