import { hex, newSid } from '../account/random.ts'
import type { ApiKey } from '../account/state.ts'
import { friendlyNameParameter, knowParameters } from './body.ts'
import { knowOnly } from './filters.ts'
import { notFound, rfc2822, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { page } from './paging.ts'

const shape = (key: ApiKey): object => ({
  sid: key.sid,
  friendly_name: key.friendlyName,
  date_created: rfc2822(key.createdAt),
  date_updated: rfc2822(key.updatedAt),
})

function find(context: RestContext): ApiKey {
  const key = context.account.state.keys.find(({ sid }) => sid === context.path['Sid'])
  if (!key) throw notFound(context.url)
  return key
}

/** The only answer that ever shows the secret. */
function create(context: RestContext): RestAnswer {
  const { account, clock, body } = context
  knowParameters(context, ['FriendlyName'])
  const now = clock.now()
  const friendlyName = friendlyNameParameter(body) ?? ''
  const key = { sid: newSid(account.random, 'SK'), friendlyName, createdAt: now, updatedAt: now, secret: hex(account.random, 32) }
  account.state.keys.push(key)
  account.changed()
  return { status: 201, body: { ...shape(key), secret: key.secret } }
}

function update(context: RestContext): RestAnswer {
  const key = find(context)
  knowParameters(context, ['FriendlyName'])
  key.friendlyName = friendlyNameParameter(context.body) ?? key.friendlyName
  key.updatedAt = context.clock.now()
  context.account.changed()
  return { status: 200, body: shape(key) }
}

function remove(context: RestContext): RestAnswer {
  const { keys } = context.account.state
  keys.splice(keys.indexOf(find(context)), 1)
  context.account.changed()
  return { status: 204 }
}

/** The operations of one of the two names under which Twilio offers the same keys. */
function operations(resource: 'Keys' | 'SigningKeys', collection: string): Operation[] {
  const list = `/Accounts/{AccountSid}/${resource}.json`
  const one = `/Accounts/{AccountSid}/${resource}/{Sid}.json`
  return [
    {
      method: 'GET',
      path: list,
      run: (context) => {
        knowOnly(context, [])
        return page(context, collection, context.account.state.keys, { at: (key) => key.createdAt, shape })
      },
    },
    { method: 'POST', path: list, run: create },
    { method: 'GET', path: one, run: (context) => ({ status: 200, body: shape(find(context)) }) },
    { method: 'POST', path: one, run: update },
    { method: 'DELETE', path: one, run: remove },
  ]
}

export const keyOperations: Operation[] = [...operations('Keys', 'keys'), ...operations('SigningKeys', 'signing_keys')]
