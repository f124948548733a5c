import type { SandboxCall } from '../engine-port.ts'
import { countryOf, outboundPrice, whereIs } from '../world/world.ts'

/** USD per started minute, in units of 0.00001; numbers cost what Pricing says, or this where the world has no country for them. */
const PER_MINUTE = { client: 400, numberOut: 1400, numberIn: 850, recording: 250, transcription: 5000 }

const unitsOf = (price: string): number => Math.round(Number(price) * 100_000)

function rateOut(to: string): number {
  const found = outboundPrice(to)
  return found ? unitsOf(found.price) : PER_MINUTE.numberOut
}

/** By the kind of our number that was called; one that is not of the world's making is a local one. */
function rateIn(to: string): number {
  const offer = whereIs(to)?.offer ?? countryOf(to)?.offers[0]
  return offer ? unitsOf(offer.inbound) : PER_MINUTE.numberIn
}

/** A leg's price as Twilio writes it: a negative decimal string. Only answered legs cost anything; the others have none. */
export function priceOfCall(call: SandboxCall): string | null {
  if (call.answeredAt === null || call.endedAt === null) return null
  const isClient = (call.direction === 'inbound' ? call.from : call.to).startsWith('client:')
  const rate = isClient ? PER_MINUTE.client : call.direction === 'inbound' ? rateIn(call.to) : rateOut(call.to)
  return negative(rate * minutes(call.endedAt - call.answeredAt))
}

/** A recording's price. */
export const priceOfRecording = (durationSeconds: number): string => negative(PER_MINUTE.recording * minutes(durationSeconds * 1000))

/** A transcription's price, by the length of what was transcribed. */
export const priceOfTranscription = (durationSeconds: number): string =>
  negative(PER_MINUTE.transcription * minutes(durationSeconds * 1000))

/** Billed minutes: every started one counts. */
export const minutes = (ms: number): number => Math.max(1, Math.ceil(ms / 60_000))

const negative = (units: number): string => `-${(units / 100_000).toFixed(5)}`
