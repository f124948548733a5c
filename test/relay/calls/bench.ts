import Fastify, { type FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import twilio from 'twilio'
import { failure, FailureError } from '../../../contract/failure.ts'
import type { Role } from '../../../contract/relay.ts'
import { createCallDeps, type CallDeps, type CallLog } from '../../../relay/calls/deps.ts'
import { proofOf } from '../../../relay/calls/proof.ts'
import type { VoiceConfig } from '../../../relay/calls/voice-config.ts'
import { openDatabase, type Database } from '../../../relay/database/open.ts'
import { createWriter, type GroupWriter } from '../../../relay/database/writer.ts'
import { createDirectory } from '../../../relay/directory/directory.ts'
import { createEventLog } from '../../../relay/events/log.ts'
import { statusOf } from '../../../relay/plugins/failures.ts'
import type { RequestSession } from '../../../relay/plugins/session.ts'
import type { EventLog, Presence, StoredEvent, Writer } from '../../../relay/ports.ts'
import { addCallRoutes } from '../../../relay/routes/calls.ts'
import { addTwilioRoutes } from '../../../relay/routes/twilio.ts'

export const ACCOUNT = `AC${'a'.repeat(32)}`
export const APP = `AP${'b'.repeat(32)}`
export const TOKEN = 'token-of-the-account'
export const SECRET = 'a secret of at least thirty-two characters'
export const PUBLIC = 'https://relay.example'
export const sidOf = (prefix: string, n: number) => prefix + n.toString(16).padStart(32, '0')

export const config: VoiceConfig = {
  accountSid: ACCOUNT,
  authTokens: [TOKEN, 'the other token'],
  apiKeySid: `SK${'c'.repeat(32)}`,
  apiKeySecret: 'key secret',
  twimlAppSid: APP,
  serverUrl: PUBLIC,
  apiBase: 'http://127.0.0.1:9',
  secret: SECRET,
  voiceTokenSeconds: 60,
  incomingRingSeconds: 20,
  outgoingRingSeconds: 45,
  voicemailMaxSeconds: 120,
  isTranscribed: true,
  isAllRecorded: false,
  answerBudgetMs: 15_000,
  webhooksPerMinute: 1000,
}

export interface Bench {
  app: FastifyInstance
  deps: CallDeps
  db: Database
  directory: ReturnType<typeof createDirectory>
  eventLog: EventLog
  events: StoredEvent[]
  lines: { level: string; details: object; message: string }[]
  presence: Map<string, { ageMs: number; registered: boolean }>
  refusals: number
  now: Date
  /** Posts a form as Twilio would: signed over the public URL. */
  post(path: string, form: Record<string, string | string[]>, token?: string): Promise<{ status: number; body: string; type: string }>
  /** As a desktop would, with the session's headers. */
  get(path: string, session: RequestSession, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>
  user(name: string, role?: Role): { userId: string; deviceId: string; identity: string; session: RequestSession }
  close(): Promise<void>
}

/** The relay's call routes over a real database in memory, the real writer, log and directory; sessions by header. */
export async function createBench(options: Partial<VoiceConfig> & { writer?: (real: GroupWriter) => Writer } = {}): Promise<Bench> {
  const { writer: wrap = (real) => real, ...changes } = options
  const db = openDatabase(':memory:')
  const real = createWriter(db)
  const writer = wrap(real)
  const bench = { now: new Date('2026-11-21T10:00:00.000Z'), refusals: 0 } as Bench
  const clock = { now: () => bench.now }
  const eventLog = createEventLog(db, real, clock)
  const directory = createDirectory(db, { append: () => 0 }, clock)
  const presence: Presence = {
    isConnected: (deviceId) => bench.presence.has(deviceId),
    pongAgeMs: (deviceId) => bench.presence.get(deviceId)?.ageMs ?? Infinity,
    claim: (deviceId) => {
      const known = bench.presence.get(deviceId)
      return known && { registered: known.registered, microphone: 'granted' }
    },
  }
  const lines: Bench['lines'] = []
  const line = (level: string) => (details: object, message: string) => void lines.push({ level, details, message })
  const log: CallLog = { info: line('info'), warn: line('warn'), error: line('error') }
  const deps = createCallDeps({
    db,
    clock,
    eventLog,
    writer,
    directory,
    presence,
    log,
    config: { ...config, ...changes },
    onRefusal: () => bench.refusals++,
  })
  const events: StoredEvent[] = []
  eventLog.subscribe((more) => events.push(...more))
  const app = createApp(deps)
  await app.ready()
  return Object.assign(bench, {
    app,
    deps,
    db,
    directory,
    eventLog,
    events,
    lines,
    presence: new Map(),
    post: (path: string, form: Record<string, string | string[]>, token = TOKEN) => post(app, path, form, token),
    get: (path: string, session: RequestSession, headers: Record<string, string> = {}) => get(app, path, session, headers),
    user: (name: string, role: Role = 'staff') => {
      const { userId } = directory.putUser(name, role)
      const { deviceId, identity } = directory.addDevice(userId, `${name}'s desk`, 'key')
      return { userId, deviceId, identity, session: { userId, deviceId, role } }
    },
    close: async () => {
      await app.close()
      await real.close()
      db.close()
    },
  })
}

function createApp(deps: CallDeps) {
  const app = Fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: false } } }).withTypeProvider<TypeBoxTypeProvider>()
  app.decorateRequest('session')
  app.decorate('authenticate', (authorization: string | undefined) => {
    if (!authorization?.startsWith('Bearer ')) return Promise.reject(new FailureError('unauthorized'))
    return Promise.resolve({ ...(JSON.parse(authorization.slice('Bearer '.length)) as RequestSession), expiresAt: new Date(0) })
  })
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof FailureError) return reply.code(statusOf(error.code)).send(failure(error.code, error.message))
    const { statusCode = 500 } = error as { statusCode?: number }
    return reply.code(statusCode).send({ code: 'other', message: String(error) })
  })
  addTwilioRoutes(app, deps)
  addCallRoutes(app, deps)
  return app
}

