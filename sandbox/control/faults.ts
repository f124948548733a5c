import type { ClientGateway } from '../twilio/ports.ts'
import { noFaults, type RestFaults } from '../twilio/rest/faults.ts'
import type { Switches } from '../twilio/switches.ts'
import type { WebhookFaults } from '../twilio/webhooks/webhooks.ts'

/** The body of POST /control/faults. Counters say how many of the next are hit; 0 ends a fault. */
export interface FaultOrder {
  dropNextAnswer?: number | boolean
  delayMs?: number
  tooManyRequests?: number
  status5xx?: number
  dropNextPurchase?: number | boolean
  takenBeforePurchase?: number | boolean
  slowPages?: number
  slowPageMs?: number
  duplicateWebhooks?: number | boolean
  reorderWebhooks?: number | boolean
  dropWebhooks?: number | boolean
  webhookDelayMs?: number
  signalingDrop?: { identity?: string; refuseMs?: number }
  mediaLoss?: number
  mediaDelayMs?: number
  switches?: Partial<Switches>
}

export interface FaultPorts {
  rest: RestFaults
  webhooks: WebhookFaults
  switches: Switches
  /** As the profile set them: what a reset goes back to. */
  initialSwitches: Switches
  gateway: Pick<ClientGateway, 'dropSignaling'>
}

const count = { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'boolean' }] }
const ms = { type: 'number', minimum: 0, maximum: 600_000 }

/** JSON schema of the body, `switches` checked against those there are. */
export const faultSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    dropNextAnswer: count,
    delayMs: ms,
    tooManyRequests: { type: 'integer', minimum: 0 },
    status5xx: { type: 'integer', minimum: 0 },
    dropNextPurchase: count,
    takenBeforePurchase: count,
    slowPages: { type: 'integer', minimum: 0 },
    slowPageMs: ms,
    duplicateWebhooks: count,
    reorderWebhooks: count,
    dropWebhooks: count,
    webhookDelayMs: ms,
    signalingDrop: {
      type: 'object',
      additionalProperties: false,
      properties: { identity: { type: 'string', minLength: 1 }, refuseMs: ms },
    },
    mediaLoss: { type: 'number', minimum: 0, maximum: 1 },
    mediaDelayMs: ms,
    switches: { type: 'object' },
  },
}

/** Sets what shall go wrong. Returns a sentence instead when a switch does not exist or has another type; then nothing is changed. */
export function applyFaults(
  order: FaultOrder,
  { rest, webhooks, switches, gateway }: Omit<FaultPorts, 'initialSwitches'>,
): string | undefined {
  const wrong = Object.entries(order.switches ?? {}).map(([name, value]) => objection(switches, name, value))
  const first = wrong.find((sentence) => sentence !== undefined)
  if (first) return first
  Object.assign(switches, order.switches)
  for (const name of ['mediaLoss', 'mediaDelayMs'] as const) switches[name] = order[name] ?? switches[name]
  for (const name of ['delayMs', 'tooManyRequests', 'status5xx', 'slowPages', 'slowPageMs'] as const) rest[name] = order[name] ?? rest[name]
  for (const name of ['dropNextAnswer', 'dropNextPurchase', 'takenBeforePurchase'] as const) rest[name] = counter(order[name]) ?? rest[name]
  const hits = {
    duplicate: counter(order.duplicateWebhooks),
    reorder: counter(order.reorderWebhooks),
    dropNext: counter(order.dropWebhooks),
    delayMs: order.webhookDelayMs,
  }
  for (const [name, value] of Object.entries(hits)) if (value !== undefined) webhooks[name as keyof typeof hits] = value
  if (order.signalingDrop) gateway.dropSignaling(order.signalingDrop)
  return undefined
}

/** No more faults, and the profile's switches again. */
export function endFaults({ rest, webhooks, switches, initialSwitches }: FaultPorts): void {
  Object.assign(rest, noFaults())
  for (const name of Object.keys(webhooks)) delete webhooks[name as keyof WebhookFaults]
  Object.assign(switches, structuredClone(initialSwitches))
}

/** `true` means one; for webhooks that is the next one. */
const counter = (value: number | boolean | undefined): number | undefined => (value === undefined ? undefined : Number(value))

function objection(switches: Switches, name: string, value: unknown): string | undefined {
  if (!Object.hasOwn(switches, name)) return `switches/${name} is not a switch; there are: ${Object.keys(switches).join(', ')}`
  const now = switches[name as keyof Switches]
  if (Array.isArray(now)) {
    const isRange = Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === 'number' && end >= 0)
    return isRange ? undefined : `switches/${name} must be [from, to] in ms`
  }
  if (typeof value !== typeof now) return `switches/${name} must be a ${typeof now}`
  const allowed = choices[name]
  return allowed && !allowed.includes(String(value)) ? `switches/${name} must be one of ${allowed.join(', ')}` : undefined
}

const choices: Record<string, string[]> = {
  idempotencyToken: ['always', 'retries', 'never'],
  customParams: ['override', 'ignore', 'duplicate'],
  registeredTwice: ['reject-cancels-all', 'others-ring'],
  unregisteredClient: ['at-once', 'after-timeout'],
  losers: ['canceled', 'no-answer'],
  redirectOrder: ['action-first', 'url-first'],
}
