import { recordOf } from '../../contract/call-record.ts'
import { FailureError } from '../../contract/failure.ts'
import { isKnownRecord, type KnownRecord } from '../../contract/record-check.ts'
import { maskTimeline } from '../../contract/timeline-mask.ts'
import { timelineOf } from '../../contract/timeline-of.ts'
import { whyOf } from '../../contract/timeline-why.ts'
import type { CallTimeline, TimelineEntry } from '../../contract/timeline.ts'
import type { Handlers } from '../bridge/bridge.ts'
import type { RelayClock } from '../link/relay-clock.ts'
import type { SessionService } from '../link/session.ts'
import type { Store } from '../store/store.ts'

export interface TimelineDeps {
  store: Pick<Store, 'reader'>
  session: Pick<SessionService, 'record'>
  clock: Pick<RelayClock, 'offsetMs'>
  version: string
}

/** Answers `calls.timeline`. @throws FailureError `not-found` */
export function createTimeline({ store, session, clock, version }: TimelineDeps): Handlers['calls.timeline'] {
  return async ({ callId, mask }) => {
    const parts = await store.reader.timeline(callId)
    const record = parts && recordOf(callId, parts.facts)
    if (!parts || !record) throw new FailureError('not-found', 'no such call')
    const { facts, names } = parts
    const known = parts.records.filter(isKnownRecord)
    const deviceId = session.record()?.device.deviceId ?? null
    const why = whyOf(record, deviceId)
    const timeline: CallTimeline = {
      callId,
      entries: timelineOf(record, facts, known).map((entry) => named(entry, names)),
      why: named(why, names),
      quality: known.flatMap(seriesOf),
      about: { version, clockOffsetMs: Math.round(clock.offsetMs()), isMasked: false },
    }
    return mask ? maskTimeline(timeline) : timeline
  }
}

/** With the names of the user and the device it is about, where they are known. */
function named<T extends Pick<TimelineEntry, 'params'>>(entry: T, names: ReadonlyMap<string, string>): T {
  const nameOf = (id: TimelineEntry['params'][string] | undefined) => (typeof id === 'string' ? (names.get(id) ?? null) : null)
  const { userId, deviceId } = entry.params
  return { ...entry, params: { ...entry.params, userName: nameOf(userId), deviceName: nameOf(deviceId) } }
}

function seriesOf(record: KnownRecord): CallTimeline['quality'] {
  if (record.kind !== 'quality' || record.value === null) return []
  const deviceId = record.recordId.split(':').at(-1) ?? ''
  return [{ deviceId, userId: record.byUserId, samples: record.value.samples }]
}
