import { newSid } from '../account/random.ts'
import type { Bundle } from '../account/state.ts'
import { endUserFields, findRegulation, regulations, type Regulation } from '../world/regulations.ts'
import { spellings } from '../world/types.ts'
import { knowParameters, urlParameter } from './body.ts'
import { bundleStatus, evaluate, isCompliant } from './bundle-status.ts'
import { dateNames, equals, knowOnly } from './filters.ts'
import { iso8601, notFound, RestError, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { productPage, productUrl } from './paging.ts'
import { compliance } from './regulations.ts'

const path = `${compliance}/Bundles`
const statuses = ['draft', 'pending-review', 'in-review', 'twilio-rejected', 'twilio-approved', 'provisionally-approved']

function shape(bundle: Bundle, context: RestContext): object {
  const url = productUrl(`${path}/${bundle.sid}`)
  return {
    sid: bundle.sid,
    account_sid: context.account.accountSid,
    regulation_sid: bundle.regulationSid,
    friendly_name: bundle.friendlyName,
    status: bundleStatus(bundle, context).status,
    valid_until: bundle.validUntil ? iso8601(bundle.validUntil) : null,
    email: bundle.email,
    status_callback: bundle.statusCallback || null,
    date_created: iso8601(bundle.createdAt),
    date_updated: iso8601(bundle.updatedAt),
    url,
    links: { evaluations: `${url}/Evaluations`, item_assignments: `${url}/ItemAssignments`, bundle_copies: `${url}/Copies` },
  }
}

function find(context: RestContext): Bundle {
  const bundle = context.account.state.bundles.find(({ sid }) => sid === (context.path['BundleSid'] ?? context.path['Sid']))
  if (!bundle) throw notFound(context.url)
  return bundle
}

function list(context: RestContext): RestAnswer {
  const filters = ['Status', 'FriendlyName', 'RegulationSid', 'IsoCountry', 'NumberType', 'EndUserType']
  const unplayed = ['BundleSids', 'HasValidUntilDate', 'SortBy', 'SortDirection', ...dateNames('ValidUntilDate')]
  knowOnly(context, [...filters, ...unplayed])
  for (const name of unplayed) if (context.query.has(name)) context.warn(`${name} has no effect in the sandbox`)
  const [isIn, isNamed, isOf, isFrom, isType, isFor] = filters.map((name) => equals(context, name))
  const rows = context.account.state.bundles.filter((bundle) => {
    const { status, regulation } = bundleStatus(bundle, context)
    return (
      isIn?.(status) &&
      isNamed?.(bundle.friendlyName) &&
      isOf?.(regulation.sid) &&
      isFrom?.(regulation.iso) &&
      isType?.(spellings[regulation.kind].regulation) &&
      isFor?.(regulation.endUserType)
    )
  })
  return productPage(context, 'results', rows, { at: ({ createdAt }) => createdAt, shape: (bundle) => shape(bundle, context) })
}

/** The regulation asked for, by SID or by country, type and end user. @throws RestError 22200, 22201, 22202 */
function regulationParameter({ body }: RestContext): Regulation {
  const [sid, iso, type, endUser] = ['RegulationSid', 'IsoCountry', 'NumberType', 'EndUserType'].map((name) => body.get(name))
  if (!sid && !(iso && type)) throw new RestError(22202, 'No regulation sid or phone number country and type was provided')
  const isKnown =
    (endUser ?? 'business') in endUserFields && (sid || Object.values(spellings).some(({ regulation }) => regulation === type))
  if (!isKnown) throw new RestError(22200, 'Invalid End-User Type or Number Type')
  const found = sid ? regulations.find((one) => one.sid === sid) : findRegulation(iso ?? '', type ?? '', endUser ?? 'business')
  if (!found) throw new RestError(22201, 'No regulation sid found for the given number group')
  return found
}

function create(context: RestContext): RestAnswer {
  const { account, clock, body } = context
  knowParameters(context, ['FriendlyName', 'Email', 'StatusCallback', 'RegulationSid', 'IsoCountry', 'EndUserType', 'NumberType', 'IsTest'])
  const [friendlyName, email] = [body.get('FriendlyName') ?? '', body.get('Email') ?? '']
  if (!friendlyName || !email) throw new RestError(20001, 'FriendlyName and Email are required')
  const now = clock.now()
  const bundle: Bundle = {
    sid: newSid(account.random, 'BU'),
    friendlyName,
    email,
    createdAt: now,
    updatedAt: now,
    statusCallback: statusCallback(context) ?? '',
    regulationSid: regulationParameter(context).sid,
    submittedAt: null,
    items: [],
    evaluations: [],
  }
  account.state.bundles.push(bundle)
  account.changed()
  return { status: 201, body: shape(bundle, context) }
}

function statusCallback(context: RestContext): string | undefined {
  const url = urlParameter(context.body, 'StatusCallback', 22105)
  if (url) context.warn('the sandbox tells no StatusCallback how a review goes')
  return url
}

/** @throws RestError 22203, 22204, 20001 for a status that cannot follow */
function update(context: RestContext): RestAnswer {
  const bundle = find(context)
  const { account, clock, body } = context
  knowParameters(context, ['Status', 'StatusCallback', 'FriendlyName', 'Email'])
  const asked = body.get('Status')
  const hasMore = ['StatusCallback', 'FriendlyName', 'Email'].some((name) => body.get(name))
  if (asked && !statuses.includes(asked)) throw new RestError(22203, 'Unable to parse bundle status')
  if (asked && hasMore) throw new RestError(22204, 'Bundle status and properties cannot be updated in the same request')
  if (asked) moveTo(context, bundle, asked)
  Object.assign(bundle, {
    friendlyName: body.get('FriendlyName') || bundle.friendlyName,
    email: body.get('Email') || bundle.email,
    statusCallback: statusCallback(context) ?? bundle.statusCallback,
    updatedAt: clock.now(),
  })
  account.changed()
  return { status: 200, body: shape(bundle, context) }
}

/** A customer hands in a draft, or takes a rejected one back; the rest is for the reviewers to decide. */
function moveTo(context: RestContext, bundle: Bundle, asked: string): void {
  const { status } = bundleStatus(bundle, context)
  if (asked === status) return
  if (asked === 'pending-review' && ['draft', 'twilio-rejected'].includes(status)) bundle.submittedAt = context.clock.now()
  else if (asked === 'draft' && ['pending-review', 'twilio-rejected'].includes(status)) bundle.submittedAt = null
  else throw new RestError(20001, `A bundle that is ${status} cannot become ${asked}`)
}

/** @throws RestError 21647 while it is being reviewed, 21648 while a number needs it */
function remove(context: RestContext): RestAnswer {
  const bundle = find(context)
  const { account } = context
  if (['pending-review', 'in-review'].includes(bundleStatus(bundle, context).status))
    throw new RestError(21647, 'Regulatory Bundle is not eligible for deletion')
  if (account.state.numbers.some(({ bundleSid }) => bundleSid === bundle.sid))
    throw new RestError(21648, 'Regulatory Bundle cannot be deleted due to active number assignment')
  account.state.bundles.splice(account.state.bundles.indexOf(bundle), 1)
  account.changed()
  return { status: 204 }
}

const itemShape = (bundle: Bundle, item: Bundle['items'][number], { account }: RestContext): object => ({
  sid: item.sid,
  bundle_sid: bundle.sid,
  account_sid: account.accountSid,
  object_sid: item.objectSid,
  date_created: iso8601(item.createdAt),
  url: productUrl(`${path}/${bundle.sid}/ItemAssignments/${item.sid}`),
})

/** @throws RestError 22205 (no such object), 22206 (neither end user nor document), 20001 once it was handed in */
function assign(context: RestContext): RestAnswer {
  const bundle = find(context)
  const { account, clock, body } = context
  knowParameters(context, ['ObjectSid'])
  const objectSid = body.get('ObjectSid') ?? ''
  if (!/^(IT|RD)/.test(objectSid))
    throw new RestError(22206, 'The object_sid provided was not a Supporting Document Sid or an End-User Sid')
  const isOurs = [...account.state.endUsers, ...account.state.supportingDocuments].some(({ sid }) => sid === objectSid)
  if (!isOurs) throw new RestError(22205, 'You are attempting to add an invalid object_sid to the Bundle.')
  mustBeOpen(context, bundle)
  const item = { sid: newSid(account.random, 'BV'), objectSid, createdAt: clock.now() }
  bundle.items.push(item)
  account.changed()
  return { status: 201, body: itemShape(bundle, item, context) }
}

function mustBeOpen(context: RestContext, bundle: Bundle): void {
  const { status } = bundleStatus(bundle, context)
  if (status !== 'draft' && status !== 'twilio-rejected') throw new RestError(20001, `A bundle that is ${status} cannot be changed`)
}

function findItem(context: RestContext): { bundle: Bundle; item: Bundle['items'][number] } {
  const bundle = find(context)
  const item = bundle.items.find(({ sid }) => sid === context.path['Sid'])
  if (!item) throw notFound(context.url)
  return { bundle, item }
}

function unassign(context: RestContext): RestAnswer {
  const { bundle, item } = findItem(context)
  mustBeOpen(context, bundle)
  bundle.items.splice(bundle.items.indexOf(item), 1)
  context.account.changed()
  return { status: 204 }
}

const evaluationShape = (bundle: Bundle, evaluation: Bundle['evaluations'][number], { account }: RestContext): object => ({
  sid: evaluation.sid,
  account_sid: account.accountSid,
  regulation_sid: bundle.regulationSid,
  bundle_sid: bundle.sid,
  status: isCompliant(evaluation.results) ? 'compliant' : 'noncompliant',
  results: evaluation.results,
  date_created: iso8601(evaluation.createdAt),
  url: productUrl(`${path}/${bundle.sid}/Evaluations/${evaluation.sid}`),
})

function runEvaluation(context: RestContext): RestAnswer {
  const bundle = find(context)
  const { account, clock } = context
  const evaluation = { sid: newSid(account.random, 'EL'), createdAt: clock.now(), results: evaluate(bundle, account) }
  bundle.evaluations.push(evaluation)
  account.changed()
  return { status: 201, body: evaluationShape(bundle, evaluation, context) }
}

/** A list below a bundle. */
const below = <T extends { sid: string; createdAt: number }>(
  context: RestContext,
  rows: (bundle: Bundle) => T[],
  rowShape: (bundle: Bundle, row: T, context: RestContext) => object,
): RestAnswer => {
  const bundle = find(context)
  knowOnly(context, [])
  return productPage(context, 'results', rows(bundle), { at: ({ createdAt }) => createdAt, shape: (row) => rowShape(bundle, row, context) })
}

const items = `${path}/{BundleSid}/ItemAssignments`
const evaluations = `${path}/{BundleSid}/Evaluations`

/** Bundles of papers: made, filled, evaluated, handed in, reviewed after a while. */
export const bundleOperations: Operation[] = [
  { method: 'GET', path, run: list },
  { method: 'POST', path, run: create },
  { method: 'GET', path: `${path}/{Sid}`, run: (context) => ({ status: 200, body: shape(find(context), context) }) },
  { method: 'POST', path: `${path}/{Sid}`, run: update },
  { method: 'DELETE', path: `${path}/{Sid}`, run: remove },
  { method: 'GET', path: items, run: (context) => below(context, (bundle) => bundle.items, itemShape) },
  { method: 'POST', path: items, run: assign },
  {
    method: 'GET',
    path: `${items}/{Sid}`,
    run: (context) => {
      const { bundle, item } = findItem(context)
      return { status: 200, body: itemShape(bundle, item, context) }
    },
  },
  { method: 'DELETE', path: `${items}/{Sid}`, run: unassign },
  { method: 'GET', path: evaluations, run: (context) => below(context, (bundle) => bundle.evaluations, evaluationShape) },
  { method: 'POST', path: evaluations, run: runEvaluation },
  {
    method: 'GET',
    path: `${evaluations}/{Sid}`,
    run: (context) => {
      const bundle = find(context)
      const evaluation = bundle.evaluations.find(({ sid }) => sid === context.path['Sid'])
      if (!evaluation) throw notFound(context.url)
      return { status: 200, body: evaluationShape(bundle, evaluation, context) }
    },
  },
]
