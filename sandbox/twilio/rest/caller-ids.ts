import type { CallerId } from '../account/state.ts'
import { friendlyNameParameter, knowParameters } from './body.ts'
import { equals, knowOnly } from './filters.ts'
import { notFound, rfc2822, type Operation, type RestContext } from './http.ts'
import { page } from './paging.ts'

const one = '/Accounts/{AccountSid}/OutgoingCallerIds/{Sid}.json'

const shapeIn =
  (context: RestContext) =>
  (callerId: CallerId): object => ({
    account_sid: context.account.accountSid,
    date_created: rfc2822(callerId.createdAt),
    date_updated: rfc2822(callerId.updatedAt),
    friendly_name: callerId.friendlyName,
    phone_number: callerId.phoneNumber,
    sid: callerId.sid,
    uri: `/2010-04-01/Accounts/${context.account.accountSid}/OutgoingCallerIds/${callerId.sid}.json`,
  })

function find(context: RestContext): CallerId {
  const callerId = context.account.state.callerIds.find(({ sid }) => sid === context.path['Sid'])
  if (!callerId) throw notFound(context.url)
  return callerId
}

/** Verified caller IDs. Verifying a new one (a call that asks for a code) is not offered. */
export const callerIdOperations: Operation[] = [
  {
    method: 'GET',
    path: '/Accounts/{AccountSid}/OutgoingCallerIds.json',
    run: (context) => {
      knowOnly(context, ['PhoneNumber', 'FriendlyName'])
      const [isNumber, isNamed] = [equals(context, 'PhoneNumber'), equals(context, 'FriendlyName')]
      const rows = context.account.state.callerIds.filter((callerId) => isNumber(callerId.phoneNumber) && isNamed(callerId.friendlyName))
      return page(context, 'outgoing_caller_ids', rows, { at: ({ createdAt }) => createdAt, shape: shapeIn(context) })
    },
  },
  { method: 'GET', path: one, run: (context) => ({ status: 200, body: shapeIn(context)(find(context)) }) },
  {
    method: 'POST',
    path: one,
    run: (context) => {
      const callerId = find(context)
      knowParameters(context, ['FriendlyName'])
      callerId.friendlyName = friendlyNameParameter(context.body) ?? callerId.friendlyName
      callerId.updatedAt = context.clock.now()
      context.account.changed()
      return { status: 200, body: shapeIn(context)(callerId) }
    },
  },
  {
    method: 'DELETE',
    path: one,
    run: (context) => {
      const { callerIds } = context.account.state
      callerIds.splice(callerIds.indexOf(find(context)), 1)
      context.account.changed()
      return { status: 204 }
    },
  },
]
