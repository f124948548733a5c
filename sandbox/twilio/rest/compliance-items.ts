import { newSid } from '../account/random.ts'
import type { ComplianceItem } from '../account/state.ts'
import { documentTypes, endUserFields } from '../world/regulations.ts'
import { knowParameters } from './body.ts'
import { bundleStatus } from './bundle-status.ts'
import { knowOnly } from './filters.ts'
import { iso8601, notFound, RestError, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { productPage, productUrl } from './paging.ts'
import { compliance } from './regulations.ts'

/** End users and supporting documents are alike: a type and attributes, assigned to bundles. */
interface ItemKind {
  resource: 'EndUsers' | 'SupportingDocuments'
  collection: 'endUsers' | 'supportingDocuments'
  prefix: string
  types: string[]
  /** Codes for no type, no name, and for deleting one that a bundle holds. */
  codes: { type: number; name: number; used: number }
  more(item: ComplianceItem, context: RestContext): object
}

/** A document is reviewed with its bundle. */
function documentStatus(item: ComplianceItem, context: RestContext): string {
  const bundles = context.account.state.bundles.filter(({ items }) => items.some(({ objectSid }) => objectSid === item.sid))
  const statuses = bundles.map((bundle) => bundleStatus(bundle, context).status)
  if (statuses.includes('twilio-approved')) return 'approved'
  if (statuses.includes('twilio-rejected')) return 'rejected'
  return statuses.some((status) => status !== 'draft') ? 'pending-review' : 'draft'
}

const endUsers: ItemKind = {
  resource: 'EndUsers',
  collection: 'endUsers',
  prefix: 'IT',
  types: Object.keys(endUserFields),
  codes: { type: 22212, name: 20001, used: 21644 },
  more: () => ({}),
}
const documents: ItemKind = {
  resource: 'SupportingDocuments',
  collection: 'supportingDocuments',
  prefix: 'RD',
  types: documentTypes.map(({ type }) => type),
  codes: { type: 22210, name: 22211, used: 21645 },
  more: (item, context) => ({ mime_type: null, status: documentStatus(item, context), failure_reason: null, errors: null }),
}

/** @throws RestError 22207 */
function attributesParameter(body: URLSearchParams): Record<string, unknown> | undefined {
  const text = body.get('Attributes')
  if (text === null || text === '') return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>
  } catch {
    // falls through to the refusal
  }
  throw new RestError(22207, 'Unable to parse attributes JSON')
}

const pathOf = (kind: ItemKind): string => `${compliance}/${kind.resource}`

const shapeIn =
  (context: RestContext, kind: ItemKind) =>
  (item: ComplianceItem): object => ({
    sid: item.sid,
    account_sid: context.account.accountSid,
    friendly_name: item.friendlyName,
    type: item.type,
    attributes: item.attributes,
    date_created: iso8601(item.createdAt),
    date_updated: iso8601(item.updatedAt),
    url: productUrl(`${pathOf(kind)}/${item.sid}`),
    ...kind.more(item, context),
  })

function find(context: RestContext, kind: ItemKind): ComplianceItem {
  const item = context.account.state[kind.collection].find(({ sid }) => sid === context.path['Sid'])
  if (!item) throw notFound(context.url)
  return item
}

function list(context: RestContext, kind: ItemKind): RestAnswer {
  knowOnly(context, [])
  const rows = context.account.state[kind.collection]
  return productPage(context, 'results', rows, { at: ({ createdAt }) => createdAt, shape: shapeIn(context, kind) })
}

function update(context: RestContext, kind: ItemKind): ComplianceItem {
  const item = find(context, kind)
  const { account, body, clock } = context
  knowParameters(context, ['FriendlyName', 'Attributes'])
  const attributes = attributesParameter(body) ?? item.attributes
  Object.assign(item, { friendlyName: body.get('FriendlyName') || item.friendlyName, attributes, updatedAt: clock.now() })
  account.changed()
  return item
}

function operations(kind: ItemKind): Operation[] {
  const path = pathOf(kind)
  const answer = (status: 200 | 201, run: (context: RestContext, kind: ItemKind) => ComplianceItem) => (context: RestContext) => ({
    status,
    body: shapeIn(context, kind)(run(context, kind)),
  })
  return [
    { method: 'GET', path, run: (context) => list(context, kind) },
    { method: 'POST', path, run: answer(201, create) },
    { method: 'GET', path: `${path}/{Sid}`, run: answer(200, find) },
    { method: 'POST', path: `${path}/{Sid}`, run: answer(200, update) },
    { method: 'DELETE', path: `${path}/{Sid}`, run: (context) => remove(context, kind, find(context, kind)) },
  ]
}

function create(context: RestContext, kind: ItemKind): ComplianceItem {
  const { account, clock, body } = context
  knowParameters(context, ['FriendlyName', 'Type', 'Attributes'])
  const [friendlyName, type] = [body.get('FriendlyName') ?? '', body.get('Type') ?? '']
  if (!friendlyName) throw new RestError(kind.codes.name, 'FriendlyName is required')
  if (!kind.types.includes(type)) throw new RestError(kind.codes.type, `Type must be one of ${kind.types.join(', ')}`)
  const now = clock.now()
  const attributes = attributesParameter(body) ?? {}
  const item = { sid: newSid(account.random, kind.prefix), friendlyName, type, attributes, createdAt: now, updatedAt: now }
  account.state[kind.collection].push(item)
  account.changed()
  return item
}

function remove({ account }: RestContext, kind: ItemKind, item: ComplianceItem): RestAnswer {
  const { state } = account
  if (state.bundles.some(({ items }) => items.some(({ objectSid }) => objectSid === item.sid)))
    throw new RestError(kind.codes.used, `${item.sid} cannot be deleted: a bundle holds it`)
  state[kind.collection].splice(state[kind.collection].indexOf(item), 1)
  account.changed()
  return { status: 204 }
}

export const complianceItemOperations: Operation[] = [...operations(endUsers), ...operations(documents)]
