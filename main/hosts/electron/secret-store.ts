import type { SafeStorage } from 'electron'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { FailureError } from '../../../contract/failure.ts'
import type { SecretStore } from '../../ports.ts'

type Safe = Pick<SafeStorage, 'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'>

/**
 * Secrets encrypted by the operating system, one file each. Where there is no keyring (Linux: `basic_text`, a fixed password) nothing is
 * written: plain text in disguise is refused. @throws FailureError `secrets-unavailable`
 */
export function createSafeSecrets(safe: Safe, profile: string, platform: NodeJS.Platform = process.platform): SecretStore {
  const folder = path.join(profile, 'secrets')
  const fileOf = (name: string) => path.join(folder, `${name}.bin`)

  async function requireKeyring(): Promise<void> {
    if (!(await safe.isAsyncEncryptionAvailable())) throw new FailureError('secrets-unavailable', 'the system offers no encryption')
    if (platform === 'linux' && safe.getSelectedStorageBackend() === 'basic_text')
      throw new FailureError('secrets-unavailable', 'no keyring: secrets would be as good as plain text')
  }

  /** Whole or not at all: written beside, flushed, renamed. */
  async function write(name: string, value: string): Promise<void> {
    const bytes = await safe.encryptStringAsync(value)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const temporary = `${fileOf(name)}.new`
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, fileOf(name))
  }

  return {
    async get(name) {
      const bytes = await readFile(fileOf(name)).catch(() => undefined)
      if (!bytes) return undefined
      await requireKeyring()
      const { result, shouldReEncrypt } = await safe.decryptStringAsync(bytes)
      if (shouldReEncrypt) await write(name, result) // the system's key was rotated
      return result
    },
    async set(name, value) {
      await requireKeyring()
      await write(name, value)
    },
    delete: (name) => rm(fileOf(name), { force: true }),
  }
}
