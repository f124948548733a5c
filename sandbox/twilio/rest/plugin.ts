import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { accountOperations } from './accounts.ts'
import { addressOperations } from './addresses.ts'
import { applicationOperations } from './applications.ts'
import { authenticate } from './authentication.ts'
import { availableNumberOperations } from './available-numbers.ts'
import { bundleOperations } from './bundles.ts'
import { callerIdOperations } from './caller-ids.ts'
import { callOperations } from './calls.ts'
import { complianceItemOperations } from './compliance-items.ts'
import { take } from './faults.ts'
import { envelope, notFound, RestError, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { keyOperations } from './keys.ts'
import { numberOperations } from './numbers.ts'
import { pricingOperations } from './pricing.ts'
import { createMediaOperations, readStorage } from './recording-media.ts'
import { recordingOperations } from './recordings.ts'
import { regulationOperations } from './regulations.ts'
import { createRouter } from './router.ts'
import { transcriptionOperations } from './transcriptions.ts'
import { usageOperations } from './usage.ts'

/** What all requests share. */
export type RestPorts = Pick<RestContext, 'account' | 'engine' | 'switches' | 'clock' | 'listed' | 'faults'>

/** Every operation the sandbox offers below /2010-04-01. */
export const createOperations = (): Operation[] => [
  ...accountOperations,
  ...applicationOperations,
  ...keyOperations,
  ...callOperations,
  ...recordingOperations,
  ...createMediaOperations(),
  ...transcriptionOperations,
  ...availableNumberOperations,
  ...numberOperations,
  ...addressOperations,
  ...callerIdOperations,
  ...usageOperations,
]

/** Operations of Twilio's other products, each below its own name. */
export const productOperations: Operation[] = [
  ...pricingOperations,
  ...regulationOperations,
  ...complianceItemOperations,
  ...bundleOperations,
]
const products = ['pricing', 'numbers']

type Route = ReturnType<typeof createRouter>

/** Serves Twilio's REST API of 2010-04-01, its other products under /<subdomain>/…, and the storage host that recordings may be redirected to. */
export function serveRest(server: FastifyInstance, ports: RestPorts): void {
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  const serve = (prefix: string, route: Route) => {
    server.all(`${prefix}/*`, async (request, reply) => {
      const context = createContext(request, ports, {})
      const answer = await settle(context, () => run(context, route, ports))
      return send(request, reply, context, answer, ports)
    })
  }
  const route = createRouter(createOperations())
  serve('/2010-04-01', (method, path) => route(method, path.slice('/2010-04-01'.length)))
  const productRoute = createRouter(productOperations)
  for (const product of products) serve(`/${product}`, productRoute)
  // What is not below these is offered by nobody here, and asking is reported.
  server.setNotFoundHandler((request, reply) => {
    ports.account.ledger({ kind: 'error', what: `${request.method} ${request.url}: the sandbox has no such path`, code: 20404 })
    return reply.code(404).send(envelope(notFound(request.url)))
  })
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500
    return reply.code(status).send(envelope(new RestError(status < 500 ? 20001 : 20500, error.message, status)))
  })
  server.get('/storage/:file', async (request, reply) => {
    const file = (request.params as { file: string }).file
    const context = createContext(request, ports, { Sid: file.replace(/\.wav$/, '') })
    return send(request, reply, context, await settle(context, () => readStorage(context)), ports)
  })
}

function createContext(request: FastifyRequest, ports: RestPorts, path: Record<string, string>): RestContext {
  const url = request.raw.url ?? '/'
  const body = typeof request.body === 'string' ? request.body : ''
  return {
    ...ports,
    method: request.method,
    path,
    url,
    query: new URLSearchParams(url.split('?').slice(1).join('?')),
    body: new URLSearchParams(body),
    header: (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value[0] : value
    },
    warn: (what, code) =>
      ports.account.ledger({ kind: 'warning', what: `${request.method} ${url}: ${what}`, ...(code === undefined ? {} : { code }) }),
  }
}

const BURST = 4

/** Throttling, then 401, then 404 and 405, then the operation: Twilio's order as far as it is known. */
async function run(context: RestContext, route: Route, ports: RestPorts): Promise<RestAnswer> {
  const { account, faults, switches } = ports
  if (faults.tooManyRequests === 0 && switches.tooManyRequests > 0 && account.random() < switches.tooManyRequests)
    faults.tooManyRequests = BURST // throttling strikes several requests in a row
  if (take(faults, 'tooManyRequests')) throw new RestError(20429, 'Too Many Requests', 429)
  if (take(faults, 'status5xx')) throw new RestError(20503, 'Service is unavailable, please try again', 503)
  const key = authenticate(account, context.header('authorization'))
  const path = context.url.split('?')[0] ?? ''
  const accountSid = /^\/2010-04-01\/Accounts\/(AC\w+)\//.exec(path)?.[1]
  if (accountSid && accountSid !== account.accountSid) throw new RestError(20003, 'Authenticate', 401)
  if (key?.isReadOnly && context.method !== 'GET') throw new RestError(20003, 'Permission Denied', switches.restrictedKeyStatus)
  const match = route(context.method, path)
  if (!match) throw notFound(context.url)
  if (match === 'method') throw new RestError(20004, 'Method not allowed', 405)
  context.path = match.path
  return match.operation.run(context)
}

type Settled = RestAnswer | RestError

/** Refusals become answers; anything else is the sandbox's own failure, reported as Twilio would. */
async function settle(context: RestContext, work: () => Promise<RestAnswer>): Promise<Settled> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RestError) return error
    context.account.ledger({ kind: 'error', what: `${context.url}: ${String(error)}`, code: 20500 })
    return new RestError(20500, 'Internal Server Error', 500)
  }
}

const isLaterPage = ({ method, raw }: FastifyRequest): boolean => method === 'GET' && /[?&]PageToken=/.test(raw.url ?? '')

/** Whether a number was just bought. */
const isPurchase = ({ method, raw }: FastifyRequest, { status }: Settled): boolean =>
  method === 'POST' && status === 201 && /\/IncomingPhoneNumbers(\/\w+)?\.json/.test(raw.url ?? '')

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { account }: RestContext,
  answer: Settled,
  { faults, clock, switches }: RestPorts,
): Promise<FastifyReply> {
  const refused = answer instanceof RestError
  account.ledger({
    kind: 'request',
    what: `${request.method} ${request.raw.url ?? ''}`,
    ...(refused ? { code: answer.code } : {}),
    details: { status: answer.status },
  })
  const delayMs = faults.delayMs + (isLaterPage(request) && take(faults, 'slowPages') ? faults.slowPageMs : 0)
  if (delayMs > 0) await new Promise<void>((resolve) => void clock.later(delayMs, resolve))
  if (take(faults, 'dropNextAnswer') || (isPurchase(request, answer) && take(faults, 'dropNextPurchase'))) {
    reply.hijack()
    request.raw.socket.destroy()
    return reply
  }
  reply.code(answer.status).header('x-twilio-request-duration', '0.010')
  if (refused) {
    if (answer.status === 429 && switches.retryAfterSeconds > 0) reply.header('retry-after', String(switches.retryAfterSeconds))
    if (answer.status === 401) reply.header('www-authenticate', 'Basic realm="Twilio API"')
    return reply.send(envelope(answer))
  }
  if ('headers' in answer) return reply.headers(answer.headers).send(answer.bytes && Buffer.from(answer.bytes))
  return reply.send('body' in answer ? answer.body : undefined)
}
