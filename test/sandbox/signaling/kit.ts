import { createHmac, randomUUID } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Account } from '../../../sandbox/twilio/engine-port.ts'
import { createPacer } from '../../../sandbox/twilio/media/pacer.ts'
import type { ClientCall, Clock } from '../../../sandbox/twilio/ports.ts'
import { createClientGateway, type GatewayOptions, type SignalingServer } from '../../../sandbox/twilio/signaling/gateway.ts'
import { switchesOf, type Switches } from '../../../sandbox/twilio/switches.ts'

export const ACCOUNT_SID = `AC${'a'.repeat(32)}`
export const KEY_SID = `SK${'b'.repeat(32)}`
export const KEY_SECRET = 'a secret of the key'
export const APP_SID = `AP${'c'.repeat(32)}`

export const realClock: Clock = {
  now: () => Date.now(),
  later(ms, work) {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  },
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs any header and claims, right or wrong, with HS256. */
export function signToken(
  claims: object,
  secret = KEY_SECRET,
  header: object = { alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1' },
): string {
  const body = `${encode(header)}.${encode(claims)}`
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`
}

/** The claims of a good token; change what should be wrong. */
export function claimsOf(
  identity: string,
  changes: { ttl?: number; iat?: number; voice?: object; iss?: string; sub?: string } = {},
): object {
  const iat = changes.iat ?? Math.floor(Date.now() / 1000)
  const voice = changes.voice ?? { incoming: { allow: true }, outgoing: { application_sid: APP_SID, params: { fromGrant: 'yes' } } }
  const iss = changes.iss ?? KEY_SID
  return { jti: `${iss}-${iat}`, iss, sub: changes.sub ?? ACCOUNT_SID, iat, exp: iat + (changes.ttl ?? 3600), grants: { identity, voice } }
}

export const tokenFor = (identity: string, changes?: Parameters<typeof claimsOf>[1]) => signToken(claimsOf(identity, changes))

const config = {
  voiceUrl: '',
  voiceMethod: 'POST',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
  statusCallback: '',
  statusCallbackMethod: 'POST',
  voiceApplicationSid: '',
} as const

/** An account of one key and one application. */
export const testAccount: Account = {
  accountSid: ACCOUNT_SID,
  authToken: () => 'token',
  ownsNumber: () => false,
  numberConfig: () => undefined,
  applicationConfig: (sid) => (sid === APP_SID ? config : undefined),
  keySecret: (sid) => (sid === KEY_SID ? KEY_SECRET : undefined),
  calls: { put: () => undefined, get: () => undefined, all: () => [] },
  recordings: { put: () => undefined, get: () => undefined, all: () => [] },
  transcriptions: { put: () => undefined, get: () => undefined, all: () => [] },
  mediaFolder: '',
  ledger: () => undefined,
}

export interface TestGateway {
  gateway: SignalingServer
  switches: Switches
  port: number
  /** Calls that Devices began. */
  calls: ClientCall[]
  /** The next one. */
  nextCall(): Promise<ClientCall>
  close(): Promise<void>
}

/** A gateway behind a real HTTP server; `serve` answers plain requests. */
export async function startGateway(
  changes: Partial<Switches> = {},
  options: Partial<GatewayOptions> = {},
  serve: RequestListener = (_request, response) => response.writeHead(404).end(),
): Promise<TestGateway> {
  const switches = { ...switchesOf('kind', Math.random), ...changes }
  const pacer = createPacer()
  const log = { info: () => undefined, warn: () => undefined }
  const gateway = createClientGateway({ account: testAccount, switches: () => switches, clock: realClock, pacer, log, ...options })
  const server = createServer(serve)
  server.on('upgrade', (request, socket, head) => gateway.handleUpgrade(request, socket, head))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const calls: ClientCall[] = []
  const waiting: ((call: ClientCall) => void)[] = []
  gateway.onCall((call) => {
    calls.push(call)
    waiting.shift()?.(call)
  })
  return {
    gateway,
    switches,
    port: (server.address() as AddressInfo).port,
    calls,
    nextCall: () => new Promise((done) => waiting.push(done)),
    async close() {
      await gateway.close()
      pacer.close()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

export const temporarySid = () => `TJS${randomUUID()}`
export const callSid = () => `CA${randomUUID().replaceAll('-', '')}`
