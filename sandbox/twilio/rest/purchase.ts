import { newNumber } from '../account/demo.ts'
import type { OwnedNumber } from '../account/state.ts'
import { countries } from '../world/countries.ts'
import { friendlyName } from '../world/numbers.ts'
import { countryOf } from '../world/world.ts'
import type { AvailableNumber, Country, Kind } from '../world/types.ts'
import { spellings } from '../world/types.ts'
import { knowParameters } from './body.ts'
import { bundleStatus } from './bundle-status.ts'
import { take } from './faults.ts'
import { RestError, type RestContext } from './http.ts'
import { settingNames, settingsAfter } from './number-settings.ts'

/** Twilio's magic numbers and area codes for buying (facts/twilio.md §A.15). */
const magicNumbers: Record<string, [code: number, message: string]> = {
  '+15005550000': [21422, '+15005550000 is not available'],
  '+15005550001': [21421, '+15005550001 is not a valid number'],
}
const magicArea = '500'
const magicNumber = '+15005550006'
const emptyArea = '533'

const unavailable = (phoneNumber: string): RestError => new RestError(21422, `${phoneNumber} is not available`)

/**
 * POST /IncomingPhoneNumbers: buys a number, charges its first month, and configures it; a number that is already ours is updated instead.
 * Nothing is bought, charged or changed when anything is refused.
 * @throws RestError 20001, 21401-21406, 21404, 21420-21422, 21451, 21452, 21457, 21458, 21615, 21619 (no funds), 21631, 21649, 21650
 */
export function buy(context: RestContext, kind?: Kind): OwnedNumber {
  knowParameters(context, [...settingNames, 'PhoneNumber', 'AreaCode'])
  const wanted = wantedNumber(context, kind)
  const { account, listed } = context
  const owned = account.state.numbers.find((number) => typeof wanted === 'string' && number.phoneNumber === wanted)
  if (owned) {
    Object.assign(owned, settingsAfter(context, owned))
    account.changed()
    listed.numberChanged(owned)
    return owned
  }
  const number = typeof wanted === 'string' ? forSale(context, wanted) : wanted
  if (kind && number.offer.kind !== kind)
    throw new RestError(21458, `${number.phoneNumber} is of type ${spellings[number.offer.kind].owned}, not ${spellings[kind].owned}`)
  if (account.state.type === 'Trial' && account.state.numbers.length > 0)
    throw new RestError(21404, 'Inbound phone number not available to trial account: it has one already')
  checkPapers(context, number)
  const fresh = made(context, number)
  pay(context, fresh, number)
  account.state.numbers.push(fresh)
  account.state.released = account.state.released.filter((released) => released !== fresh.phoneNumber)
  account.changed()
  account.flush()
  listed.numberChanged(fresh)
  return fresh
}

/** The number named, or one for sale in the area code. */
function wantedNumber(context: RestContext, kind?: Kind): string | AvailableNumber {
  const [phoneNumber, areaCode] = [context.body.get('PhoneNumber'), context.body.get('AreaCode')]
  if (phoneNumber && areaCode) context.warn('AreaCode beside PhoneNumber means nothing')
  if (phoneNumber) return validNumber(context, phoneNumber)
  if (kind && areaCode) throw new RestError(21457, `AreaCode Parameter not Supported for ${kind} numbers`)
  if (kind || !areaCode) throw new RestError(20001, `${kind ? 'PhoneNumber is' : 'PhoneNumber or AreaCode are'} required`)
  return inAreaCode(context, areaCode)
}

function validNumber({ account }: RestContext, phoneNumber: string): string {
  const magic = magicNumbers[phoneNumber]
  if (magic) throw new RestError(...magic)
  const isOurs = account.state.numbers.some((number) => number.phoneNumber === phoneNumber)
  if (isOurs || phoneNumber === magicNumber) return phoneNumber
  if (!/^\+[1-9]\d{6,14}$/.test(phoneNumber) || (phoneNumber.startsWith('+1') && !/^\+1[2-9]\d\d[2-9]\d{6}$/.test(phoneNumber)))
    throw new RestError(21421, `${phoneNumber} is not a valid number`)
  return phoneNumber
}

/** @throws RestError 21451, 21452 */
function inAreaCode({ account }: RestContext, areaCode: string): AvailableNumber {
  if (!/^[2-9]\d\d$/.test(areaCode)) throw new RestError(21451, `${areaCode} is not a valid area code`)
  if (areaCode === magicArea) return magicFrom(account.state.numbers)
  const [number] = areaCode === emptyArea ? [] : localNumbers(account).filter(({ phoneNumber }) => phoneNumber.startsWith(`+1${areaCode}`))
  if (!number) throw new RestError(21452, 'No phone numbers found')
  return number
}

const localNumbers = (account: RestContext['account']): AvailableNumber[] =>
  account.world.countries
    .filter(({ hasAreaCodes }) => hasAreaCodes)
    .flatMap((country) =>
      country.offers.filter(({ kind }) => kind === 'Local').flatMap((offer) => availableOf(account, account.world.numbers(country, offer))),
    )

/** Those of a list that nobody has. */
export function availableOf({ state }: RestContext['account'], numbers: AvailableNumber[]): AvailableNumber[] {
  const gone = new Set([...state.numbers.map(({ phoneNumber }) => phoneNumber), ...state.taken, ...state.released])
  return numbers.filter(({ phoneNumber }) => !gone.has(phoneNumber))
}

/** The first number of the magic area code that is not ours yet, from the magic number on. */
function magicFrom(owned: OwnedNumber[], at = 6): AvailableNumber {
  const phoneNumber = `+1500555${String(at).padStart(4, '0')}`
  return owned.some((number) => number.phoneNumber === phoneNumber) ? magicFrom(owned, at + 1) : magicAvailable(phoneNumber)
}

