import type { FastifyInstance } from 'fastify'
import type { SandboxAccount } from '../twilio/account/account.ts'
import { newNumber } from '../twilio/account/demo.ts'
import { hex, newSid } from '../twilio/account/random.ts'
import type { OwnedNumber } from '../twilio/account/state.ts'
import type { Clock } from '../twilio/ports.ts'
import type { Listed } from '../twilio/rest/listed.ts'
import { friendlyName } from '../twilio/world/numbers.ts'

export interface AccountPorts {
  account: SandboxAccount
  clock: Clock
  listed: Listed
}

const object = (properties: object, required: string[] = []) => ({ type: 'object', additionalProperties: false, properties, required })
const number = { type: 'string', pattern: String.raw`^\+[1-9]\d{6,14}$`, description: 'a number like +14155550100' }
const seedSchema = object({ count: { type: 'integer', minimum: 1, maximum: 20_000 }, voiceUrl: { type: 'string', maxLength: 500 } }, [
  'count',
])
const keySchema = object({ friendlyName: { type: 'string', maxLength: 64 }, readOnly: { type: 'boolean' } })
const accountSchema = {
  ...object({
    type: { enum: ['Full', 'Trial'] },
    balance: { type: 'string', pattern: String.raw`^\d{1,6}(\.\d{1,5})?$`, description: 'an amount of USD like "12.50"' },
  }),
  minProperties: 1,
}

const bundleSchema = {
  ...object({
    verdict: { enum: ['twilio-approved', 'twilio-rejected'] },
    validUntil: { type: ['string', 'null'], format: 'date-time' },
  }),
  minProperties: 1,
}

/** What the account has without a request to Twilio: many numbers at once, restricted keys, no money. */
export function serveAccount(control: FastifyInstance, ports: AccountPorts): void {
  const { account, clock, listed } = ports
  const { state } = account
  serveBundles(control, ports)
  control.post<{ Body: { count: number; voiceUrl?: string } }>('/numbers', { schema: { body: seedSchema } }, (request, reply) => {
    const { count, voiceUrl = '' } = request.body
    const made = seeded(ports, count, voiceUrl)
    state.numbers.push(...made)
    account.changed()
    listed.numbersSeeded(made)
    return reply.code(201).send({ count, total: state.numbers.length })
  })
  control.post<{ Body: { phoneNumber: string } }>(
    '/numbers/taken',
    { schema: { body: object({ phoneNumber: number }, ['phoneNumber']) } },
    (request, reply) => {
      const { phoneNumber } = request.body
      if (account.numberConfig(phoneNumber)) return reply.code(409).send({ error: `${phoneNumber} is the account's own` })
      if (!state.taken.includes(phoneNumber)) state.taken.push(phoneNumber)
      account.changed()
      return reply.send({ taken: state.taken })
    },
  )
  control.post<{ Body: { friendlyName?: string; readOnly?: boolean } }>('/keys', { schema: { body: keySchema } }, (request, reply) => {
    const [now, secret] = [clock.now(), hex(account.random, 32)]
    const { friendlyName: name = '', readOnly = false } = request.body
    const key = { sid: newSid(account.random, 'SK'), friendlyName: name, createdAt: now, updatedAt: now, secret, isReadOnly: readOnly }
    state.keys.push(key)
    account.changed()
    return reply.code(201).send({ sid: key.sid, secret, readOnly })
  })
  control.post<{ Body: { type?: 'Full' | 'Trial'; balance?: string } }>('/account', { schema: { body: accountSchema } }, (request) => {
    const { type = state.type, balance } = request.body
    state.type = type
    if (balance !== undefined) state.credit += Math.round((Number(balance) - Number(account.balance())) * 100_000)
    account.changed()
    return { type: state.type, balance: account.balance() }
  })
}

/** What reviewers decide: a bundle is handed in, reviewed and judged at once; it runs out when they say. */
function serveBundles(control: FastifyInstance, { account, clock }: AccountPorts): void {
  interface Judged {
    Params: { sid: string }
    Body: { verdict?: 'twilio-approved' | 'twilio-rejected'; validUntil?: string | null }
  }
  control.post<Judged>('/bundles/:sid', { schema: { body: bundleSchema } }, (request, reply) => {
    const bundle = account.state.bundles.find(({ sid }) => sid === request.params.sid)
    if (!bundle) return reply.code(404).send({ error: `there is no bundle ${request.params.sid}` })
    const { verdict, validUntil } = request.body
    if (verdict) Object.assign(bundle, { verdict, submittedAt: 0 })
    if (validUntil !== undefined) bundle.validUntil = validUntil === null ? null : Date.parse(validUntil)
    bundle.updatedAt = clock.now()
    account.changed()
    return reply.send({ sid: bundle.sid, verdict: bundle.verdict ?? null, validUntil: validUntil ?? null })
  })
}

/** Area codes of seeded numbers, taken in turn. */
const areaCodes = ['212', '310', '415', '312', '206', '512', '617', '305', '404', '303']

/** American local numbers nobody paid for, one a minute older than the next; none that is ours, was, or is somebody else's. */
function seeded({ account, clock }: AccountPorts, count: number, voiceUrl: string): OwnedNumber[] {
  const { numbers, released, taken } = account.state
  const gone = new Set([...numbers.map(({ phoneNumber }) => phoneNumber), ...released, ...taken])
  const [now, made] = [clock.now(), [] as OwnedNumber[]]
  for (let nth = numbers.length; made.length < count; nth++) {
    const phoneNumber = `+1${areaCodes[nth % areaCodes.length]}${6_120_000 + nth}`
    if (gone.has(phoneNumber)) continue
    const over = { friendlyName: friendlyName(phoneNumber), voiceUrl }
    made.push(newNumber(account.random, now - made.length * 60_000, phoneNumber, over))
  }
  return made
}
