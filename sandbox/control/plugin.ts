import type { FastifyInstance, FastifyReply } from 'fastify'
import type { SandboxAccount } from '../twilio/account/account.ts'
import type { Engine } from '../twilio/engine-port.ts'
import { parseScript } from '../twilio/exchange/scripts.ts'
import type { Speech } from '../twilio/exchange/speech.ts'
import { tone } from '../twilio/media/sources.ts'
import { isFinal } from '../twilio/rest/call-shape.ts'
import type { JournalEntry } from '../twilio/webhooks/webhooks.ts'
import type { Listed } from '../twilio/rest/listed.ts'
import { serveAccount } from './account.ts'
import { serveHistory } from './history.ts'
import type { ManualClock } from './clock.ts'
import { applyFaults, endFaults, faultSchema, type FaultOrder, type FaultPorts } from './faults.ts'
import type { Legs } from './legs.ts'
import { isLoopback } from './loopback.ts'

export interface ControlPorts {
  account: SandboxAccount
  engine: Engine
  clock: ManualClock
  listed: Listed
  faults: FaultPorts
  legs: Legs
  speech: Speech
  journal: () => JournalEntry[]
  sockets: () => { identity: string; registered: boolean }[]
}

type Refusal = { error: string }
type SchemaError = { instancePath: string; keyword: string; message?: string; params: Record<string, unknown>; parentSchema?: unknown }

/** What is wrong, in words instead of a pattern where the schema has them; an unknown field by its name. */
function sentenceOf(error: SchemaError | undefined, part: string): string {
  const wanted = (error?.parentSchema as { description?: string } | undefined)?.description
  if (error?.keyword === 'pattern' && wanted) return `${part}${error.instancePath} must be ${wanted}`
  const name = error?.params['additionalProperty']
  return `${part}${error?.instancePath ?? ''} ${error?.message ?? 'is wrong'}${typeof name === 'string' ? `: ${name}` : ''}`
}

const object = (properties: object, required: string[] = []) => ({ type: 'object', additionalProperties: false, properties, required })
const callSchema = object(
  {
    from: {
      type: 'string',
      pattern: String.raw`^(\+[1-9]\d{6,14}|anonymous|unknown|\+266696687)$`,
      description: 'a number like +14155552671, or anonymous, unknown or +266696687',
    },
    to: { type: 'string', pattern: String.raw`^\+[1-9]\d{6,14}$`, description: 'a number like +14155550100' },
    script: { type: 'string', maxLength: 500 },
  },
  ['from', 'to'],
)
const clockSchema = {
  ...object({
    advanceMs: { type: 'number', minimum: 0, maximum: 366 * 86_400_000 },
    scale: { type: 'number', exclusiveMinimum: 0, maximum: 1000 },
  }),
  minProperties: 1,
}
const saySchema = {
  ...object({
    text: { type: 'string', minLength: 1, maxLength: 4096 },
    frequencyHz: { type: 'number', minimum: 50, maximum: 3900 },
    ms: { type: 'number', minimum: 20, maximum: 600_000 },
  }),
  anyOf: [{ required: ['text'] }, { required: ['frequencyHz'] }],
}

/** Serves the control API below /control, to programs and pages of this machine alone. Refusals are `{error: sentence}`. */
export function serveControl(server: FastifyInstance, ports: ControlPorts): void {
  void server.register(
    (control, _options, done) => {
      control.addHook('onRequest', async (request, reply) => {
        if (!isLoopback(request.raw)) await reply.code(403).send({ error: 'the control API answers this machine only' })
      })
      control.setSchemaErrorFormatter((errors, part) => new Error(sentenceOf(errors[0], part)))
      control.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
        reply.code(error.statusCode ?? 500).send({ error: error.message }),
      )
      serveCalls(control, ports)
      servePeople(control, ports)
      serveWorld(control, ports)
      serveAccount(control, ports)
      serveHistory(control, ports)
      done()
    },
    { prefix: '/control' },
  )
}

const refuse = (reply: FastifyReply, status: number, error: string): Refusal => {
  reply.code(status)
  return { error }
}
const unknown = (reply: FastifyReply, sid: string): Refusal => refuse(reply, 404, `there is no call ${sid}`)