const nowhere = { locality: null, region: null, postalCode: null, latitude: null, longitude: null, rateCenter: null, lata: null }
const magicAvailable = (phoneNumber: string): AvailableNumber => ({
  ...nowhere,
  phoneNumber,
  friendlyName: friendlyName(phoneNumber),
  ...localOf(countries.find(({ iso }) => iso === 'US')),
})

/** A number that was ours without ever being for sale (the demo's, seeded, magic ones): only we get it again. */
function ourFormer({ state, world }: RestContext['account'], phoneNumber: string): AvailableNumber | undefined {
  if (!state.released.includes(phoneNumber)) return undefined
  const where = world.whereIs(phoneNumber) ?? localOf(countryOf(phoneNumber))
  return { ...nowhere, phoneNumber, friendlyName: friendlyName(phoneNumber), ...where }
}

/** @throws RestError 21422 for a number nobody sells, or that somebody took */
function forSale({ account, faults }: RestContext, phoneNumber: string): AvailableNumber {
  if (take(faults, 'takenBeforePurchase')) account.state.taken.push(phoneNumber)
  if (account.state.taken.includes(phoneNumber)) throw unavailable(phoneNumber)
  if (phoneNumber === magicNumber) return magicAvailable(phoneNumber)
  const number = account.world.find(phoneNumber) ?? ourFormer(account, phoneNumber)
  if (!number) throw unavailable(phoneNumber)
  return number
}

/** The papers a number asks for. @throws RestError 21631, 21615, 21649, 21650 */
function checkPapers(context: RestContext, { offer, country, phoneNumber }: AvailableNumber): void {
  const { account, body } = context
  const { state } = account
  if (offer.papers === 'bundle') checkBundle(context, country.iso, offer.kind)
  if (offer.papers === 'identity' && !/^RI[0-9a-f]{32}$/.test(body.get('IdentitySid') ?? ''))
    throw new RestError(21650, `${phoneNumber} requires a verified identity document (IdentitySid)`)
  if (offer.address === 'none') return
  const address = state.addresses.find(({ sid }) => sid === body.get('AddressSid'))
  if (!address) throw new RestError(21631, `Phone Number Requires an Address: ${phoneNumber} needs an AddressSid (${offer.address})`)
  if (offer.address === 'local' && address.isoCountry !== country.iso)
    throw new RestError(21615, `Phone Number Requires a Local Address: ${address.sid} is in ${address.isoCountry}, not in ${country.iso}`)
  if (offer.address === 'foreign' && address.isoCountry === country.iso)
    throw new RestError(21631, `Phone Number Requires an Address: ${phoneNumber} needs one outside ${country.iso}`)
}

/** An approved bundle of this country and type. @throws RestError 21649 */
function checkBundle(context: RestContext, iso: string, kind: Kind): void {
  const sid = context.body.get('BundleSid')
  if (!sid) throw new RestError(21649, 'Bundle required and not provided')
  const bundle = context.account.state.bundles.find((one) => one.sid === sid)
  const standing = bundle && bundleStatus(bundle, context)
  if (!standing) throw new RestError(21649, `BundleSid ${sid} is not a bundle of this account`)
  if (standing.regulation.iso !== iso || standing.regulation.kind !== kind)
    throw new RestError(21649, `Bundle ${sid} is of ${standing.regulation.friendlyName} and does not fit the number`)
  if (standing.status !== 'twilio-approved') throw new RestError(21649, `Bundle ${sid} is ${standing.status}, not twilio-approved`)
}

/** The number as it will be ours. */
function made(context: RestContext, { phoneNumber, friendlyName: name, offer, country }: AvailableNumber): OwnedNumber {
  const { account, clock, body } = context
  const isAnswered = body.has('VoiceUrl') || Boolean(body.get('VoiceApplicationSid')) || Boolean(body.get('TrunkSid'))
  if (!isAnswered) context.warn('a number bought without VoiceUrl gets the demo application, which is billed')
  const number = newNumber(account.random, clock.now(), phoneNumber, {
    friendlyName: name,
    type: spellings[offer.kind].owned,
    isoCountry: country.iso,
    capabilities: offer.capabilities,
    addressRequirements: offer.address,
    beta: country.beta,
    // Without a VoiceUrl Twilio plays its demo to callers, and bills it.
    voiceUrl: isAnswered ? '' : 'https://demo.twilio.com/welcome/voice/',
  })
  return { ...number, ...settingsAfter(context, number) }
}

/** The first month's rent, from the balance. @throws RestError 21619 when that is not enough (Twilio's code is not documented) */
function pay({ account }: RestContext, { sid, phoneNumber }: OwnedNumber, { offer }: AvailableNumber): void {
  if (Number(account.balance()) < Number(offer.price))
    throw new RestError(21619, `Unable to create record: insufficient funds, ${phoneNumber} costs ${offer.price} USD`)
  const details = { resource: 'IncomingPhoneNumbers', sid, phoneNumber, kind: offer.kind }
  account.ledger({ kind: 'charge', what: `${phoneNumber}: one month`, amount: offer.price, details })
}

/** What a country's local numbers are like. @throws Error for a country that sells none */
function localOf(country: Country | undefined): Pick<AvailableNumber, 'country' | 'offer'> {
  const offer = country?.offers.find(({ kind }) => kind === 'Local')
  if (!country || !offer) throw new Error(`no local numbers in ${country?.iso ?? 'no country'}`)
  return { country, offer }
}
