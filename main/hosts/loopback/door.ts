import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import path from 'node:path'

/** Where the host listens and who may speak to it. Kept with the profile, so that an open tab survives a restart. */
export interface Door {
  token: string
  /** The port of last time; 0: any. */
  port: number
}

const fileOf = (profile: string) => path.join(profile, 'loopback.json')

/** The profile's door, with a new 192-bit token when it has none. */
export function readDoor(profile: string): Door {
  mkdirSync(profile, { recursive: true, mode: 0o700 })
  try {
    const { token, port } = JSON.parse(readFileSync(fileOf(profile), 'utf8')) as Partial<Door>
    if (typeof token === 'string' && token.length >= 32) return { token, port: Number.isInteger(port) ? Number(port) : 0 }
  } catch {
    // none yet, or unreadable: a new one
  }
  return { token: randomBytes(24).toString('base64url'), port: 0 }
}

export const writeDoor = (profile: string, door: Door): void => writeFileSync(fileOf(profile), JSON.stringify(door), { mode: 0o600 })

const digest = (text: string) => createHash('sha256').update(text).digest()
/** In a time that does not tell how much was right. */
export const isToken = (given: string | undefined, token: string): boolean =>
  given !== undefined && timingSafeEqual(digest(given), digest(token))

/**
 * Whether a request was meant for us: a page that rebinds its name to 127.0.0.1 still sends its own Host, and a page of another site
 * its own Origin. No Origin at all is a program of this machine, which needs the token as everybody does.
 */
export function isForUs({ headers }: Pick<IncomingMessage, 'headers'>, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (!headers.host || !hosts.includes(headers.host)) return false
  return headers.origin === undefined || hosts.some((host) => headers.origin === `http://${host}`)
}
