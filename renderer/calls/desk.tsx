import { createContext, use, useEffect, useMemo, type ReactNode } from 'react'
import type { Party } from '../../contract/party.ts'
import { partyName } from '../phone/party.ts'
import { createNumbersStore } from '../state/numbers.ts'
import { useApp, useLater, useNumbering, useSession, useSettings } from '../state/use.ts'
import { useCallWords, useWords, type CallT, type Words } from '../words/index.ts'

/** What every part of Calls needs: the words, looked up once, and how people and numbers are called. */
export interface CallDesk {
  t: CallT
  common: Words
  isManager: boolean
  userId: string
  deviceId: string
  /** userId → name, one's own included. */
  names: Readonly<Record<string, string>>
  format: (number: string) => string
  nameOf: (party: Party) => string
  /** One of our numbers: its name, or how it is written. */
  oursOf: (number: string) => string
  /** Our numbers, by E.164, with their names. */
  numbers: ReadonlyMap<string, string>
}

const DeskContext = createContext<CallDesk | undefined>(undefined)

/** @throws Error outside of `CallDeskProvider` */
export function useCallDesk(): CallDesk {
  const desk = use(DeskContext)
  if (!desk) throw new Error('no CallDeskProvider')
  return desk
}

/** Our numbers with their names: those one may call from, and those that Numbers shows. */
function useNumbers(): ReadonlyMap<string, string> {
  const store = useApp().state.later(createNumbersStore)
  const own = useSettings((state) => state.numbers)
  const listed = useLater(createNumbersStore, (state) => state.numbers)
  useEffect(() => {
    if (store.getState().numbers === null) void store.getState().load()
  }, [store])
  return useMemo(
    () => new Map([...(own ?? []), ...(listed ?? []).filter((one) => one.state !== 'left')].map((one) => [one.phoneNumber, one.name])),
    [own, listed],
  )
}

/** Answers again what was asked before: a list asks for the same few numbers at every row. */
function remembered(format: (number: string) => string): (number: string) => string {
  const known = new Map<string, string>()
  return (number) => {
    const text = known.get(number) ?? format(number)
    known.set(number, text)
    return text
  }
}

export function CallDeskProvider({ children }: { children: ReactNode }) {
  const t = useCallWords()
  const common = useWords()
  const user = useSession((state) => state.session?.user ?? null)
  const deviceId = useSession((state) => state.session?.deviceId ?? '')
  const others = useSettings((state) => state.names)
  const country = useSettings((state) => state.country)
  const formatNumber = useNumbering((state) => state.formatNumber)
  const loadPlans = useNumbering((state) => state.load)
  const numbers = useNumbers()
  useEffect(() => void loadPlans(), [loadPlans])
  const names = useMemo(() => (user ? { [user.userId]: user.name, ...others } : others), [user, others])
  const format = useMemo(() => remembered((number) => formatNumber(number, country)), [formatNumber, country])
  const desk = useMemo<CallDesk>(
    () => ({
      t,
      common,
      isManager: user?.role === 'manager',
      userId: user?.userId ?? '',
      deviceId,
      names,
      format,
      nameOf: (party) => partyName(party, format, names, common),
      oursOf: (number) => numbers.get(number) || format(number),
      numbers,
    }),
    [t, common, user, deviceId, names, format, numbers],
  )
  return <DeskContext value={desk}>{children}</DeskContext>
}
