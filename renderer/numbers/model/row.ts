import type { NumberCountry, OwnedNumber } from '../../../contract/number-desktop.ts'

export type NumberState = OwnedNumber['state']
export type HealthLevel = OwnedNumber['health']
export type Country = NumberCountry['country']

/** A number with what search and sorting need of it, made once: comparing 10,000 of them must not format or fold anything. */
export interface Row {
  number: OwnedNumber
  /** All that the search looks into, folded; between its parts a character nobody types. */
  text: string
  /** The name as it sorts: folded, its digits padded, so that "Line 9" comes before "Line 10". */
  nameKey: string
  placeKey: string
  ownerKey: string
}

const fold = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
const sortKey = (text: string) => fold(text).replaceAll(/\d+/g, (digits) => digits.padStart(12, '0'))

function rowOf(number: OwnedNumber, names: Readonly<Record<string, string>>): Row {
  const owners = number.userIds.map((id) => names[id] ?? id)
  const parts = [number.phoneNumber, number.name, number.place ?? '', number.country ?? '', ...owners, ...number.tags, number.notes]
  return {
    number,
    text: fold(parts.join('\n')),
    nameKey: sortKey(number.name),
    placeKey: sortKey(number.place ?? ''),
    ownerKey: sortKey(owners.join(' ')),
  }
}

/** Rows of numbers; one is made again only when its number is another object, or the users' names are. */
export function createIndex() {
  let rows = new WeakMap<OwnedNumber, Row>()
  let names: Readonly<Record<string, string>> = {}
  return (numbers: readonly OwnedNumber[], namesNow: Readonly<Record<string, string>>): Row[] => {
    if (namesNow !== names) {
      rows = new WeakMap()
      names = namesNow
    }
    return numbers.map((number) => {
      const known = rows.get(number)
      if (known) return known
      const row = rowOf(number, names)
      rows.set(number, row)
      return row
    })
  }
}

/** The words of a search, folded as the rows are. A word of digits and signs alone is looked for as digits: "(415) 555" finds +1415555…. */
export function searchWords(query: string): string[] {
  const trimmed = query.trim()
  if (trimmed === '') return []
  if (/^[+\d\s().\-/]+$/.test(trimmed) && /\d/.test(trimmed)) return [trimmed.replaceAll(/[^\d]/g, '')]
  return fold(trimmed).split(/\s+/)
}
