import type { SearchQuery } from '../../../contract/number-desktop.ts'
import { draftOf, limits, plainDraft, queryOf, type Draft } from './query.ts'

/** What a search leaves in the address: the form as typed, and what was last searched for. */
export interface Kept {
  draft: Draft | null
  searched: SearchQuery | null
}

const types: readonly Draft['types'][number][] = ['local', 'toll-free', 'mobile', 'national', 'voip', 'shared-cost', 'machine-to-machine']
const positions = ['anywhere', 'start', 'end'] as const
const capabilities = ['voice', 'sms', 'mms', 'fax'] as const
const addresses = ['any', 'none', 'no-local', 'no-foreign'] as const
const texts = ['areaCodes', 'pattern', 'locality', 'region', 'postalCode', 'near'] as const

const among = <T extends string>(all: readonly T[], values: readonly string[]): T[] => all.filter((one) => values.includes(one))

/** All of a form: what is not said would be guessed from the country, which may be another tomorrow. */
function paramsOf(draft: Draft): URLSearchParams {
  const params = new URLSearchParams({ position: draft.position, address: draft.address, limit: String(draft.limit) })
  for (const name of ['countries', 'types', 'capabilities'] as const) params.set(name, draft[name].join(','))
  for (const name of texts) if (draft[name]) params.set(name, draft[name])
  return params
}

/** Whatever somebody wrote into the address, it is a form. */
function draftFrom(params: URLSearchParams): Draft {
  const list = (name: string) => (params.get(name) ?? '').split(',')
  const countries = list('countries').filter((code) => /^[A-Z]{2}$/.test(code))
  const limit = Number(params.get('limit'))
  const plain = plainDraft('US')
  return {
    ...plain,
    ...Object.fromEntries(texts.map((name) => [name, params.get(name) ?? ''])),
    countries: [...new Set(countries)],
    types: among(types, list('types')),
    capabilities: among(capabilities, list('capabilities')),
    position: positions.find((one) => one === params.get('position')) ?? plain.position,
    address: addresses.find((one) => one === params.get('address')) ?? plain.address,
    limit: Number.isInteger(limit) && limit >= 1 && limit <= limits.perSearch ? limit : plain.limit,
  }
}

/** What stands after the `?`; '' for an untouched form. `searched` is empty when just that form was searched for. Pure. */
export function toAddress({ draft, searched }: Kept): string {
  const form = draft ?? (searched && draftOf(searched))
  if (!form) return ''
  const params = paramsOf(form)
  if (searched) {
    const other = paramsOf(draftOf(searched)).toString()
    params.set('searched', other === params.toString() ? '' : other)
  }
  return params.toString()
}

/** The number a search is near stands there in E.164. */
const asE164 = (text: string) => (/^\+[1-9]\d{6,14}$/.test(text) ? text : undefined)

/** What `toAddress` said; a search that cannot be asked is left out. Pure. */
export function fromAddress(said: string): Kept {
  if (!said) return { draft: null, searched: null }
  const params = new URLSearchParams(said)
  const searched = params.get('searched')
  if (searched === null) return { draft: draftFrom(params), searched: null }
  const read = queryOf(draftFrom(searched ? new URLSearchParams(searched) : params), asE164)
  return { draft: draftFrom(params), searched: 'query' in read ? read.query : null }
}
