import { FailureError, toFailure } from '../../contract/failure.ts'
import { toE164 } from '../../contract/e164.ts'
import type { AccountView } from '../../contract/number-desktop.ts'
import { createEmitter } from '../../base/emitter.ts'
import type { SessionService } from '../link/session.ts'
import type { VoiceToken } from '../link/voice-token.ts'
import type { Clock, Log } from '../ports.ts'
import type { TwilioAccount } from '../twilio/port.ts'
import { requireManager } from './manager.ts'
import {
  accountView,
  credentialsOf,
  type Credentials,
  type TwilioRecord,
  type TwilioRecords,
  type TypedCredentials,
} from './twilio-record.ts'
import { issuerOf, verifyAccount, type Verified } from './twilio-verify.ts'

export interface AccountOptions {
  records: TwilioRecords
  session: Pick<SessionService, 'record'>
  voiceToken: Pick<VoiceToken, 'get'>
  clock: Clock
  log: Log
  /** Of this computer: names the key we make. */
  deviceName: string
  /** A client of Twilio with these credentials; asks nothing yet. `onRefused`: it was not let in. */
  connect: (credentials: Credentials, onRefused: () => void) => Promise<TwilioAccount>
  /** Where the transfer number is kept, and the country that national numbers are read in. */
  preferences: {
    country: () => Promise<string>
    transferNumber: () => Promise<string | null>
    keep: (number: string | null) => Promise<void>
  }
  /** The account is another, or none: what was heard of the old one is not this one's. */
  onOther: () => Promise<void>
  /** The account of a sandbox started beside this app: taken when none is kept and the workspace is that sandbox's. */
  demo?: Credentials | undefined
}

/** Failures that say something of the credentials, not of the network. */
const OF_CREDENTIALS = new Set(['account-wrong', 'account-forbidden', 'account-suspended', 'account-not-the-relays'])
const FRIENDLY_NAME = 64

/** The Twilio account of this profile: a manager's, verified before it is kept, kept by the SecretStore, forgotten with the session. */
export async function createTwilioAccounts(options: AccountOptions): Promise<TwilioAccounts> {
  return new TwilioAccounts(options, await options.records.read())
}

export class TwilioAccounts {
  readonly #options: AccountOptions
  readonly #changes = createEmitter<AccountView>((error) => this.#options.log.error({ error: String(error) }, 'a listener failed'))
  #record: TwilioRecord | undefined
  #connected: { credentials: Credentials; account: Promise<TwilioAccount> } | undefined
  /** Changes come one after the other. */
  #work: Promise<void> = Promise.resolve()
  /** What follows from the session is done before anybody reads. */
  #followed: Promise<void> = Promise.resolve()
  #isVerifying = false
  readonly #closing = Promise.withResolvers<never>()

  constructor(options: AccountOptions, record: TwilioRecord | undefined) {
    this.#options = options
    this.#record = record
    this.#closing.promise.catch(() => undefined) // heard where it matters
  }

  onChange = (listener: (view: AccountView) => void): (() => void) => this.#changes.on(listener)

  /** @throws FailureError `not-signed-in`, `forbidden` */
  get = async (): Promise<AccountView> => {
    await this.#followed
    requireManager(this.#options.session)
    return this.#view()
  }

  /** The account to work with. @throws FailureError `account-missing`, `not-signed-in`, `forbidden` */
  current = async (): Promise<TwilioAccount> => {
    await this.#followed
    requireManager(this.#options.session)
    if (!this.#record) throw new FailureError('account-missing')
    return this.#connect(this.#record.credentials)
  }

  /** Whether `current` would answer: for work that nobody asked for. Asks nobody. */
  isSet = (): boolean => this.#record !== undefined && this.#options.session.record()?.user.role === 'manager'

  /** Verifies and keeps; what was kept stays when this is wrong. `createKey`: an API key of our own instead of the auth token. @throws FailureError */
  set = ({ createKey = false, ...typed }: TypedCredentials & { createKey?: boolean }): Promise<AccountView> =>
    this.#queue(async () => {
      requireManager(this.#options.session)
      const given = credentialsOf(typed)
      const verified = await this.#verify(given)
      const credentials = createKey && 'authToken' in given ? await this.#ownKey(given) : given
      const isOther = this.#record?.credentials.accountSid !== given.accountSid
      await this.#keep({ credentials, ...verified, checkedAt: this.#now(), failure: null })
      if (isOther) await this.#options.onOther()
      this.#options.log.info({ accountSid: given.accountSid.slice(-4), isNew: isOther }, 'a Twilio account is set up')
      return this.#tell()
    })

  /** Asks Twilio again: a refusal is kept and shown, a broken network is thrown. @throws FailureError `account-missing`, `twilio-unreachable`, … */
  test = (): Promise<AccountView> =>
    this.#queue(async () => {
      requireManager(this.#options.session)
      const record = this.#record
      if (!record) throw new FailureError('account-missing')
      try {
        await this.#keep({ ...record, ...(await this.#verify(record.credentials)), checkedAt: this.#now(), failure: null })
      } catch (error) {
        if (!(error instanceof FailureError && OF_CREDENTIALS.has(error.code))) throw error
        await this.#keep({ ...record, checkedAt: this.#now(), failure: toFailure(error) })
      }
      return this.#tell()
    })

  /** Nothing of the account stays on this computer. A key that was made for it stays at Twilio. @throws FailureError */
  forget = (): Promise<AccountView> =>
    this.#queue(async () => {
      requireManager(this.#options.session)
      await this.#drop()
      return this.#tell()
    })

