import { newApplication } from '../account/demo.ts'
import type { Application } from '../account/state.ts'
import { booleanParameter, friendlyNameParameter, knowParameters, urlParameter } from './body.ts'
import { equals, knowOnly } from './filters.ts'
import { notFound, rfc2822, type Operation, type RestContext } from './http.ts'
import { page } from './paging.ts'
import { webhookNames, webhooksAfter, webhookShape } from './webhook-parameters.ts'

const list = '/Accounts/{AccountSid}/Applications.json'
const one = '/Accounts/{AccountSid}/Applications/{Sid}.json'
const names = [
  ...webhookNames,
  'ApiVersion',
  'FriendlyName',
  'VoiceCallerIdLookup',
  'SmsStatusCallback',
  'MessageStatusCallback',
  'PublicApplicationConnectEnabled',
]

const shapeIn =
  (context: RestContext) =>
  (application: Application): object => ({
    account_sid: context.account.accountSid,
    api_version: '2010-04-01',
    date_created: rfc2822(application.createdAt),
    date_updated: rfc2822(application.updatedAt),
    friendly_name: application.friendlyName,
    message_status_callback: application.messageStatusCallback,
    sid: application.sid,
    sms_status_callback: application.smsStatusCallback,
    uri: `/2010-04-01/Accounts/${context.account.accountSid}/Applications/${application.sid}.json`,
    voice_caller_id_lookup: application.voiceCallerIdLookup,
    public_application_connect_enabled: application.publicApplicationConnectEnabled,
    ...webhookShape(application),
  })

function find(context: RestContext): Application {
  const application = context.account.state.applications.find(({ sid }) => sid === context.path['Sid'])
  if (!application) throw notFound(context.url)
  return application
}

/** Applies the request; nothing is changed when a parameter is refused. */
function apply(context: RestContext, application: Application): object {
  const { body, account, clock } = context
  knowParameters(context, names)
  Object.assign(application, {
    ...webhooksAfter(application, body),
    friendlyName: friendlyNameParameter(body) ?? application.friendlyName,
    voiceCallerIdLookup: booleanParameter(body, 'VoiceCallerIdLookup') ?? application.voiceCallerIdLookup,
    smsStatusCallback: urlParameter(body, 'SmsStatusCallback', 21402) ?? application.smsStatusCallback,
    messageStatusCallback: urlParameter(body, 'MessageStatusCallback', 21402) ?? application.messageStatusCallback,
    publicApplicationConnectEnabled:
      booleanParameter(body, 'PublicApplicationConnectEnabled') ?? application.publicApplicationConnectEnabled,
    updatedAt: clock.now(),
  })
  account.changed()
  return shapeIn(context)(application)
}

/** TwiML apps. */
export const applicationOperations: Operation[] = [
  {
    method: 'GET',
    path: list,
    run: (context) => {
      knowOnly(context, ['FriendlyName'])
      const isNamed = equals(context, 'FriendlyName')
      const rows = context.account.state.applications.filter(({ friendlyName }) => isNamed(friendlyName))
      return page(context, 'applications', rows, { at: ({ createdAt }) => createdAt, shape: shapeIn(context) })
    },
  },
  {
    method: 'POST',
    path: list,
    run: (context) => {
      const application = newApplication(context.account.random, context.clock.now(), '')
      const body = apply(context, application)
      context.account.state.applications.push(application)
      return { status: 201, body }
    },
  },
  { method: 'GET', path: one, run: (context) => ({ status: 200, body: shapeIn(context)(find(context)) }) },
  { method: 'POST', path: one, run: (context) => ({ status: 200, body: apply(context, find(context)) }) },
  {
    method: 'DELETE',
    path: one,
    run: (context) => {
      const { applications } = context.account.state
      applications.splice(applications.indexOf(find(context)), 1)
      context.account.changed()
      return { status: 204 }
    },
  },
]
