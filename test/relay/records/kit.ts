import type { CallFact } from '../../../contract/call.ts'
import type { CommandsReply, Session } from '../../../contract/relay.ts'
import type { RecordKind, RecordOf, UserRecord } from '../../../contract/record.ts'
import { makeRelay, type Enrolled, type MemoryNumber } from '../kit.ts'

export const sidOf = (prefix: 'CA' | 'RE', index: number) => prefix + String(index).padStart(32, '0')
export const idOf = ({ session }: Enrolled) => session.user.userId
export const deviceOf = ({ session }: Enrolled) => session.device.deviceId

/** An instant of the test's day: seconds after ten o'clock. */
export const instant = (seconds: number) => new Date(Date.parse('2026-11-21T10:00:00.000Z') + seconds * 1000).toISOString()
export const fact = (subject: string, field: string, value: CallFact['value'], source: CallFact['source'] = 'webhook'): CallFact => {
  return { subject, field, value, source, at: instant(0) }
}

export interface PlannedCall {
  callId: string
  direction?: 'incoming' | 'outgoing'
  party?: string
  ourNumber?: string
  /** Seconds after ten. */
  start?: number
  /** Who answered, or placed it and was answered; nobody: missed. */
  answeredBy?: Enrolled
  recordings?: { sid: string; source?: string; status?: string; startedAt?: string }[]
}

/** Everything Twilio and the relay say of a call that is over. */
export function factsOfCall(planned: PlannedCall): CallFact[] {
  const { callId, direction = 'incoming', party = '+14155550102', ourNumber = '+14155550101', start = 0, answeredBy } = planned
  const isIncoming = direction === 'incoming'
  const who = answeredBy && { userId: idOf(answeredBy), deviceId: deviceOf(answeredBy) }
  const ours = Object.entries(who ?? {}).map(([field, value]) => fact(isIncoming ? 'leg:c' : 'call', field, value, 'relay'))
  const recordings = (planned.recordings ?? []).flatMap(({ sid, source = 'DialVerb', status = 'completed', startedAt = instant(start) }) =>
    Object.entries({ source, status, durationSeconds: 9, channels: 2, startedAt }).map(([field, value]) =>
      fact(`rec:${sid}`, field, value),
    ),
  )
  return [
    fact('call', 'direction', direction, 'relay'),
    fact('call', isIncoming ? 'from' : 'to', party),
    fact('call', 'ourNumber', ourNumber, 'relay'),
    fact('call', 'startedAt', instant(start)),
    fact('call', 'endedAt', instant(start + 60)),
    fact(`leg:p`, 'sid', `CA${Buffer.from(callId).toString('hex').padStart(32, '0').slice(-32)}`),
    fact(`leg:p`, 'role', isIncoming ? 'party' : 'device', 'relay'),
    fact(`leg:p`, 'status', 'completed'),
    fact(`leg:c`, 'role', isIncoming ? 'device' : 'party', 'relay'),
    fact(`leg:c`, 'parentSid', sidOf('CA', 1)),
    fact(`leg:c`, 'status', answeredBy ? 'completed' : 'no-answer'),
    ...(answeredBy ? [fact(`leg:c`, 'bridged', true), fact(`leg:c`, 'answerAt', instant(start + 5))] : [fact('call', 'rangOut', true)]),
    ...ours,
    ...recordings,
  ]
}

export const DAY_MS = 24 * 3_600_000

/** A relay with Ada, a manager, and Sam and Joe of the staff. */
export async function makeOffice(env: Record<string, string> = {}, numbers: MemoryNumber[] = [], options = {}) {
  const relay = await makeRelay({ RELAY_REFRESH_MS: String(10 * 365 * DAY_MS), ...env }, numbers, options)
  const [ada, sam, joe] = [
    await relay.enrolled('Ada', 'manager'),
    await relay.enrolled('Sam', 'staff'),
    await relay.enrolled('Joe', 'staff'),
  ]
  let commands = 0
  return {
    ...relay,
    ada,
    sam,
    joe,
    /** So much later, all still signed in. */
    later: async (ms: number) => {
      relay.time.movedMs += ms
      for (const who of [ada, sam, joe]) {
        who.session = (await relay.refresh(who)).json<Session>()
        who.headers.authorization = `Bearer ${who.session.token}`
      }
    },
    /** Learns of a call that is over. */
    call: (planned: PlannedCall, entitled: readonly Enrolled[] = []) =>
      relay.core.writer.submit(() => relay.telephony.deps.events.record(planned.callId, factsOfCall(planned), entitled.map(idOf))),
    learn: (callId: string, facts: CallFact[], entitled: readonly Enrolled[] = []) =>
      relay.core.writer.submit(() => relay.telephony.deps.events.record(callId, facts, entitled.map(idOf))),
    /** Sends a command as this person; `applied`, or the code it was refused with. */
    send: async (who: Enrolled, command: object): Promise<string> => {
      const body = { commands: [{ commandId: `k${(commands += 1)}`, ...command }] }
      const reply = await relay.post('/api/commands', body, who.headers)
      if (reply.statusCode !== 200) return `${reply.statusCode} ${reply.json<{ code: string }>().code}`
      const [result] = reply.json<CommandsReply>().results
      return result?.code ?? result?.status ?? 'nothing'
    },
    /** What this person was told of records, in order. */
    told: (who: Enrolled): UserRecord[] =>
      relay.core.events
        .after(0, { userId: idOf(who), role: who.session.user.role }, 10_000)
        .flatMap((event) => (event.type === 'record.changed' ? [event.payload] : [])),
    kept: <K extends RecordKind>(kind: K, recordId: string): RecordOf<K>['value'] | undefined =>
      relay.core.records.get(kind, recordId)?.value,
  }
}
export type Office = Awaited<ReturnType<typeof makeOffice>>

/** `record.put` about a call. */
export const putOf = (kind: RecordKind, recordId: string, callId: string | null, value: unknown, base: unknown = null) => {
  return { name: 'record.put', kind, recordId, callId, phoneNumber: null, base, value }
}
