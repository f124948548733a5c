import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { vi } from 'vitest'
import type { BridgeArgs, BridgeName, BridgeValue } from '../../../contract/desktop.ts'
import type { Failure } from '../../../contract/failure.ts'
import { createApp, type App, type AppEvent } from '../../../main/app.ts'
import type { AppConfig } from '../../../main/config.ts'
import { fastTimings, memorySecrets, testPorts } from './memory-ports.ts'

export const newFolder = () => mkdtempSync(path.join(os.tmpdir(), 'linekeeper-main-'))

/** A desktop in a folder of its own, which can be restarted. Values are checked against the contract. */
export class Desktop {
  readonly folder = newFolder()
  readonly secrets = memorySecrets()
  ports = testPorts(this.secrets)
  events: AppEvent[] = []
  app!: App
  readonly #config: Partial<AppConfig>

  constructor(config: Partial<AppConfig> = {}) {
    this.#config = config
  }

  async start(): Promise<this> {
    this.app = await createApp(this.ports, {
      profile: this.folder,
      version: '1.2.3',
      deviceName: 'Laptop',
      locale: 'en-GB',
      timings: fastTimings,
      checkValues: true,
      ...this.#config,
    })
    this.app.on((event) => this.events.push(event))
    return this
  }

  async restart(): Promise<void> {
    await this.app.close()
    await this.start()
  }

  async end(): Promise<void> {
    await this.app.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** The value of a request. @throws the failure */
  async ask<N extends BridgeName>(name: N, args: BridgeArgs<N>): Promise<BridgeValue<N>> {
    const outcome = await this.app.request(name, args)
    if (!outcome.ok) throw Object.assign(new Error(`${name}: ${outcome.failure.code}`), outcome.failure)
    return outcome.value as BridgeValue<N>
  }

  /** The failure of a request that must fail. */
  async fails(name: string, args: unknown): Promise<Failure> {
    const outcome = await this.app.request(name, args)
    if (outcome.ok) throw new Error(`${name} did not fail`)
    return outcome.failure
  }

  /** Waits until the relay has said welcome. */
  online = () =>
    vi.waitFor(async () => {
      const { relay } = await this.ask('app.status', {})
      if (relay !== 'online') throw new Error(`the link is ${relay}`)
    }, 20_000)
}