function serveCalls(control: FastifyInstance, { account, engine, legs, sockets }: ControlPorts): void {
  control.post<{ Body: { from: string; to: string; script?: string } }>(
    '/incoming-calls',
    { schema: { body: callSchema } },
    (request, reply) => {
      const { from, to, script = '' } = request.body
      if (!account.numberConfig(to)) return reply.send(refuse(reply, 404, `the account does not own ${to}`))
      try {
        parseScript(script)
      } catch (error) {
        return reply.send(refuse(reply, 400, `body/script: ${(error as Error).message}`))
      }
      return reply.code(201).send({ callSid: engine.incoming({ from, to, script }).sid })
    },
  )
  control.get<{ Params: { sid: string }; Querystring: { heard?: string } }>('/calls/:sid', (request, reply) => {
    const { sid } = request.params
    const report = legs.report(sid, request.query.heard !== 'no')
    return reply.send(report ? { sid, status: account.calls.get(sid)?.status, legs: report } : unknown(reply, sid))
  })
  control.get('/calls', () => ({ calls: engine.active() }))
  control.get('/numbers', () => ({
    numbers: account.state.numbers.map(({ phoneNumber, friendlyName }) => ({ phoneNumber, friendlyName })),
  }))
  control.get('/devices', () => ({ devices: sockets() }))
}

/** What the person at the outside end does. */
function servePeople(control: FastifyInstance, { account, legs, speech }: ControlPorts): void {
  const line = (sid: string, reply: FastifyReply) => {
    const found = legs.line(sid)
    if (found) return found
    const call = account.calls.get(sid)
    const why = call && isFinal(call) ? `is over (${call.status})` : 'has no outside line now: a Device is steered in its own page'
    reply.send(call ? refuse(reply, 409, `call ${sid} ${why}`) : unknown(reply, sid))
    return undefined
  }
  type Route<Body> = { Params: { sid: string }; Body: Body }
  const empty = { anyOf: [object({}), { type: 'null' }] }
  control.post<Route<unknown>>('/calls/:sid/hangup', { schema: { body: empty } }, (request, reply) => {
    const leg = line(request.params.sid, reply)
    if (!leg) return reply
    leg.person.hangUp()
    return reply.send({ sid: leg.sid })
  })
  const digitsSchema = object({ digits: { type: 'string', pattern: '^[0-9*#A-D]{1,64}$', description: '1 to 64 of 0-9 * # A-D' } }, [
    'digits',
  ])
  control.post<Route<{ digits: string }>>('/calls/:sid/digits', { schema: { body: digitsSchema } }, (request, reply) => {
    const leg = line(request.params.sid, reply)
    if (!leg) return reply
    leg.person.press(request.body.digits)
    return reply.send({ sid: leg.sid })
  })
  type Say = { text?: string; frequencyHz?: number; ms?: number }
  control.post<Route<Say>>('/calls/:sid/say', { schema: { body: saySchema } }, async (request, reply) => {
    const leg = line(request.params.sid, reply)
    if (!leg) return reply
    const { text, frequencyHz, ms } = request.body
    void leg.person.say(text === undefined ? tone(frequencyHz as number, ms) : await speech.say(text), text)
    return reply.send({ sid: leg.sid })
  })
}

/** The world around the calls: what it cost, what goes wrong, what time it is. */
function serveWorld(control: FastifyInstance, { account, engine, clock, faults, legs, journal }: ControlPorts): void {
  control.get('/ledger', () => ({ balance: account.balance(), entries: account.entries() }))
  control.get('/webhooks', () => ({ webhooks: journal() }))
  control.post<{ Body: FaultOrder }>('/faults', { schema: { body: faultSchema } }, (request, reply) => {
    const wrong = applyFaults(request.body, faults)
    return reply.send(wrong ? refuse(reply, 400, `body/${wrong}`) : { faults: faults.rest, switches: faults.switches })
  })
  control.post<{ Body: { advanceMs?: number; scale?: number } }>('/clock', { schema: { body: clockSchema } }, (request) => {
    const { advanceMs, scale } = request.body
    if (scale !== undefined) clock.setScale(scale)
    if (advanceMs !== undefined) clock.advance(advanceMs)
    return { now: new Date(clock.now()).toISOString(), scale: clock.scale() }
  })
  control.post('/reset', () => {
    for (const { sid } of engine.active()) engine.hangUp(sid, 'completed')
    endFaults(faults)
    clock.setScale(1)
    legs.clear()
    account.reset()
    return { balance: account.balance() }
  })
}
