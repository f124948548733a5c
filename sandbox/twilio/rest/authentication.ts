import { timingSafeEqual } from 'node:crypto'
import type { SandboxAccount } from '../account/account.ts'
import type { ApiKey } from '../account/state.ts'
import { RestError } from './http.ts'

/**
 * Basic authentication with `AccountSid:AuthToken` or `SK…:secret`; returns the key, if it is one.
 * @throws RestError 20003 (401), whatever is wrong: who is not let in learns nothing about resources (hence 401 before 404)
 */
export function authenticate(account: SandboxAccount, authorization: string | undefined): ApiKey | undefined {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? '')?.[1]
  const [user = '', ...rest] = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(':')
  const expected = user === account.accountSid ? account.authToken() : account.keySecret(user)
  if (!expected || !same(expected, rest.join(':'))) throw new RestError(20003, 'Authenticate', 401)
  return account.state.keys.find(({ sid }) => sid === user)
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
