import { FailureError, toFailure } from '../../contract/failure.ts'
import { toE164 } from '../../contract/e164.ts'
import type { AccountView } from '../../contract/number-desktop.ts'
import { createEmitter } from '../../base/emitter.ts'
import type { SessionService } from '../link/session.ts'
import type { VoiceToken } from '../link/voice-token.ts'
import type { Clock, Log } from '../ports.ts'
import type { TwilioAccount } from '../twilio/port.ts'
import { accountLines, type AccountLine } from './account-trace.ts'
import { requireManager } from './manager.ts'
import { anotherThan, compared, isProven, relaysAccount } from './twilio-compare.ts'
import {
  accountView,
  credentialsOf,
  type Credentials,
  type TwilioRecord,
  type TwilioRecords,
  type TypedCredentials,
} from './twilio-record.ts'
import { verifyAccount, type Verified } from './twilio-verify.ts'

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
  /** Keeps lines of the trace until the relay has them. */
  trace: (line: AccountLine) => Promise<void>
  /** The account is another, or none: what was heard of the old one is not this one's. */
  onOther: () => Promise<void>
  /** The account of a sandbox started beside this app: taken when none is kept and the workspace is that sandbox's. */
  demo?: Credentials | undefined
}

/** What Twilio and the relay say of credentials. */
type Found = Verified & Pick<TwilioRecord, 'isCompared'>

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
  /** A comparison that nobody asked for; never rejects. */
  #comparing: Promise<void> = Promise.resolve()
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

  /**
   * The account to work with, which is the relay's: one that was set up while the relay was away is compared first, since another's answers
   * would make every number of ours look gone.
   * @throws FailureError `account-missing`, `account-not-the-relays`, `not-signed-in`, `forbidden`; `relay-unreachable`: not compared yet
   */
  current = async (): Promise<TwilioAccount> => {
    await this.#followed
    await this.#comparing
    requireManager(this.#options.session)
    if (!this.#record) throw new FailureError('account-missing')
    if (!isProven(this.#record)) await this.#compare(false)
    requireManager(this.#options.session)
    return this.#connect(this.#proven().credentials)
  }

  /** Whether `current` would answer: for work that nobody asked for. Asks nobody. */
  isSet = (): boolean => isProven(this.#record) && this.#options.session.record()?.user.role === 'manager'

  /** The relay is there (again): it may work with another account by now. What is asked for meanwhile waits for the answer. */
  welcomed = (): void => {
    if (!this.#record) return
    this.#comparing = this.#compare(true).catch((error: unknown) =>
      this.#options.log.info({ error: String(error) }, 'the Twilio account is not compared with the relay’s'),
    )
  }

  /** Verifies and keeps; what was kept stays when this is wrong. `createKey`: an API key of our own instead of the auth token. @throws FailureError */
  set = ({ createKey = false, ...typed }: TypedCredentials & { createKey?: boolean }): Promise<AccountView> =>
    this.#queue(async () => {
      requireManager(this.#options.session)
      const given = credentialsOf(typed)
      const verified = await this.#verify(given)
      const credentials = createKey && 'authToken' in given ? await this.#ownKey(given) : given
      const was = this.#record
      const isOther = was?.credentials.accountSid !== given.accountSid
      const record = { credentials, isCompared: !isOther && was?.isCompared === true, ...verified, checkedAt: this.#now(), failure: null }
      await this.#keep(record)
      await this.#options.trace(accountLines.set(was, record))
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

  /** No key or token stays on this computer; a key that was made for it stays at Twilio. The transfer number is no part of it. @throws FailureError */
  forget = (): Promise<AccountView> =>
    this.#queue(async () => {
      requireManager(this.#options.session)
      const was = this.#record
      if (!was) return this.#tell()
      await this.#drop()
      await this.#options.trace(accountLines.forgotten(was))
      return this.#tell()
    })

  /** Where calls go that an assistant cannot take; null: nowhere. @throws FailureError `number-invalid` */
  setTransferNumber = (text: string | null): Promise<AccountView> =>
    this.#queue(async () => {
      requireManager(this.#options.session)
      const { country, keep, transferNumber } = this.#options.preferences
      const typed = text?.trim() ?? ''
      const number = typed ? toE164(typed, await country()) : null
      if (number === undefined) throw new FailureError('number-invalid', 'the transfer number is no phone number')
      const was = await transferNumber()
      await keep(number)
      if (was !== number) await this.#options.trace(accountLines.transferNumber(was, number))
      return this.#tell()
    })

  /** The session is another: whoever is not a manager (any more) must not hold the account; in the sandbox's own workspace the demo account is taken. */
  follow = (): void => {
    const record = this.#options.session.record()
    const isManager = record?.user.role === 'manager'
    if (isManager && !record.workspace.isSandbox) return
    this.#followed = this.#queue(() => (isManager ? this.#takeDemo() : this.#leave())).catch((error: unknown) =>
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

  /** Whoever comes next is somebody else: nothing that only managers see stays. */
  async #leave(): Promise<void> {
    const { transferNumber, keep } = this.#options.preferences
    if ((await transferNumber()) !== null) await keep(null)
    if (this.#record) await this.#drop()
  }

  async #drop(): Promise<void> {
    const { records, onOther } = this.#options
    await records.forget()
    this.#record = undefined
    this.#connected = undefined
    await onOther()
  }

  async #keep(record: TwilioRecord): Promise<void> {
    await this.#options.records.save(record)
    this.#record = record
  }

  /** @throws FailureError also `account-not-the-relays`: numbers bought there would never ring here */
  async #verify(credentials: Credentials): Promise<Found> {
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

  async #ask(credentials: Credentials): Promise<Found> {
    const verified = await verifyAccount(await this.#connect(credentials))
    const relays = await relaysAccount(this.#options.voiceToken, false).catch(() => undefined) // the relay is away: not known
    if (relays === undefined) return verified
    const refusal = anotherThan(relays, credentials.accountSid)
    if (refusal) throw refusal
    return { ...verified, isCompared: true }
  }

  /** Asks the relay, keeps what came of it and tells. @throws FailureError when the relay does not say */
  async #compare(renew: boolean): Promise<void> {
    const record = this.#record
    const relays = await relaysAccount(this.#options.voiceToken, renew)
    await this.#queue(async () => {
      if (!record || this.#record !== record) return // another was set up meanwhile, and compared
      const after = compared(record, anotherThan(relays, record.credentials.accountSid), this.#now())
      if (after === record) return
      await this.#keep(after)
      await this.#tell()
    })
  }

  /** @throws FailureError `account-missing`, `account-not-the-relays`, `relay-unreachable` */
  #proven(): TwilioRecord {
    const record = this.#record
    if (record && isProven(record)) return record
    const { failure } = record ?? {}
    if (failure?.code === 'account-not-the-relays') throw new FailureError(failure.code, failure.message, failure.details)
    throw new FailureError(record ? 'relay-unreachable' : 'account-missing', 'the account is not compared with the relay’s')
  }

  async #ownKey(given: Credentials): Promise<Credentials> {
    const twilio = await this.#connect(given)
    const { sid, secret } = await twilio.createKey(`Linekeeper ${this.#options.deviceName}`.slice(0, FRIENDLY_NAME))
    await this.#options.trace(accountLines.keyCreated(given.accountSid, sid))
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
