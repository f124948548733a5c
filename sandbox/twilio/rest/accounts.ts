import { page } from './paging.ts'
import { knowOnly } from './filters.ts'
import { friendlyNameParameter, knowParameters } from './body.ts'
import { notFound, rfc2822, RestError, type Operation, type RestContext } from './http.ts'

const subresources = {
  addresses: 'Addresses',
  applications: 'Applications',
  authorized_connect_apps: 'AuthorizedConnectApps',
  available_phone_numbers: 'AvailablePhoneNumbers',
  balance: 'Balance',
  calls: 'Calls',
  conferences: 'Conferences',
  connect_apps: 'ConnectApps',
  incoming_phone_numbers: 'IncomingPhoneNumbers',
  keys: 'Keys',
  messages: 'Messages',
  notifications: 'Notifications',
  outgoing_caller_ids: 'OutgoingCallerIds',
  queues: 'Queues',
  recordings: 'Recordings',
  short_codes: 'SMS/ShortCodes',
  signing_keys: 'SigningKeys',
  sip: 'SIP',
  transcriptions: 'Transcriptions',
  usage: 'Usage',
}

function shape({ account }: RestContext): object {
  const { state } = account
  const uri = `/2010-04-01/Accounts/${state.accountSid}`
  return {
    auth_token: state.authToken,
    date_created: rfc2822(state.createdAt),
    date_updated: rfc2822(state.updatedAt),
    friendly_name: state.friendlyName,
    owner_account_sid: state.accountSid,
    sid: state.accountSid,
    status: 'active',
    subresource_uris: Object.fromEntries(Object.entries(subresources).map(([name, path]) => [name, `${uri}/${path}.json`])),
    type: state.type,
    uri: `${uri}.json`,
  }
}

const mine = (context: RestContext): void => {
  if (context.path['Sid'] !== context.account.accountSid) throw notFound(context.url)
}

/** The account itself; there are no subaccounts. */
export const accountOperations: Operation[] = [
  {
    method: 'GET',
    path: '/Accounts.json',
    run: (context) => {
      knowOnly(context, ['FriendlyName', 'Status'])
      const { state } = context.account
      const name = context.query.get('FriendlyName')
      const isListed = (name === null || name === state.friendlyName) && ['active', null].includes(context.query.get('Status'))
      const rows = isListed ? [{ sid: state.accountSid }] : []
      return page(context, 'accounts', rows, { at: () => state.createdAt, shape: () => shape(context) })
    },
  },
  {
    method: 'GET',
    path: '/Accounts/{Sid}.json',
    run: (context) => {
      mine(context)
      return { status: 200, body: shape(context) }
    },
  },
  {
    method: 'POST',
    path: '/Accounts/{Sid}.json',
    run: (context) => {
      mine(context)
      knowParameters(context, ['FriendlyName', 'Status'])
      const status = context.body.get('Status')
      if (status !== null && status !== 'active') throw new RestError(20001, 'The sandbox does not suspend or close its account')
      const { account, clock } = context
      const name = friendlyNameParameter(context.body)
      if (name !== undefined) Object.assign(account.state, { friendlyName: name, updatedAt: clock.now() })
      account.changed()
      return { status: 200, body: shape(context) }
    },
  },
  {
    method: 'GET',
    path: '/Accounts/{AccountSid}/Balance.json',
    run: ({ account }) => ({ status: 200, body: { account_sid: account.accountSid, balance: account.balance(), currency: 'USD' } }),
  },
]
