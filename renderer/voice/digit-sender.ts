import { planDigits } from './digits.ts'

/** Sends digits one run after another: a run that begins before the last has sounded would cut it off. */
export class DigitSender {
  readonly #send: (digits: string) => void
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  #endsAt = 0

  constructor(send: (digits: string) => void) {
    this.#send = send
  }

  add(text: string): void {
    const now = Date.now()
    const { plan, endsInMs } = planDigits(text, this.#endsAt - now)
    this.#endsAt = now + endsInMs
    for (const { atMs, digits } of plan) {
      if (atMs === 0) this.#send(digits)
      else this.#timers.add(setTimeout(() => this.#send(digits), atMs))
    }
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}
