import type { NumberType } from '../../../contract/number.ts'
import type { SearchQuery } from '../../../contract/number-desktop.ts'

/** As SearchQuery's limits (contract/number-desktop), which the page has as types only. */
export const limits = { countries: 10, areaCodes: 20, perSearch: 50 } as const

/** What stands in the search form, as typed. */
export interface Draft {
  countries: string[]
  types: NumberType[]
  areaCodes: string
  pattern: string
  position: SearchQuery['position']
  locality: string
  region: string
  postalCode: string
  near: string
  capabilities: SearchQuery['capabilities']
  address: SearchQuery['address']
  limit: number
}

export const plainDraft = (country: string): Draft => ({
  countries: [country],
  types: ['local'],
  areaCodes: '',
  pattern: '',
  position: 'anywhere',
  locality: '',
  region: '',
  postalCode: '',
  near: '',
  capabilities: ['voice'],
  address: 'any',
  limit: 10,
})

/** The field that is wrong, and how (words: buy.wrong). */
export type DraftErrors = Partial<Record<'countries' | 'types' | 'areaCodes' | 'pattern' | 'near', 'none' | 'many' | 'shape'>>

const listOf = (text: string) => [...new Set(text.split(/[\s,;]+/).filter(Boolean))]
const orNull = (text: string) => text.trim() || null

/** A pattern as it is searched for: `flow-ers` is FLOWERS. */
export const plainPattern = (text: string) => text.replaceAll(/[\s().+-]/g, '').toUpperCase()

/** 2-16 digits, letters or `*`, two of them not `*` (Twilio's `Contains`). */
const isPattern = (pattern: string) => /^[0-9A-Z*]{2,16}$/.test(pattern) && pattern.replaceAll('*', '').length >= 2

function errorsOf(draft: Draft, areaCodes: string[], pattern: string, near: string | undefined): DraftErrors {
  const errors: DraftErrors = {}
  if (draft.countries.length === 0) errors.countries = 'none'
  else if (draft.countries.length > limits.countries) errors.countries = 'many'
  if (draft.types.length === 0) errors.types = 'none'
  if (areaCodes.some((code) => !/^\d{1,6}$/.test(code))) errors.areaCodes = 'shape'
  else if (areaCodes.length > limits.areaCodes) errors.areaCodes = 'many'
  if (pattern && !isPattern(pattern)) errors.pattern = 'shape'
  if (draft.near.trim() && !near) errors.near = 'shape'
  return errors
}

/** What was typed, as a query, or which fields are wrong. `toE164` reads a number in the first chosen country's spelling. */
export function queryOf(
  draft: Draft,
  toE164: (text: string, country: string) => string | undefined,
): { query: SearchQuery } | { errors: DraftErrors } {
  const areaCodes = listOf(draft.areaCodes)
  const pattern = plainPattern(draft.pattern)
  const near = draft.near.trim() ? toE164(draft.near, draft.countries[0] ?? 'US') : undefined
  const errors = errorsOf(draft, areaCodes, pattern, near)
  if (Object.keys(errors).length > 0) return { errors }
  const { countries, types, position, capabilities, address, limit } = draft
  const place = { locality: orNull(draft.locality), region: orNull(draft.region), postalCode: orNull(draft.postalCode) }
  return {
    query: {
      countries,
      types,
      areaCodes,
      pattern: pattern || null,
      position,
      ...place,
      nearNumber: near ?? null,
      capabilities,
      address,
      limit,
    },
  }
}

/** A kept query, back in the form. */
export const draftOf = (query: SearchQuery): Draft => ({
  countries: query.countries,
  types: query.types,
  areaCodes: query.areaCodes.join(', '),
  pattern: query.pattern ?? '',
  position: query.position,
  locality: query.locality ?? '',
  region: query.region ?? '',
  postalCode: query.postalCode ?? '',
  near: query.nearNumber ?? '',
  capabilities: query.capabilities,
  address: query.address,
  limit: query.limit,
})
