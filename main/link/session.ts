import { Type, type Static, type TSchema } from 'typebox'
import { FailureError } from '../../contract/failure.ts'
import { Session, type EnrollBody } from '../../contract/relay.ts'
import { createEmitter } from '../../base/emitter.ts'
import { singleFlight } from '../../base/single-flight.ts'
import type { Log } from '../ports.ts'
import { newDeviceKey, publicKeyOf, signedRefresh } from './device-key.ts'
import type { RelayClock } from './relay-clock.ts'
import type { RelayHttp, RelayRequest } from './relay-http.ts'
import { checkedEdge, relayOrigin } from './relay-url.ts'
import type { Ended, SessionRecord, SessionRecords } from './session-record.ts'

export interface SessionOptions {
  records: SessionRecords
  http: RelayHttp
  clock: RelayClock
  log: Log
  /** The token is renewed when it lives shorter than this, ms. */
  tokenMargin: number
  deviceName: string
}

/** Codes of a refused refresh after which the session will never work again. */
const FINAL = new Set(['session-revoked', 'session-expired', 'unauthorized', 'forbidden', 'not-found'])
const isFinal = (error: unknown): error is FailureError => error instanceof FailureError && FINAL.has(error.code)
/** A correction of our clock larger than this may be why a signature looked old, ms. */
const CLOCK_JUMP = 60_000

const visible = ({ relayUrl, user, device, workspace, voice }: SessionRecord) =>
  JSON.stringify({ relayUrl, user, device, workspace, voice })

/** The device's session with a relay (RULES R22). Tokens stay in here; a refresh token is on the disk before it is used. */
export async function createSession(options: SessionOptions): Promise<SessionService> {
  const record = await options.records.session()
  return new SessionService(options, record, record ? undefined : await options.records.ended())
}

export class SessionService {
  readonly #options: SessionOptions
  readonly #changes = createEmitter<void>((error) => this.#options.log.error({ error: String(error) }, 'a listener failed'))
  readonly #refresh = singleFlight(() => this.#renew())
  #record: SessionRecord | undefined
  #ended: Ended | undefined
  #access: { token: string; expiresAt: number } | undefined

  constructor(options: SessionOptions, record: SessionRecord | undefined, ended: Ended | undefined) {
    this.#options = options
    this.#record = record
    this.#ended = ended
  }

  record = (): SessionRecord | undefined => this.#record
  ended = (): Ended | undefined => this.#ended
  onChange = (listener: () => void): (() => void) => this.#changes.on(listener)

  /** A token that is good for a while, renewed when needed. @throws FailureError `not-signed-in`, `relay-unreachable`, … */
  token = async (): Promise<string> => {
    this.#current()
    const { clock, tokenMargin } = this.#options
    const isGood = this.#access && this.#access.expiresAt - clock.now().getTime() > tokenMargin
    return isGood && this.#access ? this.#access.token : this.#refresh()
  }

  /** A new token, one request at a time. Ends the session when the relay says that it is over. @throws FailureError */
  refresh = (): Promise<string> => this.#refresh()

  /** Sends a request with the session, once more with a new token when the relay no longer takes the old. @throws FailureError */
  request = async <T extends TSchema>(request: Omit<RelayRequest, 'token'>, schema: T): Promise<Static<T>> => {
    const send = (token: string) => this.#options.http(this.#current().relayUrl, { ...request, token }, schema)
    const token = await this.token()
    return send(token).catch(async (error: unknown) => {
      if (!(error instanceof FailureError) || error.details?.['status'] !== 401) throw error
      const newer = this.#access?.token
      return send(newer !== undefined && newer !== token ? newer : await this.#refresh())
    })
  }

  /** Turns an invite code into a session. The device's key is made here and kept until the answer came. @throws FailureError */
  enroll = async (relayUrl: string, code: string): Promise<void> => {
    const { records, http, deviceName } = this.#options
    const origin = relayOrigin(relayUrl)
    const pending = await records.pending()
    const isSame = pending?.relayUrl === origin && pending.code === code
    const privateKey = isSame ? pending.privateKey : newDeviceKey()
    if (!isSame) await records.savePending({ relayUrl: origin, code, privateKey })
    const body: EnrollBody = { code, deviceName, publicKey: publicKeyOf(privateKey) }
    await this.#adopt(origin, privateKey, await http(origin, { method: 'POST', path: '/api/auth/enroll', body }, Session))
    await records.dropPending()
  }

  /** Ends the session here, whether the relay hears of it or not. */
  signOut = async (): Promise<void> => {
    const { http, log } = this.#options
    const { relayUrl } = this.#current()
    const request = { method: 'POST', path: '/api/auth/logout', body: {} } as const
    await this.token()
      .then((token) => http(relayUrl, { ...request, token }, Type.Unknown()))
      .catch((error: unknown) => log.warn({ error: String(error) }, 'the relay was not told of the sign-out'))
    await this.end(null)
  }

  /** The session is over; `endedBy`: the failure code that says why, null when the person wished it. */
  end = async (endedBy: string | null): Promise<void> => {
    if (!this.#record) return
    this.#record = undefined
    this.#access = undefined
    this.#ended = { endedBy }
    await this.#options.records.end(this.#ended)
    if (endedBy) this.#options.log.warn({ endedBy }, 'the session ended')
    this.#changes.emit()
  }

  /** A sandbox's relay comes back on another port; no other relay may move. */
  moveTo = async (relayUrl: string): Promise<void> => {
    const of = this.#current()
    const origin = relayOrigin(relayUrl)
    if (!of.workspace.isSandbox || of.relayUrl === origin) return
    this.#record = { ...of, relayUrl: origin }
    await this.#options.records.saveSession(this.#record)
    this.#changes.emit()
  }

  #current(): SessionRecord {
    if (!this.#record) throw new FailureError('not-signed-in')
    return this.#record
  }

  async #adopt(relayUrl: string, privateKey: string, session: Session): Promise<void> {
    const { refreshToken, user, device, workspace } = session
    const next: SessionRecord = { relayUrl, privateKey, refreshToken, user, device, workspace, voice: checkedEdge(session.voice) }
    await this.#options.records.saveSession(next) // before the new token's first use: that is what ends the old one
    const hasChanged = !this.#record || visible(this.#record) !== visible(next)
    this.#record = next
    this.#ended = undefined
    this.#access = { token: session.token, expiresAt: Date.parse(session.expiresAt) }
    if (hasChanged) this.#changes.emit()
  }

  async #renew(): Promise<string> {
    const of = this.#current()
    try {
      const session = await this.#sendRefresh(of)
      if (this.#record === of) await this.#adopt(of.relayUrl, of.privateKey, session)
      return session.token
    } catch (error) {
      if (isFinal(error) && this.#record === of) await this.end(error.code === 'unauthorized' ? 'session-revoked' : error.code)
      throw error
    }
  }

  async #sendRefresh(of: SessionRecord): Promise<Session> {
    const { http, clock } = this.#options
    const send = () => {
      const signed = { deviceId: of.device.deviceId, refreshToken: of.refreshToken, at: clock.now().toISOString() }
      return http(of.relayUrl, { method: 'POST', path: '/api/auth/refresh', body: signedRefresh(of.privateKey, signed) }, Session)
    }
    const offset = clock.offsetMs()
    // A wrong clock makes the signature look old; the refusal's Date header has corrected it by now.
    return send().catch((error: unknown) => {
      if (isFinal(error) && Math.abs(clock.offsetMs() - offset) > CLOCK_JUMP) return send()
      throw error
    })
  }
}
