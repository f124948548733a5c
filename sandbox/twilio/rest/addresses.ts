import { newSid } from '../account/random.ts'
import type { Address } from '../account/state.ts'
import { booleanParameter, friendlyNameParameter, knowParameters } from './body.ts'
import { equals, knowOnly } from './filters.ts'
import { notFound, RestError, rfc2822, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { dependentShapeIn, emergencyOf } from './number-shape.ts'
import { page } from './paging.ts'

const path = '/Accounts/{AccountSid}/Addresses'
const names = [
  'CustomerName',
  'Street',
  'StreetSecondary',
  'City',
  'Region',
  'PostalCode',
  'FriendlyName',
  'EmergencyEnabled',
  'AutoCorrectAddress',
]
/** Countries whose addresses can be checked, and so be used for emergency calls. */
const checkedCodes: Record<string, RegExp> = {
  US: /^\d{5}(-\d{4})?$/,
  CA: /^[A-Z]\d[A-Z] \d[A-Z]\d$/,
  GB: /^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$/,
  DE: /^\d{5}$/,
  FR: /^\d{5}$/,
  AU: /^\d{4}$/,
}

const shapeIn =
  ({ account }: RestContext) =>
  (address: Address): object => ({
    account_sid: account.accountSid,
    city: address.city,
    customer_name: address.customerName,
    date_created: rfc2822(address.createdAt),
    date_updated: rfc2822(address.updatedAt),
    emergency_enabled: address.isEmergencyEnabled,
    friendly_name: address.friendlyName || null,
    iso_country: address.isoCountry,
    postal_code: address.postalCode,
    region: address.region,
    sid: address.sid,
    street: address.street,
    street_secondary: address.streetSecondary || null,
    uri: `/2010-04-01/Accounts/${account.accountSid}/Addresses/${address.sid}.json`,
    validated: address.isoCountry in checkedCodes,
    verified: isInDocument(account, address.sid),
  })

function find(context: RestContext): Address {
  const address = context.account.state.addresses.find(({ sid }) => sid === (context.path['Sid'] ?? context.path['AddressSid']))
  if (!address) throw notFound(context.url)
  return address
}

/** Whether papers that were handed in name it. */
const isInDocument = ({ state }: RestContext['account'], sid: string): boolean =>
  state.supportingDocuments.some(
    (document) =>
      [document.attributes['address_sids']].flat().includes(sid) &&
      state.bundles.some(({ submittedAt, items }) => submittedAt !== null && items.some(({ objectSid }) => objectSid === document.sid)),
  )

/** Postal codes as the country writes them. */
const corrected = (text: string, isoCountry: string): string => {
  const upper = text.trim().toUpperCase()
  const bare = upper.replaceAll(/[\s-]/g, '')
  if (isoCountry === 'CA' && bare.length === 6) return `${bare.slice(0, 3)} ${bare.slice(3)}`
  if (isoCountry === 'GB' && bare.length >= 5) return `${bare.slice(0, -3)} ${bare.slice(-3)}`
  return upper
}

/**
 * An address as it is after this request.
 * @throws RestError 20001 (a part is missing), 21628 (it cannot be), 21629 (it would have to be corrected, and must not be)
 */
function addressAfter({ body }: RestContext, before: Address): Address {
  const text = (name: string, value: string) => body.get(name)?.trim() ?? value
  const after: Address = {
    ...before,
    customerName: text('CustomerName', before.customerName),
    street: text('Street', before.street),
    streetSecondary: text('StreetSecondary', before.streetSecondary),
    city: text('City', before.city),
    region: text('Region', before.region),
    postalCode: text('PostalCode', before.postalCode),
    friendlyName: friendlyNameParameter(body) ?? before.friendlyName,
    isEmergencyEnabled: booleanParameter(body, 'EmergencyEnabled') ?? before.isEmergencyEnabled,
  }
  const required = {
    CustomerName: after.customerName,
    Street: after.street,
    City: after.city,
    Region: after.region,
    PostalCode: after.postalCode,
  }
  for (const [name, value] of Object.entries(required)) if (!value) throw new RestError(20001, `${name} is required`)
  return checked(after, booleanParameter(body, 'AutoCorrectAddress') ?? true)
}

function checked(address: Address, mayCorrect: boolean): Address {
  const code = checkedCodes[address.isoCountry]
  if (!code) {
    if (address.isEmergencyEnabled) throw new RestError(21628, `Address Validation Error: no emergency calls in ${address.isoCountry}`)
    return address
  }
  const isNorthAmerican = ['US', 'CA'].includes(address.isoCountry)
  const better = {
    ...address,
    postalCode: corrected(address.postalCode, address.isoCountry),
    region: isNorthAmerican ? address.region.toUpperCase() : address.region,
  }
  if (!code.test(better.postalCode) || (isNorthAmerican && !/^[A-Z]{2}$/.test(better.region)))
    throw new RestError(21628, `Address Validation Error: ${address.region} ${address.postalCode} is not in ${address.isoCountry}`)
  const isBetter = better.postalCode !== address.postalCode || better.region !== address.region
  if (isBetter && !mayCorrect)
    throw new RestError(21629, `Address Validation Error - Check Suggested Address: ${better.region} ${better.postalCode}`)
  return better
}

function create(context: RestContext): RestAnswer {
  const { account, clock, body } = context
  knowParameters(context, [...names, 'IsoCountry'])
  const isoCountry = body.get('IsoCountry') ?? ''
  if (!/^[A-Z]{2}$/.test(isoCountry)) throw new RestError(20001, 'IsoCountry must be a country of two letters')
  const now = clock.now()
  const empty = { customerName: '', street: '', streetSecondary: '', city: '', region: '', postalCode: '', friendlyName: '' }
  const sid = newSid(account.random, 'AD')
  const address = addressAfter(context, { ...empty, sid, isoCountry, createdAt: now, updatedAt: now, isEmergencyEnabled: false })
  account.state.addresses.push(address)
  account.changed()
  return { status: 201, body: shapeIn(context)(address) }
}

/** @throws RestError 21630 for an address in papers that were handed in */
function update(context: RestContext): RestAnswer {
  const address = find(context)
  const { account, clock } = context
  knowParameters(context, names)
  if (isInDocument(account, address.sid)) throw new RestError(21630, 'Cannot mutate Address that is linked to a verified Document.')
  Object.assign(address, addressAfter(context, address), { updatedAt: clock.now() })
  account.changed()
  return { status: 200, body: shapeIn(context)(address) }
}

const usersOf = (context: RestContext, address: Address) =>
  context.account.state.numbers.filter(
    (number) => number.addressSid === address.sid || emergencyOf(number, context.clock.now()).sid === address.sid,
  )

/** @throws RestError 20409 while numbers depend on it (the code is not documented), 21630 */
function remove(context: RestContext): RestAnswer {
  const address = find(context)
  const { account } = context
  const [user] = usersOf(context, address)
  if (user) throw new RestError(20409, `${address.sid} is the address of ${user.phoneNumber}`, 409)
  if (isInDocument(account, address.sid)) throw new RestError(21630, 'Cannot mutate Address that is linked to a verified Document.')
  account.state.addresses.splice(account.state.addresses.indexOf(address), 1)
  account.changed()
  return { status: 204 }
}

function list(context: RestContext): RestAnswer {
  knowOnly(context, ['CustomerName', 'FriendlyName', 'EmergencyEnabled', 'IsoCountry'])
  const [isCustomer, isNamed, isIn, isEnabled] = ['CustomerName', 'FriendlyName', 'IsoCountry', 'EmergencyEnabled'].map((name) =>
    equals(context, name),
  )
  const rows = context.account.state.addresses.filter(
    (address) =>
      isCustomer?.(address.customerName) &&
      isNamed?.(address.friendlyName) &&
      isIn?.(address.isoCountry) &&
      isEnabled?.(String(address.isEmergencyEnabled)),
  )
  return page(context, 'addresses', rows, { at: ({ createdAt }) => createdAt, shape: shapeIn(context) })
}

/** Postal addresses, for numbers that ask for one and for emergency calls. */
export const addressOperations: Operation[] = [
  { method: 'GET', path: `${path}.json`, run: list },
  { method: 'POST', path: `${path}.json`, run: create },
  { method: 'GET', path: `${path}/{Sid}.json`, run: (context) => ({ status: 200, body: shapeIn(context)(find(context)) }) },
  { method: 'POST', path: `${path}/{Sid}.json`, run: update },
  { method: 'DELETE', path: `${path}/{Sid}.json`, run: remove },
  {
    method: 'GET',
    path: `${path}/{AddressSid}/DependentPhoneNumbers.json`,
    run: (context) => {
      const rows = usersOf(context, find(context))
      knowOnly(context, [])
      return page(context, 'dependent_phone_numbers', rows, { at: ({ createdAt }) => createdAt, shape: dependentShapeIn(context) })
    },
  },
]
