/** Timers by name: one that is set again replaces the one before. */
export class Timers {
  readonly #stops = new Map<string, () => void>()

  after(name: string, delayMs: number, run: () => void): void {
    this.clear(name)
    const timer = setTimeout(run, delayMs)
    this.#stops.set(name, () => clearTimeout(timer))
  }

  every(name: string, periodMs: number, run: () => void): void {
    this.clear(name)
    const timer = setInterval(run, periodMs)
    this.#stops.set(name, () => clearInterval(timer))
  }

  clear(name: string): void {
    this.#stops.get(name)?.()
    this.#stops.delete(name)
  }

  stop(): void {
    for (const stop of this.#stops.values()) stop()
    this.#stops.clear()
  }
}
