import { FailureError } from '../../contract/failure.ts'
import { EnrollBody, LogoutBody, RefreshBody, Session, type VoiceEdge } from '../../contract/relay.ts'
import type { SignIn, Sessions } from '../directory/sessions.ts'
import type { DirectoryWrites } from '../directory/directory.ts'
import type { Relay } from '../plugins/relay.ts'
import { requireUser } from '../plugins/session.ts'
import type { Tokens } from '../plugins/tokens.ts'
import type { Writer } from '../ports.ts'

export interface AuthDeps {
  writer: Writer
  sessions: Sessions
  directory: Pick<DirectoryWrites, 'revokeDevice'>
  tokens: Tokens
  workspace: Session['workspace']
  voice: VoiceEdge
  enrollPerMinute: number
}

/** Where the Voice SDK connects when the relay speaks to a sandbox; nulls: Twilio. */
export function voiceEdgeOf(apiBase: string | null): VoiceEdge {
  if (!apiBase) return { signalingUrl: null, soundsUrl: null }
  return { signalingUrl: `${apiBase.replace(/^http/, 'ws')}/signal`, soundsUrl: `${apiBase}/sounds` }
}

/** `POST /api/auth/enroll · refresh · logout` (RULES R22). */
export function addAuthRoutes(app: Relay, deps: AuthDeps): void {
  const { writer, sessions, directory, tokens, workspace, voice } = deps
  const rateLimit = { max: deps.enrollPerMinute, timeWindow: 60_000 }
  const replyWith = async (signIn: SignIn): Promise<Session> => {
    if (!signIn.ok) throw new FailureError(signIn.code, signIn.message)
    const { user, device, refreshToken } = signIn.session
    const { token, expiresAt } = await tokens.sign(user.userId, device.deviceId)
    return {
      token,
      expiresAt,
      refreshToken,
      workspace,
      voice,
      user: { userId: user.userId, name: user.name, role: user.role },
      device: { deviceId: device.deviceId, name: device.name, identity: device.identity },
    }
  }
  const reply = { response: { 200: Session } }
  app.post('/api/auth/enroll', { schema: { body: EnrollBody, ...reply }, config: { rateLimit } }, async ({ body }) =>
    replyWith(await writer.submit(() => sessions.enroll(body))),
  )
  app.post('/api/auth/refresh', { schema: { body: RefreshBody, ...reply } }, async ({ body }) =>
    replyWith(await writer.submit(() => sessions.refresh(body))),
  )
  app.post('/api/auth/logout', { onRequest: requireUser, schema: { body: LogoutBody } }, async ({ session }, response) => {
    await writer.submit(() => directory.revokeDevice(session.deviceId))
    return response.code(204).send()
  })
}
