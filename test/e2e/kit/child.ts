import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'

const root = path.resolve(import.meta.dirname, '../../..')

export interface Service<T> {
  ready: T
  pid: number
  /** What it logged so far: shown when a journey fails. */
  log(): string
  /** Ends it and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Starts one of our entries and resolves with its ready line. @throws Error with its log when it ends before. */
export async function startService<T>(entry: string, args: string[], env: Record<string, string> = {}): Promise<Service<T>> {
  const lines: string[] = []
  const child = spawn(process.execPath, [path.join(root, entry), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  createInterface({ input: child.stderr! }).on('line', (line) => void lines.push(line))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ready = await new Promise<T>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => line.startsWith('{') && resolve(JSON.parse(line) as T))
    void ended.then(() => reject(new Error(`${entry} ended before it was ready (${child.exitCode})\n${lines.slice(-30).join('\n')}`)))
  })
  return {
    ready,
    pid: child.pid!,
    log: () => lines.slice(-400).join('\n'),
    stop: (signal = 'SIGTERM') => end(child, ended, signal),
  }
}

async function end(child: ChildProcess, ended: Promise<void>, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal)
  const hard = setTimeout(() => child.kill('SIGKILL'), 5000)
  await ended
  clearTimeout(hard)
}

/** Runs an entry to its end and resolves with what it printed. @throws Error with its stderr when it fails. */
export async function runEntry(entry: string, args: string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [path.join(root, entry), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${entry} ${args.join(' ')} failed (${String(code)}): ${errors.slice(-2000)}`)
  return out
}
