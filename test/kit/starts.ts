import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { BridgeArgs, BridgeName, BridgeValue } from '../../contract/desktop.ts'
import type { Ready } from '../../scripts/start/profile.mjs'

const root = path.resolve(import.meta.dirname, '../..')

export interface Started {
  ready: Ready
  child: ChildProcess
  /** Everything it printed. */
  stdout: string[]
  stderr: string[]
  /** Ends it; resolves with its exit status. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** `scripts/start.mjs` as boot runs it. Resolves with its ready line. @throws Error with its stderr when it ends before. */
export async function startLinekeeper(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const child = spawn(process.execPath, [path.join(root, 'scripts/start.mjs'), '--json', '--no-open', '--no-build', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout: string[] = []
  const stderr: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => void stderr.push(line))
  const ended = once(child, 'close') as Promise<[number | null]>
  const ready = await new Promise<Ready>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      stdout.push(line)
      if (line.startsWith('{')) resolve(JSON.parse(line) as Ready)
    })
    void ended.then(([code]) => reject(new StartFailed(code, stderr.join('\n'))))
  })
  return {
    ready,
    child,
    stdout,
    stderr,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return (await ended)[0]
    },
  }
}

/** A start that ended before it was ready. */
export class StartFailed extends Error {
  readonly code: number | null
  constructor(code: number | null, stderr: string) {
    super(`ended with ${code}: ${stderr}`)
    this.code = code
  }
}

/** One bridge request, as a page makes it. @throws Error with the failure. */
export async function askBridge<N extends BridgeName>(url: string, name: N, args: BridgeArgs<N>): Promise<BridgeValue<N>> {
  const token = new URLSearchParams(new URL(url).hash.slice(1)).get('token')
  const answer = await fetch(new URL(`/bridge/${name}`, url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  })
  const outcome = (await answer.json()) as { ok: true; value: BridgeValue<N> } | { ok: false; failure: unknown }
  if (!outcome.ok) throw new Error(`${name}: ${JSON.stringify(outcome.failure)}`)
  return outcome.value
}
