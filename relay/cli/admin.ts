import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { E164_PATTERN } from '../../contract/e164.ts'
import { FailureError } from '../../contract/failure.ts'
import { ID_PATTERN } from '../../contract/sid.ts'
import { renewEpoch } from '../database/meta.ts'
import type { Database } from '../database/open.ts'
import type { DirectoryReads, DirectoryWrites } from '../directory/directory.ts'
import type { NumberSync } from '../directory/number-sync.ts'
import type { Sessions } from '../directory/sessions.ts'
import { OPERATOR } from '../numbers/audit.ts'
import type { Guard } from '../numbers/guard.ts'
import type { Writer } from '../ports.ts'
import type { TwilioNumbers } from '../twilio/numbers.ts'
import type { Urls } from '../twiml/urls.ts'

export interface AdminDeps {
  db: Database
  directory: DirectoryReads & DirectoryWrites
  sessions: Pick<Sessions, 'invite'>
  writer: Writer
  twilio: TwilioNumbers
  numberSync: Pick<NumberSync, 'refresh'>
  guard: Pick<Guard, 'keep'>
  urls: Pick<Urls, 'number'>
}

const strict = { additionalProperties: false } as const
const Name = Type.String({ minLength: 1, maxLength: 80 })

/** What the operator may ask of the relay, with its arguments. */
export const AdminRequest = Type.Union([
  Type.Object({ command: Type.Literal('invite'), name: Name, role: Type.Enum(['staff', 'manager']) }, strict),
  Type.Object(
    { command: Type.Literal('assign'), number: Type.String({ pattern: E164_PATTERN }), users: Type.Array(Name, { maxItems: 50 }) },
    strict,
  ),
  Type.Object({ command: Type.Literal('users') }, strict),
  Type.Object({ command: Type.Literal('numbers') }, strict),
  Type.Object({ command: Type.Literal('devices') }, strict),
  Type.Object({ command: Type.Literal('revoke'), device: Type.String({ pattern: ID_PATTERN }) }, strict),
  Type.Object({ command: Type.Literal('deactivate'), name: Name }, strict),
  Type.Object({ command: Type.Literal('activate'), name: Name }, strict),
  Type.Object({ command: Type.Literal('setup') }, strict),
  Type.Object({ command: Type.Literal('restored') }, strict),
])
export type AdminRequest = Static<typeof AdminRequest>
const requests = Compile(AdminRequest)

/** Carries out an operator's request, in the process that owns the database. @throws FailureError with a sentence for the operator. */
export function createAdmin(deps: AdminDeps): (request: unknown) => Promise<unknown> {
  const { db, directory, writer } = deps
  return async (request) => {
    if (!requests.Check(request)) throw new FailureError('bad-request', 'that is not a request of the operator')
    switch (request.command) {
      case 'users':
        return directory.users()
      case 'numbers':
        return directory.numbers()
      case 'devices':
        return directory
          .devices()
          .map(({ deviceId, userId, name, identity, isRevoked }) => ({ deviceId, userId, name, identity, isRevoked }))
      case 'setup':
        return setUp(deps)
      case 'revoke':
        return writer.submit(() => ({ revoked: directory.revokeDevice(request.device) }))
      case 'restored':
        return writer.submit(() => ({ epoch: renewEpoch(db) }))
      case 'invite':
      case 'assign':
      case 'activate':
      case 'deactivate':
        return writer.submit(() => change(deps, request))
      default:
        return request satisfies never
    }
  }
}

type Change = Extract<AdminRequest, { command: 'invite' | 'assign' | 'activate' | 'deactivate' }>

/** What changes people and assignments; inside a transaction of the writer. */
function change({ directory, sessions }: AdminDeps, request: Change): object {
  const userNamed = (name: string) => {
    const user = directory.userNamed(name)
    if (!user) throw new FailureError('not-found', `there is no user named ${name}`)
    return user
  }
  if (request.command === 'invite') {
    const { userId, name, role } = directory.putUser(request.name, request.role)
    return { ...sessions.invite(userId), userId, name, role }
  }
  if (request.command === 'assign') {
    if (!directory.number(request.number))
      throw new FailureError('not-found', `${request.number} is not a number of this workspace; run setup first`)
    return directory.assignNumber(
      request.number,
      request.users.map((name) => userNamed(name).userId),
    )
  }
  directory.setUserActive(userNamed(request.name).userId, request.command === 'activate')
  return userNamed(request.name)
}

/** Lists the account's numbers and points each, and the TwiML app, at this relay (RULES R5). May be repeated. */
async function setUp({ twilio, numberSync, guard, writer, urls }: AdminDeps): Promise<{ numbers: string[] }> {
  const listed = await numberSync.refresh()
  await twilio.configureApp(urls.number)
  // One by one: Twilio limits concurrency.
  for (const number of listed) {
    const settings = await twilio.configureNumber(number, urls.number)
    const { phoneNumber, sid } = number
    await writer.submit(() => guard.keep([{ phoneNumber, sid, settings, reason: 'configured' }], OPERATOR))
  }
  return { numbers: listed.map((number) => number.phoneNumber) }
}
