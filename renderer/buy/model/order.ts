import type { Money } from '../../../contract/number.ts'
import type { NumberOffer, Papers, PurchaseItem, Quote } from '../../../contract/number-desktop.ts'
import { isSid } from '../../../contract/sid.ts'
import { placeOf } from './results.ts'

/** An offer as it is asked for; its intent is made when the confirmation opens. */
export const itemOf = (offer: NumberOffer): Omit<PurchaseItem, 'intentId'> => ({
  phoneNumber: offer.phoneNumber,
  country: offer.country,
  type: offer.type,
  place: placeOf(offer),
  monthly: offer.monthly,
  name: null,
})

interface Line {
  item: PurchaseItem
  papers: Papers | null
}

/** What a line costs a month: as just quoted, else as it was found. */
export function priceOf({ item }: Pick<Line, 'item'>, quote: Quote | null): Money | null {
  const quoted = quote?.lines.find(({ phoneNumber }) => phoneNumber === item.phoneNumber)
  return quoted ? quoted.monthly : item.monthly
}

/** What is due at once: as quoted; the first month's rent otherwise. */
export function firstOf({ item }: Pick<Line, 'item'>, quote: Quote | null): Money | null {
  const quoted = quote?.lines.find(({ phoneNumber }) => phoneNumber === item.phoneNumber)
  return quoted ? quoted.first : item.monthly
}

/** Papers are the same for all numbers of a country and type. */
export const papersKey = ({ country, type }: Pick<PurchaseItem, 'country' | 'type'>) => `${country} ${type}`

/** SIDs as they stand in the confirmation. */
export interface TypedPapers {
  addressSid: string
  bundleSid: string
  identitySid: string
}
export type TypedPapersOf = Readonly<Record<string, TypedPapers>>

/** Lines that need papers, or of which it is not known, by country and type; with what of the account fits. */
export function papersNeeded(lines: readonly Line[]): { key: string; item: PurchaseItem; papers: Papers | null; typed: TypedPapers }[] {
  const groups = new Map<string, { key: string; item: PurchaseItem; papers: Papers | null; typed: TypedPapers }>()
  for (const { item, papers } of lines) {
    const needs = !papers || papers.address !== 'none' || papers.bundle !== 'none'
    const key = papersKey(item)
    const known = groups.get(key)
    if (!needs || (known?.papers && !isStricter(papers, known.papers))) continue
    const typed = {
      addressSid: item.addressSid ?? papers?.addressSid ?? '',
      bundleSid: item.bundleSid ?? papers?.bundleSid ?? '',
      identitySid: item.identitySid ?? '',
    }
    groups.set(key, { key, item, papers: papers ?? known?.papers ?? null, typed })
  }
  return [...groups.values()]
}

const isStricter = (one: Papers | null, known: Papers) =>
  one !== null && ((one.address !== 'none' && known.address === 'none') || (one.bundle === 'required' && known.bundle !== 'required'))

const prefixes = { addressSid: 'AD', bundleSid: 'BU' } as const
/** Not a SID of this kind; empty is for `isMissing` to say. */
export function isWrongSid(field: keyof TypedPapers, text: string): boolean {
  const typed = text.trim()
  if (!typed) return false
  return field === 'identitySid' ? !/^RI[0-9a-f]{32}$/.test(typed) : !isSid(typed, prefixes[field])
}

/** Which papers a line still lacks. */
export function lacks(papers: Papers | null, typed: TypedPapers): 'address' | 'bundle' | 'shape' | null {
  const fields = ['addressSid', 'bundleSid', 'identitySid'] as const
  if (fields.some((field) => isWrongSid(field, typed[field]))) return 'shape'
  if (papers && papers.address !== 'none' && !typed.addressSid.trim()) return 'address'
  return papers?.bundle === 'required' && !typed.bundleSid.trim() ? 'bundle' : null
}

/** A line as it is sent: at the price that was shown, with its name and the papers it needs. */
export function sendable(line: Line, quote: Quote | null, name: string, typed: TypedPapers | undefined): PurchaseItem {
  const sids = typed && {
    ...(typed.addressSid.trim() ? { addressSid: typed.addressSid.trim() } : {}),
    ...(typed.bundleSid.trim() ? { bundleSid: typed.bundleSid.trim() } : {}),
    ...(typed.identitySid.trim() ? { identitySid: typed.identitySid.trim() } : {}),
  }
  return { ...line.item, monthly: priceOf(line, quote), name: name.trim() || null, ...sids }
}
