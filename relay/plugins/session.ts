import type { FastifyRequest } from 'fastify'
import { FailureError } from '../../contract/failure.ts'
import type { Role } from '../../contract/relay.ts'
import type { Directory } from '../ports.ts'
import type { TokenClaims, Tokens } from './tokens.ts'
import type { Relay } from './relay.ts'

/** Who is asking. The role is the directory's, not the token's: it changes at once. */
export interface RequestSession {
  userId: string
  deviceId: string
  role: Role
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `requireUser` and `requireManager`. */
    session: RequestSession
    /** When the token that it came with runs out. */
    sessionExpiresAt: Date
  }
  interface FastifyInstance {
    authenticate(authorization: string | undefined): Promise<RequestSession & { expiresAt: Date }>
  }
}

/** Teaches the app to read sessions from `Authorization: Bearer`. */
export function addSession(app: Relay, deps: { tokens: Tokens; directory: Directory }): void {
  app.decorateRequest('session')
  app.decorateRequest('sessionExpiresAt')
  app.decorate('authenticate', async (authorization: string | undefined) => {
    const token = /^Bearer ([\w.-]{1,2048})$/.exec(authorization ?? '')?.[1]
    if (!token) throw new FailureError('unauthorized', 'a session token is needed')
    return sessionOf(deps.directory, await deps.tokens.verify(token))
  })
}

/** The live session behind a token's claims. @throws FailureError `session-revoked` */
export function sessionOf(directory: Directory, { userId, deviceId, expiresAt }: TokenClaims): RequestSession & { expiresAt: Date } {
  const device = directory.device(deviceId)
  const user = directory.user(userId)
  if (!device || device.isRevoked || device.userId !== userId || !user?.isActive)
    throw new FailureError('session-revoked', 'the session was ended')
  return { userId, deviceId, role: user.role, expiresAt }
}

/** Hook (onRequest or preHandler): lets in who has a live session. @throws FailureError `unauthorized`, `session-expired`, `session-revoked` */
export async function requireUser(request: FastifyRequest): Promise<void> {
  const { userId, deviceId, role, expiresAt } = await request.server.authenticate(request.headers.authorization)
  request.session = { userId, deviceId, role }
  request.sessionExpiresAt = expiresAt
}

/** As `requireUser`, managers only. @throws FailureError `forbidden` */
export async function requireManager(request: FastifyRequest): Promise<void> {
  await requireUser(request)
  if (request.session.role !== 'manager') throw new FailureError('forbidden', 'for managers only')
}
