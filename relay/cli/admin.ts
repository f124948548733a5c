import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { E164_PATTERN } from '../../contract/e164.ts'
import { FailureError } from '../../contract/failure.ts'
import type { UserRow } from '../../contract/relay.ts'
import { ID_PATTERN } from '../../contract/sid.ts'
import { renewEpoch } from '../database/meta.ts'
import type { Database } from '../database/open.ts'
import { revokeDevice } from '../directory/revoke.ts'
import type { DirectoryReads, DirectoryWrites } from '../directory/directory.ts'
import type { NumberSync } from '../directory/number-sync.ts'
import type { Sessions } from '../directory/sessions.ts'
import { OPERATOR, type Audit } from '../numbers/audit.ts'
import type { ApplyNumberChange } from '../numbers/changes.ts'
import type { Guard } from '../numbers/guard.ts'
import type { Writer } from '../ports.ts'
import type { TwilioNumbers } from '../twilio/numbers.ts'
import type { Urls } from '../twiml/urls.ts'

export interface AdminDeps {
  db: Database
  directory: DirectoryReads & DirectoryWrites
  sessions: Pick<Sessions, 'invite'>
  audit: Pick<Audit, 'appendAudit'>
  changeNumber: ApplyNumberChange
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
        return writer.submit(() => ({ revoked: revokeDevice(deps, request.device, OPERATOR) }))
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

/** What changes people and assignments, each with its line in the trace; inside a transaction of the writer. */
function change(deps: AdminDeps, request: Change): object {
  const { directory, sessions } = deps
  const userNamed = (name: string) => {
    const user = directory.userNamed(name)
    if (!user) throw new FailureError('not-found', `there is no user named ${name}`)
    return user
  }
  if (request.command === 'invite') {
    const before = directory.userNamed(request.name)
    const { userId, name, role } = directory.putUser(request.name, request.role)
    if (before && before.role !== role) trace(deps, 'user.changed', userId, { role: before.role }, { role })
    return { ...sessions.invite(userId), userId, name, role }
  }
  if (request.command === 'assign') return assign(deps, request.number, request.users.map(userNamed))
  const { userId, isActive } = userNamed(request.name)
  const isWanted = request.command === 'activate'
  directory.setUserActive(userId, isWanted)
  if (isActive !== isWanted) trace(deps, 'user.changed', userId, { isActive }, { isActive: isWanted })
  return userNamed(request.name)
}

const trace = ({ audit }: Pick<AdminDeps, 'audit'>, action: string, subject: string, before: Facts, after: Facts) =>
  audit.appendAudit({ action, subject, before, after }, OPERATOR)
type Facts = Record<string, unknown>

function assign({ directory, changeNumber }: AdminDeps, phoneNumber: string, users: readonly UserRow[]): object {
  const known = directory.number(phoneNumber)
  if (!known) throw new FailureError('not-found', `${phoneNumber} is not a number of this workspace; run setup first`)
  const away = users.find((user) => !user.isActive && !known.userIds.includes(user.userId))
  if (away) throw new FailureError('bad-request', `${away.name} is not active; run activate first`)
  changeNumber({ phoneNumber, action: 'number.assigned', patch: { userIds: users.map((user) => user.userId) } }, OPERATOR)
  return directory.number(phoneNumber) ?? known
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
