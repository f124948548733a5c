import type { SandboxCall } from '../engine-port.ts'
import type { Clock } from '../ports.ts'
import { rfc2822 } from './http.ts'

const subresources = {
  events: 'Events',
  notifications: 'Notifications',
  payments: 'Payments',
  recordings: 'Recordings',
  siprec: 'Siprec',
  streams: 'Streams',
  transcriptions: 'Transcriptions',
  user_defined_message_subscriptions: 'UserDefinedMessageSubscriptions',
  user_defined_messages: 'UserDefinedMessages',
}

const final = new Set<SandboxCall['status']>(['completed', 'busy', 'failed', 'no-answer', 'canceled'])

/** Whether nothing more can happen to it. */
export const isFinal = (call: Pick<SandboxCall, 'status'>): boolean => final.has(call.status)

/** A call as REST shows it now: durations and prices are strings, the price is null until it is rated. */
export function callShape(call: SandboxCall, clock: Pick<Clock, 'now'>): object {
  const uri = `/2010-04-01/Accounts/${call.accountSid}/Calls/${call.sid}`
  const isRated = call.priceAt !== null && clock.now() >= call.priceAt
  return {
    account_sid: call.accountSid,
    answered_by: null,
    api_version: '2010-04-01',
    caller_name: null,
    date_created: rfc2822(call.createdAt),
    date_updated: rfc2822(call.updatedAt),
    direction: call.direction,
    duration: duration(call),
    end_time: rfc2822(call.endedAt),
    forwarded_from: call.forwardedFrom,
    from: call.from,
    from_formatted: formatted(call.from),
    group_sid: null,
    parent_call_sid: call.parentCallSid,
    phone_number_sid: call.phoneNumberSid,
    price: isRated ? call.price : null,
    price_unit: 'USD',
    queue_time: String(Math.round(call.queueTimeMs)),
    sid: call.sid,
    start_time: rfc2822(call.startedAt),
    status: call.status,
    subresource_uris: Object.fromEntries(Object.entries(subresources).map(([name, path]) => [name, `${uri}/${path}.json`])),
    to: call.to,
    to_formatted: formatted(call.to),
    trunk_sid: null,
    uri: `${uri}.json`,
  }
}

/** Whole seconds between the answer and the end, as the second-resolution times show them; null while it lasts. */
function duration(call: SandboxCall): string | null {
  if (!isFinal(call)) return null
  if (call.answeredAt === null || call.endedAt === null) return '0'
  return String(Math.max(0, Math.floor(call.endedAt / 1000) - Math.floor(call.answeredAt / 1000)))
}

/** North American numbers as (415) 555-0100, all else unchanged. */
function formatted(party: string): string {
  return party.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3')
}