export function encode(form: Record<string, string | string[]>): string {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) for (const text of [value].flat()) body.append(name, text)
  return body.toString()
}

async function post(app: FastifyInstance, path: string, form: Record<string, string | string[]>, token: string) {
  const signature = twilio.getExpectedTwilioSignature(token, PUBLIC + path, form)
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', 'x-twilio-signature': signature }
  const reply = await app.inject({ method: 'POST', url: path, headers, payload: encode(form) })
  return { status: reply.statusCode, body: reply.body, type: reply.headers['content-type'] ?? '' }
}

async function get(app: FastifyInstance, path: string, session: RequestSession, headers: Record<string, string>) {
  const reply = await app.inject({ url: path, headers: { ...headers, authorization: `Bearer ${JSON.stringify(session)}` } })
  return {
    status: reply.statusCode,
    body: reply.headers['content-type']?.toString().includes('json') ? reply.json() : reply.body,
  }
}

/** Where a URL of ours in TwiML leads when Twilio asks for it: path and query, entities undone, the overrides' fragment cut off. */
export const pathIn = (twiml: string, attribute: string, index = 0): string => {
  const found = [...twiml.matchAll(new RegExp(`\\s${attribute}="${PUBLIC}([^"#]*)`, 'g'))][index]?.[1]
  if (!found) throw new Error(`no ${attribute} in ${twiml}`)
  return found.replaceAll('&amp;', '&')
}

export const clientForm = (identity: string, callSid: string, params: Record<string, string | string[]> = {}) => ({
  AccountSid: ACCOUNT,
  ApiVersion: '2010-04-01',
  ApplicationSid: APP,
  CallSid: callSid,
  CallStatus: 'ringing',
  Called: '',
  Caller: `client:${identity}`,
  Direction: 'inbound',
  From: `client:${identity}`,
  LkProof: proofOf(SECRET, identity),
  To: '+15005550102',
  ...params,
})

export const callerForm = (callSid: string, params: Record<string, string | string[]> = {}) => ({
  AccountSid: ACCOUNT,
  ApiVersion: '2010-04-01',
  CallSid: callSid,
  CallStatus: 'ringing',
  Called: '+15005550006',
  Caller: '+15005551234',
  Direction: 'inbound',
  From: '+15005551234',
  To: '+15005550006',
  FromCity: '',
  ToCountry: 'US',
  ...params,
})
