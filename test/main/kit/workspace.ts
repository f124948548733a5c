import path from 'node:path'
import { createServer, type AddressInfo } from 'node:net'
import { rmSync } from 'node:fs'
import { pino } from 'pino'
import { expect, vi } from 'vitest'
import { createSandbox, type SandboxOptions } from '../../../sandbox/app.ts'
import { createRelay, type RunningRelay } from '../../../relay/app.ts'
import { configOf } from '../../../relay/config.ts'
import { createTwilioClient } from '../../../relay/twilio/client.ts'
import { createTwilioNumbers } from '../../../relay/twilio/numbers.ts'
import type { Role } from '../../../contract/relay.ts'
import type { AppConfig } from '../../../main/config.ts'
import type { Credentials } from '../../../main/account/twilio-record.ts'
import { environment, memoryLog } from '../../relay/kit.ts'
import { fastWaits } from '../twilio/kit.ts'
import { Desktop, newFolder } from './desktop.ts'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Waits until the relay has said welcome. */
export const welcomed = (desktop: Desktop) =>
  vi.waitFor(async () => expect((await desktop.ask('app.status', {})).relay).toBe('online'), { timeout: 15_000, interval: 20 })

/** A real sandbox and a real relay over it, in this process: desktops meet both by their sockets alone. */
export async function startWorkspace(options: Partial<SandboxOptions> = {}, relayEnv: Record<string, string> = {}) {
  const sandbox = await createSandbox({ port: 0, profile: 'kind', seed: 5, log: pino({ level: 'silent' }), ...options })
  const { account } = sandbox
  const key = account.state.keys[0]
  const app = account.state.applications[0]
  if (!key || !app) throw new Error('the demo account has a key and an app')
  const credentials: Credentials = { accountSid: account.accountSid, apiKey: key.sid, apiSecret: key.secret }
  const folder = newFolder()
  const port = await freePort()
  const relayUrl = `http://127.0.0.1:${port}`
  const config = configOf({
    ...environment(path.join(folder, 'relay.db')),
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken(),
    TWILIO_API_KEY: key.sid,
    TWILIO_API_SECRET: key.secret,
    TWILIO_TWIML_APP_SID: app.sid,
    TWILIO_API_BASE: sandbox.url,
    SERVER_URL: relayUrl,
    RELAY_PORT: String(port),
    ...relayEnv,
  })
  const { lines, log } = memoryLog()
  const startRelay = async (): Promise<RunningRelay> => {
    const client = createTwilioClient(config.twilio)
    const twilio = createTwilioNumbers(client, config.twilio.twimlAppSid)
    const started = await createRelay(config, { clock: { now: () => new Date() }, log, client, twilio })
    await started.app.listen({ host: '127.0.0.1', port })
    return started
  }
  let relay = await startRelay()
  const admin = (request: object) => relay.core.admin(request)
  await admin({ command: 'setup' })
  const desktops: Desktop[] = []
  return {
    sandbox,
    account,
    credentials,
    relayUrl,
    relayLines: lines,
    admin,
    invite: async (name: string, role: Role) => ((await admin({ command: 'invite', name, role })) as { code: string }).code,
    /** An enrolled desktop; `withAccount`: with the sandbox's Twilio account. */
    async desktop(name: string, role: Role, { withAccount = true, ...over }: Partial<AppConfig> & { withAccount?: boolean } = {}) {
      const demo = withAccount ? { demoAccount: credentials } : {}
      const desktop = await new Desktop({ twilioApiBase: sandbox.url, twilioWaits: fastWaits, ...demo, ...over }).start()
      desktops.push(desktop)
      const { code } = (await admin({ command: 'invite', name, role })) as { code: string }
      await desktop.ask('session.enroll', { relayUrl, code })
      await welcomed(desktop) // before, the replica is still being emptied for the new person
      return desktop
    },
    stopRelay: () => relay.close(),
    startRelay: async () => void (relay = await startRelay()),
    /** A control request of the sandbox: POST when there is a body. */
    async control(at: string, body?: unknown): Promise<Record<string, unknown>> {
      const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      const answer = await fetch(`${sandbox.url}/control${at}`, body === undefined ? {} : post)
      if (!answer.ok) throw new Error(`${at}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as Record<string, unknown>
    },
    async close() {
      for (const desktop of desktops) await desktop.end()
      await relay.close()
      await sandbox.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type Workspace = Awaited<ReturnType<typeof startWorkspace>>
