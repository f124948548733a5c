import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pastLegs, type Past } from '../twilio/account/demo.ts'
import { newSid } from '../twilio/account/random.ts'
import { priceOfRecording } from '../twilio/engine/pricing.ts'
import type { SandboxCall, SandboxRecording } from '../twilio/engine-port.ts'
import { SAMPLE_RATE } from '../twilio/media/frames.ts'
import { wavBytes } from '../twilio/media/wav.ts'
import type { AccountPorts } from './account.ts'

/** The body of POST /control/history. */
export interface HistoryOrder {
  calls: number
  /** How far back they reach, evenly. */
  days: number
  /** How many of them have a recording with audio. */
  recordings?: number
  /** Identities of the Devices at our end, in turn. */
  clients?: string[]
}

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['calls', 'days'],
  properties: {
    calls: { type: 'integer', minimum: 1, maximum: 200_000 },
    days: { type: 'integer', minimum: 1, maximum: 3650 },
    recordings: { type: 'integer', minimum: 0, maximum: 2000 },
    clients: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: { type: 'string', pattern: String.raw`^\w{1,121}$`, description: 'the identity of a Device like u1_d1' },
    },
  },
}

/** Serves POST /control/history: calls that are over and rated, as if the account were older than it is. Nobody is told of them. */
export function serveHistory(control: FastifyInstance, ports: AccountPorts): void {
  control.post<{ Body: HistoryOrder }>('/history', { schema: { body: schema } }, (request, reply) => {
    const { calls, days } = request.body
    if (ports.account.state.numbers.length === 0) return reply.code(409).send({ error: 'the account has no number that could be called' })
    const made = seeded(ports, request.body)
    ports.account.calls.seed(made.legs)
    ports.account.recordings.seed(made.recordings)
    ports.listed.historySeeded(made.legs, made.recordings)
    return reply.code(201).send({ calls, days, legs: made.legs.length, recordings: made.recordings.length })
  })
}

const dayMs = 86_400_000
/** The newest one began so long ago: it is over, whatever its length. */
const newestMs = 3_600_000
/** Other parties: each calls more than once. */
const parties = 500
/** How recorded ones are talked: their audio is as long. */
const recordedSeconds = 3

const kinds: Past['kind'][] = ['answered', 'outgoing', 'missed', 'answered', 'outgoing', 'answered', 'missed', 'outgoing', 'outgoing-busy']

function seeded(ports: AccountPorts, { calls, days, recordings: wanted = 0, clients = ['u1_d1', 'u2_d1'] }: HistoryOrder) {
  const { account, clock } = ports
  const { random, state } = account
  const newest = clock.now() - newestMs
  const stepMs = (days * dayMs - newestMs) / calls
  const legs: SandboxCall[] = []
  const recordings: SandboxRecording[] = []
  const sounds = { call: wavBytes(tones(440, 700), 2), message: wavBytes(tones(700)) }
  for (let nth = 0; nth < calls; nth++) {
    const isRecorded = recordings.length < wanted && Math.floor(((nth + 1) * wanted) / calls) > recordings.length
    const one = pastOf(nth, isRecorded, random, state.numbers.length, clients)
    const pair = pastLegs(one, state, random, Math.floor((newest - nth * stepMs) / 1000) * 1000)
    for (const leg of pair) legs.push(leg)
    if (isRecorded && pair[0]) recordings.push(recordingOf(ports, pair[0], one.kind === 'missed', sounds))
  }
  return { legs, recordings }
}

/** The nth call before now. A recorded one was answered, or left a message. */
function pastOf(nth: number, isRecorded: boolean, random: () => number, numbers: number, clients: string[]): Past {
  const kind = kinds[nth % kinds.length] ?? 'answered'
  const isTalked = kind === 'answered' || kind === 'outgoing'
  return {
    kind: kind === 'outgoing-busy' && isRecorded ? 'outgoing' : kind,
    number: nth % numbers,
    party: `+1${['212', '310', '415', '512', '617'][nth % 5]}${5_550_000 + Math.floor(random() * parties)}`,
    client: clients[nth % clients.length] ?? 'u1_d1',
    minutesAgo: 0,
    rangSeconds: 2 + Math.floor(random() * 20),
    talkedSeconds: isRecorded && kind !== 'missed' ? recordedSeconds : isTalked ? 5 + Math.floor(random() * 400) : 0,
  }
}

/** A call's dual recording (440 Hz by the caller's leg, 700 Hz by the other), or a message (700 Hz). */
function recordingOf(
  { account }: AccountPorts,
  parent: SandboxCall,
  isMessage: boolean,
  sounds: Record<'call' | 'message', Uint8Array>,
): SandboxRecording {
  const sid = newSid(account.random, 'RE')
  const file = join(account.mediaFolder, `${sid}.wav`)
  writeFileSync(file, isMessage ? sounds.message : sounds.call)
  const startedAt = parent.answeredAt ?? parent.createdAt
  const doneAt = startedAt + (recordedSeconds + 2) * 1000
  return {
    sid,
    accountSid: parent.accountSid,
    callSid: parent.sid,
    status: 'completed',
    source: isMessage ? 'RecordVerb' : 'DialVerb',
    channels: isMessage ? 1 : 2,
    track: isMessage ? 'inbound' : 'both',
    startedAt,
    createdAt: startedAt,
    updatedAt: doneAt,
    durationSeconds: recordedSeconds,
    errorCode: null,
    priceAt: doneAt,
    price: priceOfRecording(recordedSeconds),
    file,
  }
}

/** So many seconds of one tone per channel, interleaved. */
const tones = (...hz: number[]): Int16Array =>
  Int16Array.from({ length: recordedSeconds * SAMPLE_RATE * hz.length }, (_, at) =>
    Math.round(9000 * Math.sin((2 * Math.PI * (hz[at % hz.length] ?? 0) * Math.floor(at / hz.length)) / SAMPLE_RATE)),
  )
