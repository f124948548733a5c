import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react'
import type { OwnedNumber } from '../../contract/number-desktop.ts'
import type { NumberPatch } from '../../contract/number.ts'
import { inverse } from '../model/number-patch.ts'
import { createNumbersStore, type BulkOutcome } from '../state/numbers.ts'
import { createNumberVerbs, type NumberVerbs } from '../state/number-verbs.ts'
import { useApp, useNumbering, useSession, useSettings } from '../state/use.ts'
import { useSay } from '../ui/toasts.tsx'
import { useNumberWords, type NumberT } from '../words/index.ts'

/** What went wrong with some of many numbers, or with all. */
export interface Trouble {
  outcome: BulkOutcome
  all: number
}

/** What every part of the screen needs: who may do what, how things are called, and the way to change numbers. */
export interface Desk {
  /** The words, looked up once: a row that asked for them itself would cost ten times as much to draw. */
  t: NumberT
  isManager: boolean
  names: Readonly<Record<string, string>>
  format: (phoneNumber: string) => string
  verbs: NumberVerbs
  trouble: Trouble | null
  setTrouble: (trouble: Trouble | null) => void
  /** Changes numbers at once and says so, with the way back; what failed is taken back and shown. */
  change: (
    numbers: readonly OwnedNumber[],
    patchOf: (number: OwnedNumber, index: number) => NumberPatch,
    said: string,
  ) => Promise<BulkOutcome>
  /** Ends the hold of numbers. */
  unhold: (numbers: readonly OwnedNumber[], said: string) => Promise<void>
  /** Says what a dialog did, or shows what failed of it. True when nothing failed. */
  report: (outcome: BulkOutcome, all: number, said: string, undo?: () => void) => boolean
}

const DeskContext = createContext<Desk | undefined>(undefined)

/** @throws Error outside of `DeskProvider` */
export function useDesk(): Desk {
  const desk = use(DeskContext)
  if (!desk) throw new Error('no DeskProvider')
  return desk
}

/** Users' names, one's own included. */
function useNames(): Readonly<Record<string, string>> {
  const names = useSettings((state) => state.names)
  const user = useSession((state) => state.session?.user ?? null)
  return useMemo(() => (user ? { [user.userId]: user.name, ...names } : names), [names, user])
}

/** Answers again what was asked before. */
function remembered(format: (phoneNumber: string) => string): (phoneNumber: string) => string {
  const known = new Map<string, string>()
  return (phoneNumber) => {
    const text = known.get(phoneNumber) ?? format(phoneNumber)
    known.set(phoneNumber, text)
    return text
  }
}

/** Numbers as they are written here. Each is parsed once: rows come and go while one scrolls. */
function useFormat() {
  const country = useSettings((state) => state.country)
  const formatNumber = useNumbering((state) => state.formatNumber)
  return useMemo(() => remembered((phoneNumber) => formatNumber(phoneNumber, country)), [formatNumber, country])
}

export function DeskProvider({ children }: { children: ReactNode }) {
  const { state } = useApp()
  const t = useNumberWords()
  const say = useSay()
  const names = useNames()
  const format = useFormat()
  const isManager = useSession((one) => one.session?.user?.role === 'manager')
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const store = state.later(createNumbersStore)
  const verbs = state.later(createNumberVerbs)

  const report = useCallback<Desk['report']>(
    (outcome, all, said, undo) => {
      const isFine = outcome.ok && outcome.failed.length === 0
      setTrouble(isFine ? null : { outcome, all })
      if (isFine) say(said, undo)
      return isFine
    },
    [say],
  )
  const change = useCallback<Desk['change']>(
    async (numbers, patchOf, said) => {
      const changes = numbers.map((number, index) => ({ phoneNumber: number.phoneNumber, patch: patchOf(number, index) }))
      const back = numbers.map((number, index) => ({ phoneNumber: number.phoneNumber, patch: inverse(number, patchOf(number, index)) }))
      const outcome = await store.getState().update(changes)
      const undo = async () => {
        const undone = await store.getState().update(back)
        setTrouble(undone.ok && undone.failed.length === 0 ? null : { outcome: undone, all: back.length })
      }
      report(outcome, changes.length, said, () => void undo())
      return outcome
    },
    [store, report],
  )
  const unhold = useCallback<Desk['unhold']>(
    async (numbers, said) => void report(await verbs.unhold(numbers.map((one) => one.phoneNumber)), numbers.length, said),
    [verbs, report],
  )
  const desk = useMemo(
    () => ({ t, isManager, names, format, verbs, trouble, setTrouble, change, unhold, report }),
    [t, isManager, names, format, verbs, trouble, change, unhold, report],
  )
  return <DeskContext value={desk}>{children}</DeskContext>
}
