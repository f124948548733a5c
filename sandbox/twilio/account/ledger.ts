import type { Account } from '../engine-port.ts'
import { openJournal, readJournal } from './files.ts'

export type LedgerEntry = Parameters<Account['ledger']>[0] & { at: string }

/** What was charged and what Twilio would have warned about, in order; kept in an append-only file, except REST requests, which memory alone keeps. */
export interface Ledger {
  add(entry: Parameters<Account['ledger']>[0]): void
  entries(): LedgerEntry[]
  /** Every charge, in order. */
  charges(): LedgerEntry[]
  /** What all charges come to, in units of 0.00001 USD. */
  charged(): number
  clear(): void
  flush(): void
}

/** The file keeps everything; memory keeps the newest entries, because a test run makes many requests. */
const kept = 20_000

/** Opens the ledger of a data folder. */
export function openLedger(path: string, now: () => number, delayMs: number): Ledger {
  const old = readJournal(path) as LedgerEntry[]
  let charged = old.reduce((sum, entry) => sum + units(entry), 0)
  let entries = old.slice(-kept)
  let charges = old.filter(({ kind }) => kind === 'charge')
  const journal = openJournal(path, delayMs)
  return {
    add: (entry) => {
      const dated = { at: new Date(now()).toISOString(), ...entry }
      charged += units(dated)
      if (dated.kind === 'charge') charges.push(dated)
      entries.push(dated)
      if (entries.length > 2 * kept) entries = entries.slice(-kept)
      if (dated.kind !== 'request') journal.append(dated)
    },
    entries: () => entries,
    charges: () => charges,
    charged: () => charged,
    clear: () => {
      charged = 0
      entries = []
      charges = []
      journal.clear()
    },
    flush: () => journal.flush(),
  }
}

/** Prices are negative strings over REST; a ledger may write either sign. */
function units(entry: Parameters<Account['ledger']>[0]): number {
  if (entry.kind !== 'charge' || entry.amount === undefined) return 0
  return Math.round(Math.abs(Number(entry.amount)) * 100_000)
}
