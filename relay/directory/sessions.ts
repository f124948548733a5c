import { createHmac, createPublicKey, verify } from 'node:crypto'
import { FailureError, type FailureCode } from '../../contract/failure.ts'
import { refreshMessage, type EnrollBody, type RefreshBody, type UserRow } from '../../contract/relay.ts'
import type { Database } from '../database/open.ts'
import type { Clock, DeviceRow, EventLog } from '../ports.ts'
import type { DirectoryReads, DirectoryWrites } from './directory.ts'
import { hashOf, inviteHash, newInviteCode } from './ids.ts'
import { createSessionRows } from './session-rows.ts'

export interface SignedIn {
  user: UserRow
  device: DeviceRow
  refreshToken: string
}
/** A refusal is a value, not an exception: what it changed (a family revoked) must be committed. */
export type SignIn = { ok: true; session: SignedIn } | { ok: false; code: FailureCode; message: string }

export interface SessionOptions {
  secret: string
  refreshTtlMs: number
  /** For how long a refresh may be repeated whose answer was lost (RULES R22: at most 24 h). */
  retryMs: number
  inviteTtlMs: number
}

const SKEW_MS = 300_000
const refused = (code: FailureCode, message: string): SignIn => ({ ok: false, code, message })

export interface SessionDeps {
  db: Database
  directory: DirectoryReads & DirectoryWrites
  log: Pick<EventLog, 'append'>
  clock: Clock
}

/**
 * Enrollment and refresh (RULES R22), each inside a transaction of the writer. The next refresh token is derived from the one before:
 * repeating a refresh whose answer was lost gives the same answer, and nothing but hashes is stored.
 */
export function createSessions(deps: SessionDeps, options: SessionOptions): Sessions {
  const context = createContext(deps, options)
  return {
    enroll: (body) => enroll(context, body),
    refresh: (body) => refresh(context, body),
    invite(userId) {
      const code = newInviteCode()
      const expiresAt = context.later(options.inviteTtlMs)
      context.rows.addInvite(inviteHash(code), userId, context.now(), expiresAt)
      return { code, expiresAt }
    },
  }
}

export interface Sessions {
  enroll(body: EnrollBody): SignIn
  refresh(body: RefreshBody): SignIn
  /** A code that works once; the only time it is seen in clear. */
  invite(userId: string): { code: string; expiresAt: string }
}

function createContext({ db, directory, log, clock }: SessionDeps, options: SessionOptions) {
  const rows = createSessionRows(db)
  const now = () => clock.now().toISOString()
  const later = (ms: number) => new Date(clock.now().getTime() + ms).toISOString()
  return {
    rows,
    directory,
    options,
    now,
    later,
    derive: (what: string, from: string) => createHmac('sha256', options.secret).update(`${what}\n${from}`).digest('base64url'),
    issue: (token: string, deviceId: string) => rows.addToken(hashOf(token), deviceId, now(), later(options.refreshTtlMs)),
    /** Ends the device, and with it every token of its family. */
    revoke(device: DeviceRow, what: string): SignIn {
      if (directory.revokeDevice(device.deviceId))
        log.append({ type: 'security.rejected', payload: { what, identity: device.identity } }, { kind: 'managers' })
      return refused('session-revoked', what)
    },
  }
}
type Context = ReturnType<typeof createContext>

function enroll({ rows, directory, derive, issue, now }: Context, body: EnrollBody): SignIn {
  requireEd25519(body.publicKey)
  const invite = rows.invite(inviteHash(body.code))
  if (!invite) return refused('invite-unknown', 'no such invite')
  const user = directory.user(invite.user_id)
  if (!user?.isActive) return refused('invite-unknown', 'its user is gone')
  const refreshToken = derive('enroll', `${invite.code_hash}\n${body.publicKey}`)
  if (invite.used_at) {
    // The answer to an enrollment may be lost, too: the same key gets it again until it has been used.
    const device = invite.device_id ? directory.device(invite.device_id) : undefined
    const isSame = device && !device.isRevoked && device.publicKey === body.publicKey
    if (!isSame || rows.token(hashOf(refreshToken))?.first_used_at !== null) return refused('invite-used', 'invite already used')
    return { ok: true, session: { user, device, refreshToken } }
  }
  if (invite.expires_at <= now()) return refused('invite-expired', 'invite expired')
  const device = directory.addDevice(user.userId, body.deviceName, body.publicKey)
  rows.useInvite(invite.code_hash, device.deviceId, now())
  issue(refreshToken, device.deviceId)
  return { ok: true, session: { user, device, refreshToken } }
}

function refresh(context: Context, body: RefreshBody): SignIn {
  const { rows, directory, now, options } = context
  const device = directory.device(body.deviceId)
  if (!device || !isSignedBy(device.publicKey, body)) return refused('unauthorized', 'not signed by this device')
  if (!(Math.abs(Date.parse(now()) - Date.parse(body.at)) <= SKEW_MS)) return refused('unauthorized', 'the clocks differ too much')
  const user = directory.user(device.userId)
  if (device.isRevoked || !user?.isActive) return refused('session-revoked', 'device revoked')
  const token = rows.token(hashOf(body.refreshToken))
  if (!token || token.device_id !== device.deviceId) return refused('unauthorized', 'unknown refresh token')
  if (token.retired_at) return context.revoke(device, 'refresh token used again')
  if (token.expires_at <= now()) return context.revoke(device, 'refresh token expired')
  const isTooLate = token.first_used_at !== null && Date.parse(token.first_used_at) + options.retryMs < Date.parse(now())
  if (isTooLate) return context.revoke(device, 'refresh repeated too late')
  const refreshToken = context.derive('refresh', body.refreshToken)
  if (!token.first_used_at) {
    rows.useToken(token.token_hash, now())
    rows.retireOthers(device.deviceId, token.token_hash, now())
    context.issue(refreshToken, device.deviceId)
  }
  return { ok: true, session: { user, device, refreshToken } }
}

const keyOf = (publicKey: string) => createPublicKey({ key: Buffer.from(publicKey, 'base64url'), format: 'der', type: 'spki' })

function requireEd25519(publicKey: string): void {
  try {
    if (keyOf(publicKey).asymmetricKeyType === 'ed25519') return
  } catch {
    // said below
  }
  throw new FailureError('bad-request', 'publicKey is not an Ed25519 key in SPKI DER')
}

const isSignedBy = (publicKey: string, body: RefreshBody): boolean =>
  verify(null, Buffer.from(refreshMessage(body)), keyOf(publicKey), Buffer.from(body.signature, 'base64url'))
