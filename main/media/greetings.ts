import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { BridgeArgs, BridgeValue } from '../../contract/desktop.ts'
import { FailureError } from '../../contract/failure.ts'
import { greetingSeconds, GreetingRow } from '../../contract/greeting.ts'
import type { RelayStream, StreamRequest } from '../link/relay-stream.ts'
import type { Tickets } from './tickets.ts'

type Greeting = BridgeArgs<'greetings.set'>['greeting']

export interface GreetingsOptions {
  relay: RelayStream
  tickets: Tickets
  /** The numbers with their greetings, as the page knows them. */
  list: () => Promise<BridgeValue<'greetings.list'>>
  /** The relay must have taken and answered it within, ms: it may be some megabytes. */
  timeoutMs: number
}

const pathOf = (phoneNumber: string) => `/api/greetings/${encodeURIComponent(phoneNumber)}`

/** The request that sets a greeting; a WAV that the relay would refuse is refused here. @throws FailureError `greeting-invalid` */
export function greetingRequest(phoneNumber: string, greeting: Greeting): Omit<StreamRequest, 'signal'> {
  const path = pathOf(phoneNumber)
  if (greeting === null) return { method: 'DELETE', path }
  if (greeting.kind === 'spoken')
    return { method: 'PUT', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(greeting) }
  const body = Uint8Array.from(Buffer.from(greeting.wav, 'base64'))
  greetingSeconds(body)
  const query = new URLSearchParams({ kind: greeting.kind, ...(greeting.name === null ? {} : { name: greeting.name }) })
  return { method: 'PUT', path: `${path}?${query.toString()}`, headers: { 'content-type': 'audio/wav' }, body }
}

/** What callers hear before the beep: set at the relay, and listened to through it. */
export function createGreetings({ relay, tickets, list, timeoutMs }: GreetingsOptions) {
  return {
    /** @throws FailureError `greeting-invalid`, `forbidden`, `not-found`, `relay-unreachable` */
    async set({ phoneNumber, greeting }: BridgeArgs<'greetings.set'>): Promise<BridgeValue<'greetings.set'>> {
      const response = await relay({ ...greetingRequest(phoneNumber, greeting), signal: AbortSignal.timeout(timeoutMs) })
      if (greeting === null) {
        await response.body?.cancel()
        return { greeting: null }
      }
      const row: unknown = await response.json().catch(() => undefined)
      if (!Value.Check(Type.Pick(GreetingRow, ['greeting']), row)) throw new FailureError('relay-refused', 'no row of a greeting')
      return { greeting: row.greeting }
    },
    /** @throws FailureError `not-found` when the number has no greeting with sound */
    async open({ phoneNumber }: BridgeArgs<'greetings.open'>): Promise<BridgeValue<'greetings.open'>> {
      const row = (await list()).find((one) => one.phoneNumber === phoneNumber)
      if (row?.greeting?.mediaId == null) throw new FailureError('not-found', 'this number has no greeting with sound')
      return { url: tickets.issue({ kind: 'greeting', phoneNumber }) }
    },
  }
}
