import type { OwnedNumber } from '../account/state.ts'
import type { Kind } from '../world/types.ts'
import { spellings } from '../world/types.ts'
import { knowParameters } from './body.ts'
import { equals, knowOnly } from './filters.ts'
import { notFound, RestError, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { settingNames, settingsAfter } from './number-settings.ts'
import { emergencyOf, shapeIn } from './number-shape.ts'
import { page } from './paging.ts'
import { buy } from './purchase.ts'

const path = '/Accounts/{AccountSid}/IncomingPhoneNumbers'

function find(context: RestContext): OwnedNumber {
  const number = context.account.state.numbers.find(({ sid }) => sid === context.path['Sid'])
  if (!number) throw notFound(context.url)
  return number
}

/** PhoneNumber matches any part of a number; `*` stands for one digit. */
function numberPattern(text: string | null): RegExp {
  const source = (text ?? '').split('').map((sign) => (sign === '*' ? '\\d' : sign.replaceAll(/[^\w]/g, String.raw`\$&`)))
  return new RegExp(source.join(''))
}

function list(context: RestContext, kind?: Kind): RestAnswer {
  knowOnly(context, ['Beta', 'FriendlyName', 'PhoneNumber', 'Origin'])
  const { query } = context
  const isNamed = equals(context, 'FriendlyName')
  const pattern = numberPattern(query.get('PhoneNumber'))
  const isOrigin = ['twilio', null, ''].includes(query.get('Origin'))
  const withBeta = query.get('Beta') !== 'false'
  const type = kind && spellings[kind].owned
  const rows = [...context.listed.numbers()].filter(
    (number) =>
      isOrigin &&
      isNamed(number.friendlyName) &&
      pattern.test(number.phoneNumber) &&
      (withBeta || !number.beta) &&
      (type === undefined || number.type === type),
  )
  return page(context, 'incoming_phone_numbers', rows, { at: ({ createdAt }) => createdAt, shape: shapeIn(context, type !== undefined) })
}

function update(context: RestContext): OwnedNumber {
  const number = find(context)
  const { body, account } = context
  knowParameters(context, [...settingNames, 'AccountSid'])
  const target = body.get('AccountSid')
  if (target && target !== account.accountSid) throw new RestError(20001, 'The sandbox has no subaccounts to move a number to')
  Object.assign(number, settingsAfter(context, number))
  account.changed()
  context.listed.numberChanged(number)
  return number
}

/**
 * Gives a number back. What was paid for it stays paid; for some days only we get it again, by its number.
 * @throws RestError 20409 while an emergency address is registered (it has to be taken back first; the code is not documented)
 */
function release(context: RestContext): RestAnswer {
  const number = find(context)
  const { account, clock, listed } = context
  const { state } = account
  if (emergencyOf(number, clock.now()).status !== 'unregistered')
    throw new RestError(20409, `${number.phoneNumber} has a registered emergency address: remove it before releasing the number`, 409)
  state.numbers.splice(state.numbers.indexOf(number), 1)
  state.released.push(number.phoneNumber)
  account.changed()
  account.flush()
  listed.numberRemoved(number.sid)
  return { status: 204 }
}

/** The lists that Twilio keeps by kind. */
const typed: Kind[] = ['Local', 'Mobile', 'TollFree']

/** The account's numbers: listed, bought, changed, released. */
export const numberOperations: Operation[] = [
  { method: 'GET', path: `${path}.json`, run: (context) => list(context) },
  { method: 'POST', path: `${path}.json`, run: (context) => ({ status: 201, body: shapeIn(context)(buy(context)) }) },
  ...typed.flatMap((kind): Operation[] => [
    { method: 'GET', path: `${path}/${kind}.json`, run: (context) => list(context, kind) },
    { method: 'POST', path: `${path}/${kind}.json`, run: (context) => ({ status: 201, body: shapeIn(context, true)(buy(context, kind)) }) },
  ]),
  { method: 'GET', path: `${path}/{Sid}.json`, run: (context) => ({ status: 200, body: shapeIn(context)(find(context)) }) },
  { method: 'POST', path: `${path}/{Sid}.json`, run: (context) => ({ status: 200, body: shapeIn(context)(update(context)) }) },
  { method: 'DELETE', path: `${path}/{Sid}.json`, run: release },
]
