import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { BridgeArgs, BridgeName, BridgeValue } from '../../../contract/desktop.ts'
import type { Outcome } from '../../../contract/failure.ts'
import type { AppConfig } from '../../../main/config.ts'

const entry = path.resolve(import.meta.dirname, 'app-process.ts')

/** Main in a process of its own, which can be killed at any moment and started again on the same profile. */
export class Killable {
  readonly profile = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-killed-'))
  readonly #config: Partial<AppConfig>
  readonly #waiting = new Map<number, (outcome: Outcome<unknown>) => void>()
  #child: ChildProcess | undefined
  #ended: Promise<unknown> = Promise.resolve()
  #lastId = 0

  constructor(config: Partial<AppConfig>) {
    this.#config = config
  }

  async start(): Promise<this> {
    const child = spawn(process.execPath, [entry, JSON.stringify({ profile: this.profile, ...this.#config })], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child = child
    const ready = new Promise<void>((resolve, reject) => {
      this.#waiting.set(0, () => resolve())
      child.once('close', () => reject(new Error('the app ended before it was ready')))
    })
    this.#ended = new Promise((resolve) => child.once('close', resolve))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { id, outcome } = JSON.parse(line) as { id: number; outcome: Outcome<unknown> }
      this.#waiting.get(id)?.(outcome)
      this.#waiting.delete(id)
    })
    await ready
    return this
  }

  /** The value of a request; never answered when the process is killed meanwhile. @throws the failure */
  async ask<N extends BridgeName>(name: N, args: BridgeArgs<N>): Promise<BridgeValue<N>> {
    const id = (this.#lastId += 1)
    const outcome = await new Promise<Outcome<unknown>>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child?.stdin?.write(`${JSON.stringify({ id, name, args })}\n`)
    })
    if (!outcome.ok) throw Object.assign(new Error(`${name}: ${outcome.failure.code}`), outcome.failure)
    return outcome.value as BridgeValue<N>
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#ended
  }

  async end(): Promise<void> {
    await this.kill()
    rmSync(this.profile, { recursive: true, force: true })
  }
}