  /** Where calls go that an assistant cannot take; null: nowhere. @throws FailureError `number-invalid` */
  setTransferNumber = (text: string | null): Promise<AccountView> =>
    this.#queue(async () => {
      requireManager(this.#options.session)
      const { country, keep } = this.#options.preferences
      const typed = text?.trim() ?? ''
      const number = typed ? toE164(typed, await country()) : null
      if (number === undefined) throw new FailureError('number-invalid', 'the transfer number is no phone number')
      await keep(number)
      return this.#tell()
    })

  /** The session is another: whoever is not a manager (any more) must not hold the account; in the sandbox's own workspace the demo account is taken. */
  follow = (): void => {
    const record = this.#options.session.record()
    const isManager = record?.user.role === 'manager'
    if (isManager && !record.workspace.isSandbox) return
    this.#followed = this.#queue(() => (isManager ? this.#takeDemo() : this.#drop())).catch((error: unknown) =>
      this.#options.log.warn({ error: String(error) }, 'the Twilio account did not follow the session'),
    )
  }

  /** What is being asked of Twilio is not waited for; what is being kept is. */
  close = async (): Promise<void> => {
    this.#closing.reject(new FailureError('twilio-unreachable', 'the app is closing', { reason: 'closing' }))
    await this.#work
  }

  /** The sandbox's account is ours to know: kept at once, so that nothing has to wait for it. */
  /** Another account than the sandbox's is of no use in its workspace: that of a sandbox which is gone. */
  async #takeDemo(): Promise<void> {
    const { demo, log } = this.#options
    if (!demo || this.#record?.credentials.accountSid === demo.accountSid) return
    const unknown = { name: null, isTrial: null, balance: null }
    const verified = await this.#verify(demo).catch((error: unknown) => log.warn({ error: String(error) }, 'the sandbox did not answer'))
    await this.#keep({ credentials: demo, ...(verified ?? unknown), checkedAt: this.#now(), failure: null })
    await this.#options.onOther()
    await this.#tell()
  }

  async #drop(): Promise<void> {
    const { records, preferences, onOther } = this.#options
    if (!this.#record && (await preferences.transferNumber()) === null) return
    await records.forget()
    await preferences.keep(null)
    this.#record = undefined
    this.#connected = undefined
    await onOther()
  }

  async #keep(record: TwilioRecord): Promise<void> {
    await this.#options.records.save(record)
    this.#record = record
  }

  /** @throws FailureError also `account-not-the-relays`: numbers bought there would never ring here */
  async #verify(credentials: Credentials): Promise<Verified> {
    this.#isVerifying = true
    try {
      return await Promise.race([this.#closing.promise, this.#ask(credentials)])
    } finally {
      this.#isVerifying = false
    }
  }

  /** Some request was not let in: whether that holds is asked once more, so that the account shows as wrong where it is set up. */
  #suspect = (): void => {
    if (this.#isVerifying || this.#record === undefined) return
    this.#isVerifying = true // one of many at once
    void this.test()
      .catch(() => undefined)
      .finally(() => (this.#isVerifying = false))
  }

  async #ask(credentials: Credentials): Promise<Verified> {
    const verified = await verifyAccount(await this.#connect(credentials))
    const relays = await this.#options.voiceToken.get(false).then(
      ({ token }) => issuerOf(token),
      () => undefined, // the relay is away: not known
    )
    if (relays !== undefined && relays !== credentials.accountSid)
      throw new FailureError('account-not-the-relays', 'the relay works with another account', { lastFour: relays.slice(-4) })
    return verified
  }

  async #ownKey(given: Credentials): Promise<Credentials> {
    const twilio = await this.#connect(given)
    const { sid, secret } = await twilio.createKey(`Linekeeper ${this.#options.deviceName}`.slice(0, FRIENDLY_NAME))
    return { accountSid: given.accountSid, apiKey: sid, apiSecret: secret }
  }

  /** One client per credentials: it bounds their requests. */
  #connect(credentials: Credentials): Promise<TwilioAccount> {
    if (this.#connected?.credentials !== credentials)
      this.#connected = { credentials, account: this.#options.connect(credentials, this.#suspect) }
    return this.#connected.account
  }

  #view = async (): Promise<AccountView> => accountView(this.#record, await this.#options.preferences.transferNumber())

  async #tell(): Promise<AccountView> {
    const view = await this.#view()
    this.#changes.emit(view)
    return view
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work)
    this.#work = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }

  #now = (): string => this.#options.clock.now().toISOString()
}
