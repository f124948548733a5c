import type { OwnedNumber } from '../../../contract/number-desktop.ts'
import { nameProblem, type NameProblem } from '../../../contract/number-name.ts'

/** What a name template may hold. */
export const placeholders = ['area', 'last4', 'n', 'country', 'name'] as const
type Placeholder = (typeof placeholders)[number]

type Named = Pick<OwnedNumber, 'phoneNumber' | 'name' | 'country' | 'place'>

/** The area code of a North American number; elsewhere their length varies, so the city stands for it. */
const areaOf = ({ phoneNumber, place }: Named) =>
  /^\+1\d{10}$/.test(phoneNumber) ? phoneNumber.slice(2, 5) : (place?.split(',')[0]?.trim() ?? '')

/** Parts of a template that are no placeholder, e.g. `{lastfour}`: they would stand in the name as they are. */
export const unknownParts = (template: string): string[] =>
  [...template.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '').filter((one) => !placeholders.some((known) => known === one))

/** The name a template gives the number at `index` (from 0), its spaces tidied; '' when nothing is left. Pure. */
export function nameFrom(template: string, number: Named, index: number): string {
  const values: Record<Placeholder, string> = {
    area: areaOf(number),
    last4: number.phoneNumber.slice(-4),
    n: String(index + 1),
    country: number.country ?? '',
    name: number.name,
  }
  const filled = template.replaceAll(/\{(\w+)\}/g, (whole, key: string) =>
    Object.hasOwn(values, key) ? values[key as Placeholder] : whole,
  )
  return filled.replaceAll(/\s+/g, ' ').trim()
}

export interface Renaming {
  phoneNumber: string
  was: string
  is: string
  problem: NameProblem | null
}

/** What a template makes of each number, in their order. Pure. */
export const renamings = (template: string, numbers: readonly Named[]): Renaming[] =>
  numbers.map((number, index) => {
    const is = nameFrom(template, number, index)
    return { phoneNumber: number.phoneNumber, was: number.name, is, problem: nameProblem(is) }
  })
