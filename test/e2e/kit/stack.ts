import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runEntry, startService, type Service } from './child.ts'
import { createControl, type Control } from './control.ts'

export interface SandboxReady {
  url: string
  accountSid: string
  authToken: string
  apiKey: string
  apiSecret: string
  twimlAppSid: string
}

export interface Desktop {
  url: string
  /** Asks main as a page would. @throws Error with the failure. */
  request<T>(name: string, args?: object): Promise<T>
  stop(signal?: NodeJS.Signals): Promise<void>
  restart(): Promise<void>
  log(): string
}

export interface Stack {
  sandbox: SandboxReady
  control: Control
  relayUrl: string
  /** Stops the relay, waits, starts it again on the same port and database. */
  outage(ms: number, signal?: NodeJS.Signals): Promise<void>
  stopRelay(signal?: NodeJS.Signals): Promise<void>
  startRelay(): Promise<void>
  relayCommand(...args: string[]): Promise<string>
  invite(name: string, role: 'staff' | 'manager'): Promise<string>
  assign(number: string, ...names: string[]): Promise<void>
  /** An enrolled desktop of its own folder, or one at first-run. A manager's has the sandbox's Twilio account, unless it is to be without. */
  desktop(options: { invite?: string; firstRun?: boolean; withoutAccount?: boolean; env?: Record<string, string> }): Promise<Desktop>
  /** A bearer token of a device of its own, for the relay's HTTP interface. */
  session(name: string, role: 'staff' | 'manager'): Promise<string>
  logs(): string
  /** Ends everything. @throws Error when Twilio had something to complain about: our documents and requests are never tolerated, they are right (RULES R35). */
  close(): Promise<void>
}

export const MAIN_LINE = '+14155550100'
export const SUPPORT = '+14155550111'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Twilio's codes for a webhook that nobody answered. */
const isUnreached = (code = 0) => code >= 11_200 && code < 11_300

export interface StackOptions {
  profile?: 'kind' | 'typical' | 'hostile'
  seed?: number
  relayEnv?: Record<string, string>
}

/** Sandbox and relay as separate processes, with real sockets and files: nothing is shared with the test but the network. */
export async function startStack({ profile = 'kind', seed = 1, relayEnv = {} }: StackOptions = {}): Promise<Stack> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-e2e-'))
  const sandbox = await startService<SandboxReady>('sandbox/server.ts', [
    '--json',
    `--data=${path.join(folder, 'sandbox')}`,
    `--profile=${profile}`,
    `--seed=${seed}`,
  ])
  const port = await freePort()
  const relayUrl = `http://127.0.0.1:${port}`
  const env = {
    TWILIO_ACCOUNT_SID: sandbox.ready.accountSid,
    TWILIO_AUTH_TOKEN: sandbox.ready.authToken,
    TWILIO_API_KEY: sandbox.ready.apiKey,
    TWILIO_API_SECRET: sandbox.ready.apiSecret,
    TWILIO_TWIML_APP_SID: sandbox.ready.twimlAppSid,
    TWILIO_API_BASE: sandbox.ready.url,
    SERVER_URL: relayUrl,
    RELAY_HOST: '127.0.0.1',
    RELAY_PORT: String(port),
    RELAY_DATABASE: path.join(folder, 'relay.db'),
    RELAY_SECRET: 'journeys-only-0123456789abcdef0123456789abcdef',
    RELAY_WORKSPACE: 'Journeys',
    ...relayEnv,
  }
  const startRelay = () => startService<{ url: string }>('relay/server.ts', ['--json'], env)
  let relay = await startRelay()
  const command = (...args: string[]) => runEntry('relay/server.ts', args, env)
  await command('setup')
  const desktops: Service<{ url: string }>[] = []
  const control = createControl(sandbox.ready.url)
  let wasDown = false
  const stopAll = async () => {
    const { entries } = await control.ledger()
    // While we were down on purpose Twilio could not reach us (112xx); that is the journey, not a mistake of ours.
    const complaints = entries.filter(({ kind, code }) => (kind === 'warning' || kind === 'error') && !(wasDown && isUnreached(code)))
    await Promise.all(desktops.map((one) => one.stop()))
    await relay.stop()
    await sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
    if (complaints.length > 0) throw new Error(`Twilio complained: ${JSON.stringify(complaints)}`)
  }
  const inviteCode = async (name: string, role: string) =>
    (JSON.parse(await command('invite', '--name', name, '--role', role, '--json')) as { code: string }).code
  let count = 0
  return {
    sandbox: sandbox.ready,
    control,
    relayUrl,
    relayCommand: command,
    async outage(ms, signal = 'SIGKILL') {
      wasDown = true
      await relay.stop(signal)
      await sleep(ms)
      relay = await startRelay()
    },
    stopRelay: (signal) => {
      wasDown = true
      return relay.stop(signal)
    },
    startRelay: async () => void (relay = await startRelay()),
    invite: inviteCode,
    session: async (name, role) => enrolledToken(relayUrl, await inviteCode(name, role)),
    assign: async (number, ...names) => void (await command('assign', '--number', number, '--user', names.join(','))),
    desktop: async ({ invite, firstRun, withoutAccount, env: more }) => {
      const appEnv = {
        LINEKEEPER_PROFILE: path.join(folder, `desktop-${++count}`),
        LINEKEEPER_RELAY_URL: relayUrl,
        TWILIO_API_BASE: sandbox.ready.url,
        ...(withoutAccount ? {} : accountOf(sandbox.ready)),
        ...(invite ? { LINEKEEPER_INVITE: invite } : {}),
        ...(firstRun ? { LINEKEEPER_FIRST_RUN: '1' } : {}),
        ...more,
      }
      return startDesktop(appEnv, desktops)
    },
    logs: () => [`sandbox:\n${sandbox.log()}`, `relay:\n${relay.log()}`, ...desktops.map((one) => `desktop:\n${one.log()}`)].join('\n\n'),
    close: stopAll,
  }
}

/** The sandbox's account, as `npm start` hands it to the app. */
const accountOf = ({ accountSid, apiKey, apiSecret }: SandboxReady) => ({
  LINEKEEPER_TWILIO_ACCOUNT_SID: accountSid,
  LINEKEEPER_TWILIO_API_KEY: apiKey,
  LINEKEEPER_TWILIO_API_SECRET: apiSecret,
})

async function enrolledToken(relayUrl: string, code: string): Promise<string> {
  const { publicKey } = generateKeyPairSync('ed25519')
  const answer = await fetch(`${relayUrl}/api/auth/enroll`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      code,
      deviceName: 'Journey',
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64url'),
    }),
  })
  return ((await answer.json()) as { token: string }).token
}

async function startDesktop(env: Record<string, string>, all: Service<{ url: string }>[]): Promise<Desktop> {
  const start = async () => {
    const service = await startService<{ url: string }>('main/hosts/loopback/index.ts', [], env)
    all.push(service)
    return service
  }
  let service = await start()
  return {
    get url() {
      return service.ready.url
    },
    async request<T>(name: string, args: object = {}): Promise<T> {
      const url = new URL(service.ready.url)
      const token = new URLSearchParams(url.hash.slice(1)).get('token')
      const answer = await fetch(new URL(`/bridge/${name}`, url.origin), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(args),
      })
      const outcome = (await answer.json()) as { ok: true; value: T } | { ok: false; failure: unknown }
      if (!outcome.ok) throw new Error(`${name}: ${JSON.stringify(outcome.failure)}`)
      return outcome.value
    },
    stop: (signal) => service.stop(signal),
    async restart() {
      await service.stop()
      service = await start()
    },
    log: () => service.log(),
  }
}
