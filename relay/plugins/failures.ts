import type { FastifyError, FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import { failure, FailureError, type Failure, type FailureCode } from '../../contract/failure.ts'
import type { Relay } from './relay.ts'

const statuses: Partial<Record<FailureCode, number>> = {
  'bad-request': 400,
  'number-invalid': 400,
  'greeting-invalid': 400,
  unauthorized: 401,
  'session-expired': 401,
  'session-revoked': 401,
  'not-signed-in': 401,
  forbidden: 403,
  'invite-unknown': 403,
  'invite-used': 403,
  'invite-expired': 403,
  'number-not-assigned': 403,
  'not-found': 404,
  'unknown-request': 404,
  conflict: 409,
  'number-leased': 409,
  'number-already-ours': 409,
  'too-large': 413,
  'rate-limited': 429,
  'account-wrong': 502,
  'twilio-unreachable': 502,
  'twilio-busy': 502,
  'twilio-failed': 502,
}
/** HTTP status of a failure. */
export const statusOf = (code: FailureCode): number => statuses[code] ?? 500

const byStatus = new Map<number, FailureCode>([
  [404, 'not-found'],
  [413, 'too-large'],
  [429, 'rate-limited'],
])

/** Every error, as status and body; what is not for the caller stays in the log. */
export function replyOf(error: unknown): { status: number; body: Failure } {
  if (error instanceof FailureError) return { status: statusOf(error.code), body: failure(error.code, error.message, error.details) }
  const { statusCode, message } = error as Partial<FastifyError>
  if (statusCode === undefined || statusCode >= 500) return { status: 500, body: failure('internal') }
  return { status: statusCode, body: failure(byStatus.get(statusCode) ?? 'bad-request', message) }
}

/** All refusals are Failures, each with one log line; unknown routes too. Nothing of a body is logged. */
export function addFailures(app: Relay, limitUnknown: preHandlerAsyncHookHandler): void {
  app.setErrorHandler((error, request, reply) => answer(error, request, reply))
  app.setNotFoundHandler({ preHandler: limitUnknown }, (request, reply) =>
    answer(new FailureError('unknown-request', 'no such route'), request, reply),
  )
}

function answer(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, body } = replyOf(error)
  const line = { method: request.method, url: request.url, status, failure: body.code, message: body.message }
  if (status >= 500) request.log.error({ ...line, err: error }, 'failed')
  else request.log.warn(line, 'refused')
  return reply.code(status).send(body)
}
