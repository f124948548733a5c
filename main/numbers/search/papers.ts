import type { Papers } from '../../../contract/number-desktop.ts'
import type { NumberType } from '../../../contract/number.ts'
import type { TwilioAccount } from '../../twilio/port.ts'
import type { Answers } from './answers.ts'
import { createRules, type Rule } from './rules.ts'

export interface AccountPapers {
  /** Undefined: Twilio could not be asked. */
  rule: Rule | undefined
  addresses: readonly { sid: string; country: string }[]
  /** Approved, for this country and type. */
  bundles: readonly string[]
}

/** The account's address that a number of this country takes. */
function addressFor(requirement: Papers['address'], country: string, addresses: AccountPapers['addresses']): string | null {
  const isFit = {
    none: () => false,
    any: () => true,
    local: (of: string) => of === country,
    foreign: (of: string) => of !== country,
  }[requirement]
  return addresses.find((one) => isFit(one.country))?.sid ?? null
}

/** What a number asks for before it is bought, and what the account has of it (facts/twilio.md §A.11). Pure. */
export function papersOf(address: Papers['address'], country: string, { rule, addresses, bundles }: AccountPapers): Papers {
  const bundle = rule ? (rule.needsBundle ? 'required' : 'none') : 'unknown'
  return {
    address,
    bundle,
    wants: rule?.names ?? [],
    addressSid: addressFor(address, country, addresses),
    bundleSid: bundle === 'required' ? (bundles[0] ?? null) : null,
  }
}

/** Undefined instead of a failure: a search must not fail because papers could not be looked up. */
const ifHeard = <T>(work: Promise<T>): Promise<T | undefined> => work.catch(() => undefined)

/** Looks up what decides about papers, each thing once per search: rules are kept for a day, addresses and bundles are asked anew. */
export function createPaperLookup(answers: Answers, twilio: TwilioAccount) {
  const rules = createRules({ answers, accounts: { current: () => Promise.resolve(twilio) } })
  let addresses: Promise<readonly { sid: string; country: string }[]> | undefined
  return async (country: string, type: NumberType, needsAddress: boolean): Promise<AccountPapers> => {
    const rule = await ifHeard(rules.ofKind(country, type))
    if (needsAddress) addresses ??= ifHeard(twilio.addresses()).then((rows) => rows ?? [])
    const bundles = rule?.needsBundle ? await ifHeard(twilio.approvedBundles(country, type)) : []
    return { rule, addresses: (await addresses) ?? [], bundles: bundles ?? [] }
  }
}
