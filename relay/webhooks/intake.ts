import type { CallFact } from '../../contract/call.ts'
import type { LogEvent } from '../../contract/event.ts'
import type { SeenWebhooks } from '../calls/seen.ts'
import type { Audience, Writer } from '../ports.ts'
import { one } from './form.ts'
import { webhookKey, type Webhook } from './webhook.ts'

/** What handling a webhook may change. */
export interface Effects {
  facts(callId: string, facts: readonly CallFact[], entitled?: readonly string[]): void
  event(event: LogEvent, audience: Audience): void
}
const noEffects: Effects = { facts: () => undefined, event: () => undefined }

/** Decides the answer and says what changed; runs inside the writer's transaction: no waiting, no REST. '' answers nothing. */
export type Handle = (webhook: Webhook, effects: Effects) => string

export interface IntakeCounters {
  taken: number
  repeated: number
  forged: number
  /** Answered before, or without, being durable. */
  emergencies: number
  /** Callbacks we asked Twilio to send again. */
  refused: number
}

export interface IntakeDeps {
  writer: Writer
  seen: SeenWebhooks
  effects: Effects
  log: { warn(details: object, message: string): void; error(details: object, message: string): void }
  /** How long a commit may take before the answer goes out without it. */
  budgetMs: number
  /** Called when something could not be stored in time: the reconciler will look. */
  onRefusal(): void
}

/**
 * What a webhook is known by (RULES R13): the number Twilio gave it, which says at least as much as its content, else the hash of what was
 * signed. Only callbacks are numbered: in a voice request the same names may be a client's own parameters.
 */
function keyOf({ form, url, callSid }: Webhook, isCallback: boolean): string {
  const sequence = one(form, 'SequenceNumber')
  const callbackSource = one(form, 'CallbackSource')
  const isNumbered = isCallback && callSid !== '' && callbackSource !== '' && /^\d{1,6}$/.test(sequence)
  return isNumbered ? `${callSid} ${callbackSource} ${Number(sequence)}` : webhookKey(url, form)
}

/** Twilio asks again within a minute, or not at all. */
const REPEATED_WITHIN_MS = 60_000

const LATE = Symbol('late')
function within<T>(work: Promise<T>, ms: number): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, ms, LATE)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** An answer that was given before, or without, being durable. */
interface Emergency {
  newCallId: string
  answer: string
  at: number
}

/** Answers given in an emergency, for as long as Twilio may ask again (RULES R13). */
function createEmergencies() {
  const given = new Map<string, Emergency>()
  return {
    get: (key: string) => given.get(key),
    put(key: string, { newCallId, receivedAt }: Webhook, answer: string): string {
      const at = Date.parse(receivedAt)
      for (const [old, emergency] of given) if (emergency.at < at - REPEATED_WITHIN_MS) given.delete(old)
      given.set(key, { newCallId, answer, at })
      return answer
    },
  }
}
type Emergencies = ReturnType<typeof createEmergencies>

/** Stores a webhook with its answer, or finds the first answer; undefined when it is not durable in time. */
function createKeeper(deps: IntakeDeps, counters: IntakeCounters, emergencies: Emergencies) {
  const { writer, seen, effects, log, budgetMs } = deps
  async function keep(key: string, webhook: Webhook, handle: Handle): Promise<string> {
    const { answer, isRepeated } = await writer.submit(() => {
      const first = seen.answerOf(key)
      if (first !== undefined) return { answer: first, isRepeated: true }
      // Twilio acts on what it was told already: the call is kept under that id, and the answer is that one.
      const given = emergencies.get(key)
      const decided = handle(given ? { ...webhook, newCallId: given.newCallId } : webhook, effects)
      const told = given?.answer ?? decided
      seen.remember(key, told, webhook.receivedAt)
      return { answer: told, isRepeated: false }
    })
    counters[isRepeated ? 'repeated' : 'taken']++
    return answer
  }
  return async function durable(key: string, webhook: Webhook, handle: Handle): Promise<string | undefined> {
    const work = keep(key, webhook, handle)
    try {
      const answer = await within(work, budgetMs)
      if (answer !== LATE) return answer
      work.catch((error: unknown) => log.error({ err: error, callSid: webhook.callSid }, 'a late webhook was not stored'))
    } catch (error) {
      log.error({ err: error, callSid: webhook.callSid }, 'a webhook was not stored')
    }
    deps.onRefusal()
    return undefined
  }
}

/** Takes webhooks once: durable before they are answered, the first answer again when repeated (RULES R13, R14). */
export function createIntake(deps: IntakeDeps) {
  const counters: IntakeCounters = { taken: 0, repeated: 0, forged: 0, emergencies: 0, refused: 0 }
  const emergencies = createEmergencies()
  const durable = createKeeper(deps, counters, emergencies)
  return {
    counters,
    /** For voice requests: a caller waits, so what is decided is answered even if it could not be stored in time. */
    async answer(webhook: Webhook, handle: Handle, lastResort: string): Promise<string> {
      const key = keyOf(webhook, false)
      const answer = await durable(key, webhook, handle)
      if (answer !== undefined) return answer
      counters.emergencies++
      try {
        return emergencies.get(key)?.answer ?? emergencies.put(key, webhook, handle(webhook, noEffects))
      } catch (error) {
        deps.log.error({ err: error, callSid: webhook.callSid }, 'no answer could be decided')
        return lastResort
      }
    },
    /** For callbacks: true once durable; false asks Twilio to come again. */
    async accept(webhook: Webhook, handle: Handle): Promise<boolean> {
      if ((await durable(keyOf(webhook, true), webhook, handle)) !== undefined) return true
      counters.refused++
      return false
    },
  }
}
export type Intake = ReturnType<typeof createIntake>
