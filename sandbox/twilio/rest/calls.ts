import type { SandboxCall } from '../engine-port.ts'
import { isWebhookUrl, knowParameters, methodParameter } from './body.ts'
import { orderNames, readOrder } from './call-order.ts'
import { callShape, isFinal } from './call-shape.ts'
import { dateFilter, dateNames, equals, knowOnly } from './filters.ts'
import { notFound, RestError, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { page } from './paging.ts'

const list = '/Accounts/{AccountSid}/Calls.json'
const one = '/Accounts/{AccountSid}/Calls/{Sid}.json'

/** The call of the path. @throws RestError 20404 */
export function findCall(context: RestContext, name: 'Sid' | 'CallSid' = 'Sid'): SandboxCall {
  const call = context.account.calls.get(context.path[name] ?? '')
  if (!call) throw notFound(context.url)
  return call
}

const answer = (context: RestContext, call: SandboxCall, status: 200 | 201 = 200): RestAnswer => ({
  status,
  body: callShape(call, context.clock),
})

function listCalls(context: RestContext): RestAnswer {
  knowOnly(context, ['To', 'From', 'ParentCallSid', 'Status', ...dateNames('StartTime'), ...dateNames('EndTime')])
  const isTo = equals(context, 'To')
  const isFrom = equals(context, 'From')
  const isChildOf = equals(context, 'ParentCallSid')
  const isStatus = equals(context, 'Status')
  const [startedWithin, endedWithin] = [dateFilter(context, 'StartTime'), dateFilter(context, 'EndTime')]
  const rows = [...context.listed.calls()].filter(
    (call) =>
      isTo(call.to) &&
      isFrom(call.from) &&
      isChildOf(call.parentCallSid) &&
      isStatus(call.status) &&
      startedWithin(call.startedAt) &&
      endedWithin(call.endedAt),
  )
  return page(context, 'calls', rows, { at: (call) => call.createdAt, shape: (call) => callShape(call, context.clock) })
}

function create(context: RestContext): RestAnswer {
  knowParameters(context, orderNames)
  const order = readOrder(context.body, context.account, context.warn)
  return answer(context, context.engine.create(order), 201)
}

function update(context: RestContext): RestAnswer {
  const call = findCall(context)
  const { body } = context
  knowParameters(context, [
    'Url',
    'Method',
    'Twiml',
    'Status',
    'FallbackUrl',
    'FallbackMethod',
    'StatusCallback',
    'StatusCallbackMethod',
    'TimeLimit',
  ])
  const status = body.get('Status')
  if (status !== null) hangUp(context, call, status)
  else if (body.get('Url') || body.get('Twiml')) redirect(context, call)
  for (const name of ['StatusCallback', 'StatusCallbackMethod', 'TimeLimit', 'FallbackMethod'])
    if (body.get(name)) context.warn(`${name} of a live call is not changed by the sandbox`)
  return answer(context, context.account.calls.get(call.sid) ?? call)
}

/** `canceled` ends only what is not answered yet; a call that is over stays as it is. */
function hangUp(context: RestContext, call: SandboxCall, status: string): void {
  if (status !== 'completed' && status !== 'canceled') throw new RestError(20001, `Status must be completed or canceled, not ${status}`)
  if (isFinal(call) || (status === 'canceled' && call.status === 'in-progress')) return
  context.engine.hangUp(call.sid, status)
}

function redirect({ body, engine }: RestContext, call: SandboxCall): void {
  const [url, twiml, fallbackUrl, method] = [body.get('Url'), body.get('Twiml'), body.get('FallbackUrl'), methodParameter(body, 'Method')]
  if (url && twiml) throw new RestError(20001, 'Url and Twiml are mutually exclusive')
  for (const [name, value] of Object.entries({ Url: url, FallbackUrl: fallbackUrl }))
    if (value && !isWebhookUrl(value)) throw new RestError(21205, `${name} is not a valid URL: ${value}`)
  if (twiml && twiml.length > 4000) throw new RestError(20001, 'Twiml must be 4000 characters or less')
  const target = {
    ...(url ? { url } : {}),
    ...(twiml ? { twiml } : {}),
    ...(method ? { method } : {}),
    ...(fallbackUrl ? { fallbackUrl } : {}),
  }
  if (call.status !== 'in-progress' || !engine.redirect(call.sid, target))
    throw new RestError(21220, 'Call is not in-progress. Cannot redirect.')
}

function remove(context: RestContext): RestAnswer {
  const call = findCall(context)
  if (!isFinal(call)) throw new RestError(20409, 'A call that is not over cannot be deleted', 409)
  context.account.calls.remove(call.sid)
  return { status: 204 }
}

export const callOperations: Operation[] = [
  { method: 'GET', path: list, run: listCalls },
  { method: 'POST', path: list, run: create },
  { method: 'GET', path: one, run: (context) => answer(context, findCall(context)) },
  { method: 'POST', path: one, run: update },
  { method: 'DELETE', path: one, run: remove },
]
