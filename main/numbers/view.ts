import type { OwnedNumber } from '../../contract/number-desktop.ts'
import type { VoiceWiring } from '../../contract/number-relay.ts'
import { plainDetails, type Money, type NumberType } from '../../contract/number.ts'
import type { KeptNumber } from '../store/number-rows.ts'
import type { BundleState } from '../twilio/port.ts'
import { healthLevel, healthOf, newestSettings, type HealthInput } from './health.ts'

/** What a number is seen in the light of. */
export interface ViewContext {
  now: Date
  /** ISO 3166, or null. */
  countryOf: (phoneNumber: string) => string | null
  wiring: VoiceWiring | null
  /** When the relay counted calls. */
  usageAt: string | null
  /** The monthly rent as last heard; null when Twilio names none or was never asked. */
  monthly: (country: string | null, type: NumberType | null) => Money | null
  /** Whether the rule for these numbers wants a bundle; null: not known. */
  needsBundle: (country: string | null, type: NumberType | null) => boolean | null
  /** How a bundle stands; null: not known. */
  bundle: (sid: string) => BundleState | null
}

/** ISO 3166 country and Twilio's type of a number, as far as they are known. */
export const kindOf = (
  { phoneNumber, relay, remote }: KeptNumber,
  { countryOf }: Pick<ViewContext, 'countryOf'>,
): { country: string | null; type: NumberType | null } => ({
  country: countryOf(phoneNumber),
  type: remote?.number?.type ?? relay?.details.origin?.type ?? null,
})

/** What was last seen of the number, by whom. */
const seenOf = ({ remote, guard }: KeptNumber) => ({
  remote: remote?.number ?? null,
  remoteAt: remote?.seenAt ?? null,
  remoteAskedAt: remote?.askedAt,
  guard,
})

/** The bundle that stands with a number at Twilio; '' for none, and of one that left. */
export const bundleSidOf = (kept: KeptNumber): string =>
  stateOf(kept) === 'left' ? '' : (newestSettings(seenOf(kept)).settings?.bundleSid ?? '')

function stateOf({ relay, remote }: KeptNumber): OwnedNumber['state'] {
  if (relay?.details.leftAt || remote?.goneAt) return 'left'
  if (relay?.details.hold) return 'held'
  if (remote?.missingSince) return 'missing'
  return relay?.isActive === false ? 'inactive' : 'active'
}

/** What is checked of a number; `monthly` as the list shows it. Pure. */
export function healthInputOf(kept: KeptNumber, context: ViewContext): HealthInput {
  const { relay, remote, usage } = kept
  const { country, type } = kindOf(kept, context)
  const details = relay?.details ?? plainDetails()
  return {
    isActive: relay?.isActive ?? true,
    userIds: relay?.userIds ?? [],
    hold: details.hold,
    leftAt: details.leftAt ?? remote?.goneAt ?? null,
    since: sinceOf(kept),
    monthly: monthlyOf(kept, context),
    ...seenOf(kept),
    wiring: context.wiring,
    usage,
    usageAt: context.usageAt,
    needsBundle: context.needsBundle(country, type),
    bundle: context.bundle(bundleSidOf(kept)),
  }
}

/** When Twilio got it for us, else when we bought it, else when this desktop first saw it. */
const sinceOf = ({ relay, remote }: KeptNumber): string | null =>
  remote?.number?.createdAt ?? relay?.details.origin?.at ?? remote?.firstSeenAt ?? null

/**
 * Today's rent where Twilio names one, else what was agreed to when it was bought. Nothing is paid for a number that left; whether one that
 * is missing is paid for is not known.
 */
function monthlyOf(kept: KeptNumber, context: ViewContext): Money | null {
  if (stateOf(kept) === 'left' || kept.remote?.missingSince) return null
  const { country, type } = kindOf(kept, context)
  return context.monthly(country, type) ?? kept.relay?.details.origin?.monthly ?? null
}

/** A row of *Numbers*: what the relay keeps, what Twilio showed last, what was counted, and what follows from them. Pure. */
export function ownedNumber(kept: KeptNumber, context: ViewContext): OwnedNumber {
  const { phoneNumber, relay, remote, usage } = kept
  const { leftAt: _left, ...details } = relay?.details ?? plainDetails()
  const { country, type } = kindOf(kept, context)
  return {
    phoneNumber,
    sid: remote?.sid ?? relay?.sid ?? null,
    name: relay?.numberName || remote?.number?.settings.friendlyName || phoneNumber,
    state: stateOf(kept),
    country,
    type,
    place: details.origin?.place ?? null,
    capabilities: remote?.number?.capabilities ?? null,
    userIds: relay?.userIds ?? [],
    ...details,
    since: sinceOf(kept),
    lastUsedAt: usage?.lastUsedAt ?? null,
    calls30: usage?.calls30 ?? 0,
    talkSeconds30: usage?.talkSeconds30 ?? 0,
    perDay: usage?.perDay ?? [],
    monthly: monthlyOf(kept, context),
    ...healthLevel(healthOf(healthInputOf(kept, context), context.now)),
  }
}
