import { FailureError } from '../../contract/failure.ts'
import type { NumberSettings, RemoteNumber } from '../../contract/number.ts'
import type { TwilioAccess } from './account.ts'
import type { TwilioAccount } from './port.ts'
import { remoteNumber } from './shapes.ts'

type OwnNumbers = Pick<TwilioAccount, 'numbers' | 'number' | 'ownedNumber' | 'buy' | 'update' | 'release'>

/** The largest page there is. */
const PAGE = 1000
/** Twilio's way to refuse a release while an emergency address is registered (facts/twilio.md §A.15; the code is not documented). */
const CONFLICT = 20409

/** Settings that have no empty value: leaving them out is the only way not to set them. */
const neverEmpty = new Set<string>([
  'friendlyName',
  'voiceMethod',
  'voiceFallbackMethod',
  'statusCallbackMethod',
  'smsMethod',
  'smsFallbackMethod',
  'voiceReceiveMode',
  'voiceCallerIdLookup',
  'emergencyStatus',
] satisfies (keyof NumberSettings)[])

type Writable = Omit<Partial<NumberSettings>, 'voiceCallerIdLookup' | 'voiceReceiveMode' | 'emergencyStatus'> & {
  voiceCallerIdLookup?: boolean
  voiceReceiveMode?: 'voice' | 'fax'
  emergencyStatus?: 'Active' | 'Inactive'
}

/** As POST parameters; '' unsets where something can be unset. */
function parametersOf({ voiceCallerIdLookup, voiceReceiveMode, emergencyStatus, ...texts }: Partial<NumberSettings>): Writable {
  return {
    ...Object.fromEntries(Object.entries(texts).filter(([name, value]) => value !== '' || !neverEmpty.has(name))),
    ...(voiceCallerIdLookup ? { voiceCallerIdLookup: voiceCallerIdLookup === 'true' } : {}),
    ...(voiceReceiveMode ? { voiceReceiveMode: voiceReceiveMode === 'fax' ? ('fax' as const) : ('voice' as const) } : {}),
    ...(emergencyStatus ? { emergencyStatus: emergencyStatus === 'Active' ? ('Active' as const) : ('Inactive' as const) } : {}),
  }
}

/** The account's own numbers. */
export function createOwnNumbers({ client, ask, change }: TwilioAccess): OwnNumbers {
  return {
    numbers: (onPage) => ask(() => listed(client, onPage)),
    number: (sid) =>
      ask(() => client.incomingPhoneNumbers(sid).fetch()).then(remoteNumber, (error: unknown) => {
        if (error instanceof FailureError && error.code === 'not-found') return undefined
        throw error
      }),
    async ownedNumber(phoneNumber) {
      const rows = await ask(() => client.incomingPhoneNumbers.list({ phoneNumber, pageSize: PAGE })) // matches parts of numbers too
      const row = rows.find((one) => one.phoneNumber === phoneNumber)
      return row && remoteNumber(row)
    },
    buy: ({ phoneNumber, friendlyName, settings }) =>
      change(() => client.incomingPhoneNumbers.create({ ...parametersOf(settings), phoneNumber, friendlyName })).then(remoteNumber),
    update: (sid, settings) => change(() => client.incomingPhoneNumbers(sid).update(parametersOf(settings))).then(remoteNumber),
    async release(sid) {
      try {
        await change(() => client.incomingPhoneNumbers(sid).remove())
      } catch (error) {
        if (!(error instanceof FailureError)) throw error
        if (error.code === 'not-found') return
        if (error.details?.['twilioCode'] === CONFLICT) throw new FailureError('emergency-address-attached', error.message, error.details)
        throw error
      }
    },
  }
}

/** What is read of the library's page: its own type loses itself at the next one. */
interface Page {
  instances: (Parameters<typeof remoteNumber>[0] & { sid: string })[]
  nextPage: () => Promise<Page> | undefined
}

/** The whole list (RULES R30). @throws FailureError `twilio-failed` when a SID comes twice: the list moved while it was read */
async function listed(client: TwilioAccess['client'], onPage: Parameters<OwnNumbers['numbers']>[0]): Promise<RemoteNumber[]> {
  const bySid = new Map<string, RemoteNumber>()
  let page: Page | undefined = await client.incomingPhoneNumbers.page({ pageSize: PAGE })
  while (page) {
    const next = page.nextPage() // under way while this one is taken
    try {
      const numbers = take(page, bySid)
      onPage?.(bySid.size, numbers)
    } catch (error) {
      await next?.catch(() => undefined)
      throw error
    }
    page = await next
  }
  return [...bySid.values()]
}

/** Adds a page to what is listed so far. @returns its numbers */
function take({ instances }: Page, bySid: Map<string, RemoteNumber>): RemoteNumber[] {
  return instances.map((row) => {
    if (bySid.has(row.sid)) throw new FailureError('twilio-failed', 'the list of numbers changed while it was read', { reason: 'moved' })
    const number = remoteNumber(row)
    bySid.set(row.sid, number)
    return number
  })
}
