import { parseIdentity } from '../../contract/sid.ts'
import type { Party } from '../../contract/party.ts'
import { useNumbering, useSettings } from '../state/use.ts'
import { useWords, type Words } from '../words/index.ts'

/** How a party is called on screen: a formatted number, a colleague's name, or that it is withheld (RULES R8). */
export function partyName(party: Party, format: (number: string) => string, names: Record<string, string>, t: Words): string {
  if (party.kind === 'number') return format(party.number)
  if (party.kind === 'client') return names[parseIdentity(party.identity)?.userId ?? ''] ?? t('call.colleague')
  return party.kind === 'sip' ? party.address.replace(/^sips?:/, '') : t('call.unknownCaller')
}

/** `partyName` with this user's country and colleagues. */
export function usePartyName(): (party: Party) => string {
  const t = useWords()
  const format = useFormat()
  const names = useSettings((state) => state.names)
  return (party) => partyName(party, format, names, t)
}

/** One of our numbers: its name and how it is written here. */
export function useOurNumber(): (number: string) => { name: string; number: string } {
  const numbers = useSettings((state) => state.numbers)
  const format = useFormat()
  return (number) => ({
    name: numbers?.find((one) => one.phoneNumber === number)?.name ?? '',
    number: format(number),
  })
}

/** A number for reading, in this user's country. */
function useFormat(): (number: string) => string {
  const country = useSettings((state) => state.country)
  const formatNumber = useNumbering((state) => state.formatNumber)
  return (number) => formatNumber(number, country)
}
