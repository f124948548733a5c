import type { CallRecord } from './call.ts'
import type { CallTimeline } from './timeline.ts'

type Leg = CallRecord['legs'][number]

const deviceLegs = ({ legs }: CallRecord) => legs.filter((leg) => leg.role === 'device')

/** What the call did at one device: `rang`, `dialed` without ringing as far as is known, `skipped` by the relay, or `none` of these. */
export function ringAt(record: CallRecord, deviceId: string | null): 'rang' | 'dialed' | 'skipped' | 'none' {
  const own = deviceLegs(record).filter((leg) => deviceId !== null && leg.deviceId === deviceId)
  if (own.some(hasRung)) return 'rang'
  if (own.some((leg) => leg.sid !== null)) return 'dialed'
  return own.length > 0 ? 'skipped' : 'none'
}

const hasRung = (leg: Leg) => leg.ringAt !== null || leg.answerAt !== null

/**
 * The answer to "why did it (not) ring?" in one sentence: its key (`why-…`) and what fills it. `here`: what became of it at this device.
 * Says what the outcome table says (RULES R6), never more. Pure.
 */
export function whyOf(record: CallRecord, deviceId: string | null): CallTimeline['why'] {
  const { outcome, reason, ringSeconds, userId } = record
  if (record.direction === 'outgoing') return outgoing(record)
  const rung = deviceLegs(record).filter(hasRung).length
  const devices = new Set(deviceLegs(record).flatMap((leg) => leg.deviceId ?? [])).size
  const params = { here: ringAt(record, deviceId), reason, seconds: ringSeconds, devices, rung, userId: userId ?? declinerOf(record) }
  if (outcome === 'answered' || outcome === 'ongoing' || outcome === 'abandoned') return { what: `why-${outcome}`, params }
  return { what: `why-${reason ?? 'missed'}`, params: { ...params, isVoicemail: outcome === 'voicemail' } }
}

/** Who declined, where one leg says so. */
const declinerOf = (record: CallRecord) => deviceLegs(record).find((leg) => leg.status === 'busy')?.userId ?? null

function outgoing({ outcome, reason, ringSeconds }: CallRecord): CallTimeline['why'] {
  const params = { reason, seconds: ringSeconds }
  if (outcome === 'answered') return { what: 'why-reached', params }
  if (outcome === 'ongoing') return { what: 'why-ongoing', params }
  return { what: 'why-not-reached', params }
}
