import type { AccessTokenReply } from '../../contract/relay.ts'
import { backoffMs } from '../../base/backoff.ts'

const FIVE_MINUTES_MS = 5 * 60_000

/** Instants of a token in ms, by the relay's clock: from its claims, or as if it were issued now. */
export function tokenLife(
  { token, expiresAt }: Pick<AccessTokenReply, 'token' | 'expiresAt'>,
  nowMs: number,
): { issuedMs: number; expiresMs: number } {
  try {
    const claims = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as {
      iat?: unknown
      exp?: unknown
    }
    if (typeof claims.iat === 'number' && typeof claims.exp === 'number')
      return { issuedMs: claims.iat * 1000, expiresMs: claims.exp * 1000 }
  } catch {
    // Not a JWT we can read: fall through.
  }
  return { issuedMs: nowMs, expiresMs: Date.parse(expiresAt) }
}

/** How long before the end a token is renewed even while talking: five minutes, or 15 % of a shorter life. */
export const lastMomentMs = (lifeMs: number) => Math.min(FIVE_MINUTES_MS, lifeMs * 0.15)

/** When to renew (RULES R26): at 75 % of its life; while talking, at the last moment. */
export function renewAtMs(life: { issuedMs: number; expiresMs: number }, isTalking: boolean): number {
  const lifeMs = life.expiresMs - life.issuedMs
  return isTalking ? life.expiresMs - lastMomentMs(lifeMs) : life.issuedMs + lifeMs * 0.75
}

export interface RenewalPorts {
  /** Fetches a fresh token and gives it to the Device. @throws when it could not. */
  renew(): Promise<AccessTokenReply>
  isTalking: () => boolean
}

/** Renews the voice token in time; a renewal that fails is tried again with growing pauses. */
export class TokenRenewal {
  readonly #ports: RenewalPorts
  #timer: ReturnType<typeof setTimeout> | undefined
  #life: { issuedMs: number; expiresMs: number } | undefined
  #attempt = 0
  #isRenewing = false

  constructor(ports: RenewalPorts) {
    this.#ports = ports
  }

  /** A token was given to the Device: plan its renewal. */
  accept(reply: AccessTokenReply): void {
    this.#attempt = 0
    this.#life = tokenLife(reply, Date.now())
    this.replan()
  }

  /** A call began or ended: the due time may have changed. */
  replan(): void {
    if (!this.#life || this.#isRenewing || this.#attempt > 0) return
    const dueMs = renewAtMs(this.#life, this.#ports.isTalking()) - Date.now()
    this.#plan(Math.max(dueMs, 1000)) // a clock far off must not make us ask without pause
  }

  /** The Device says that its token runs out: it measures from the server's word, whatever our clock says. */
  expiring(): void {
    if (!this.#isRenewing) this.#plan(0)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#life = undefined
  }

  #plan(delayMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#renew(), Math.min(delayMs, 2 ** 31 - 1))
  }

  async #renew(): Promise<void> {
    this.#isRenewing = true
    const reply = await this.#ports.renew().catch(() => undefined)
    this.#isRenewing = false
    if (!this.#life) return
    if (reply) this.accept(reply)
    else this.#plan(500 + backoffMs(this.#attempt++, Math.random(), 1000, 30_000))
  }
}
