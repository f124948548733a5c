import type { BridgeArgs } from '../../../../contract/desktop.ts'
import type { PurchaseReply } from '../../../../contract/number-relay.ts'
import type { Purchase } from '../../../../contract/number.ts'
import type { PurchaseRow } from '../../../../main/store/purchase-table.ts'
import type { Workspace } from '../../kit/workspace.ts'

export const AT = '2026-11-21T10:00:00.000Z'
export const NUMBER = '+14155550123'
export const SID = `PN${'1'.repeat(32)}`

export const purchaseOf = (over: Partial<Purchase> = {}): Purchase => ({
  intentId: 'i1',
  phoneNumber: NUMBER,
  country: 'US',
  type: 'local',
  place: null,
  monthly: { amount: '1.15', currency: 'USD' },
  state: 'intended',
  byUserId: 'ada',
  buyerUserId: 'ada',
  assignTo: [],
  name: null,
  note: null,
  sid: null,
  failureCode: null,
  twilioCode: null,
  isCharged: false,
  at: AT,
  updatedAt: AT,
  ...over,
})

export const rowOf = (over: Partial<Purchase> = {}, rest: Partial<PurchaseRow> = {}): PurchaseRow => ({
  purchase: purchaseOf(over),
  workspaceId: 'w1',
  accountSid: `AC${'1'.repeat(32)}`,
  areaCode: null,
  tried: [],
  burned: 0,
  addressSid: null,
  bundleSid: null,
  identitySid: null,
  withoutRelay: false,
  isKnown: false,
  reported: null,
  wasLost: false,
  looks: 0,
  lookingSince: null,
  ...rest,
})

export const replyOf = (over: Partial<Purchase> = {}, isHolder = true): PurchaseReply => ({
  purchase: purchaseOf({ state: 'leased', ...over }),
  isHolder,
  leaseUntil: '2026-11-21T10:05:00.000Z',
})

type Item = BridgeArgs<'numbers.purchase'>['items'][number]
export const usLocal = { country: 'US', type: 'local', place: null, monthly: { amount: '1.15', currency: 'USD' }, name: null } as const

let made = 0
/** An intent of its own for a number, or for any of an area code. */
export const itemOf = (what: { phoneNumber: string } | { areaCode: string }, over: Partial<Item> = {}): Item => ({
  intentId: `intent-${(made += 1)}`,
  ...usLocal,
  ...what,
  ...over,
})

/** Numbers that the sandbox sells. */
export function forSale({ account }: Pick<Workspace, 'account'>, iso = 'US', kind = 'Local', at = 0): string {
  const country = account.world.country(iso)
  const offer = country?.offers.find((one) => one.kind === kind)
  const number = country && offer ? account.world.numbers(country, offer)[at] : undefined
  if (!number) throw new Error(`nothing is for sale: ${iso} ${kind}`)
  return number.phoneNumber
}

/** What the sandbox charged for numbers, as its ledger says over HTTP. */
export async function charges({ control }: Pick<Workspace, 'control'>): Promise<string[]> {
  const { entries } = (await control('/ledger')) as { entries: { kind: string; details?: { resource?: string; phoneNumber?: string } }[] }
  return entries.flatMap(({ kind, details }) =>
    kind === 'charge' && details?.resource === 'IncomingPhoneNumbers' ? [details.phoneNumber ?? ''] : [],
  )
}

/** What is left to see of a purchase in a test. */
export const endOf = ({ state, failureCode, isCharged }: Purchase): [string, string | null, boolean | null] => [
  state,
  failureCode,
  isCharged,
]
