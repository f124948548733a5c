import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import type { SecretStore } from '../../ports.ts'

interface Content {
  /** Says it to whoever opens the file. */
  note: string
  key: string
  values: Record<string, string>
}
const NOTE = 'Obfuscated, not encrypted: the key is in this file. Whoever can read it can use the session. The Electron app encrypts.'

async function readContent(file: string): Promise<Content> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return { note: NOTE, key: randomBytes(32).toString('base64url'), values: {} }
  return JSON.parse(text) as Content
}

/** Whole or not at all: written beside, flushed, renamed. */
async function writeContent(file: string, content: Content): Promise<void> {
  const temporary = `${file}.new`
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(JSON.stringify(content))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

/**
 * Secrets of the loopback host: a file only its owner may read (0600). That is obfuscation and called so; it keeps secrets out of
 * greps and screenshots, not out of the hands of programs that run as you.
 */
export function createSecretFile(folder: string): SecretStore {
  const file = path.join(folder, 'secrets.obfuscated.json')
  let last: Promise<void> = Promise.resolve()

  /** One change after the other: each reads what the one before has written. */
  function change(edit: (content: Content) => void): Promise<void> {
    const before = last
    const work = (async () => {
      await before
      const content = await readContent(file)
      edit(content)
      await writeContent(file, content)
    })()
    last = work.catch(() => undefined)
    return work
  }

  return {
    async get(name) {
      await last
      const { key, values } = await readContent(file)
      return values[name] === undefined ? undefined : reveal(key, values[name])
    },
    set: (name, value) => change((content) => (content.values[name] = hide(content.key, value))),
    delete: (name) =>
      change((content) => {
        delete content.values[name]
      }),
  }
}

function hide(key: string, value: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), iv)
  return Buffer.concat([iv, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

function reveal(key: string, hidden: string): string | undefined {
  try {
    const bytes = Buffer.from(hidden, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(-16))
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
