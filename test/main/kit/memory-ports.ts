import { openSocket } from '../../../main/hosts/node-ports.ts'
import type { Ports, SecretStore } from '../../../main/ports.ts'

export const memorySecrets = (values = new Map<string, string>()): SecretStore & { values: Map<string, string> } => ({
  values,
  get: (name) => Promise.resolve(values.get(name)),
  set: (name, value) => Promise.resolve(void values.set(name, value)),
  delete: (name) => Promise.resolve(void values.delete(name)),
})

export interface LogLine {
  level: 'info' | 'warn' | 'error'
  message: string
  [field: string]: unknown
}

/** Ports with real sockets and fetch, secrets in memory, a log that can be read, and a network that can come back. */
export function testPorts(secrets: SecretStore = memorySecrets()): Ports & { lines: LogLine[]; wake: () => void; skewMs: number } {
  const lines: LogLine[] = []
  const listeners = new Set<() => void>()
  const at = (level: LogLine['level']) => (fields: object, message: string) => void lines.push({ level, message, ...fields })
  const ports = {
    skewMs: 0,
    lines,
    secrets,
    openSocket,
    clock: { now: () => new Date(Date.now() + ports.skewMs) },
    random: Math.random,
    fetch: globalThis.fetch,
    log: { info: at('info'), warn: at('warn'), error: at('error') },
    wake: () => listeners.forEach((listener) => listener()),
    onWake(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return ports
}

/**
 * Pauses between attempts are a tenth, or less, of what the product waits. How long it waits *for* something is not shortened: a slow
 * machine would see a relay that is away. Tests of giving up say so themselves.
 */
export const fastTimings = {
  retryFirst: 10,
  retryCap: 80,
  request: 30_000,
  welcome: 30_000,
  deadLink: 30_000,
  tokenMargin: 1000,
  flush: 15_000,
  pageGone: 50,
  emergencyLook: 50,
  releaseSettles: 300,
  detail: 15_000,
  usageFresh: 200,
  usageAfterCalls: 50,
  guardFresh: 1000,
  syncGap: 0,
  syncAfterPurchase: 20,
  syncRelay: 15_000,
  tellAgain: 200,
  // Nothing by itself within a test, unless it says so.
  backupFirst: 3_600_000,
  backupEvery: 86_400_000,
  checkEvery: 86_400_000,
  mediaIdle: 30_000,
  mediaCare: 20,
  mediaAgain: 100,
  looks: [0, 100, 300, 600],
}
