import type { CallRecord } from '../../contract/call.ts'
import type { Party } from '../../contract/party.ts'

/** The number of a party that can be called, or ''. */
export const numberOf = (party: Party) => (party.kind === 'number' ? party.number : '')

/** The last call with each number, newest first, narrowed by what is typed. */
export function recentOf(calls: readonly CallRecord[], typed: string, most: number): CallRecord[] {
  const seen = new Set<string>()
  const wanted = typed.replace(/^\+/, '')
  const isNew = (key: string) => !seen.has(key) && Boolean(seen.add(key))
  return calls.filter(({ party }) => numberOf(party).includes(wanted) && numberOf(party) !== '' && isNew(numberOf(party))).slice(0, most)
}
