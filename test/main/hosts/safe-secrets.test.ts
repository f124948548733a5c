import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSafeSecrets } from '../../../main/hosts/electron/secret-store.ts'
import { newFolder } from '../kit/desktop.ts'

let folder: string
beforeEach(() => (folder = newFolder()))
afterEach(() => rmSync(folder, { recursive: true }))

const safe = (over: object = {}) => ({
  isAsyncEncryptionAvailable: () => Promise.resolve(true),
  getSelectedStorageBackend: () => 'gnome_libsecret' as const,
  encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(text.split('').toReversed().join(''))),
  decryptStringAsync: (bytes: Buffer) =>
    Promise.resolve({ result: bytes.toString().split('').toReversed().join(''), shouldReEncrypt: false }),
  ...over,
})

test('secrets are written encrypted, read back, and deleted', async () => {
  const secrets = createSafeSecrets(safe(), folder, 'linux')
  await secrets.set('session', 'token')
  expect(readFileSync(path.join(folder, 'secrets/session.bin'), 'utf8')).toBe('nekot')
  expect(await createSafeSecrets(safe(), folder, 'linux').get('session')).toBe('token')
  await secrets.delete('session')
  expect(await secrets.get('session')).toBeUndefined()
  await secrets.delete('session')
})

test.each([
  ['a keyring that is a fixed password', { getSelectedStorageBackend: () => 'basic_text' as const }],
  ['no encryption at all', { isAsyncEncryptionAvailable: () => Promise.resolve(false) }],
])('%s is refused: nothing is written', async (_what, over) => {
  const secrets = createSafeSecrets(safe(over), folder, 'linux')
  await expect(secrets.set('session', 'token')).rejects.toMatchObject({ code: 'secrets-unavailable' })
  expect(readdirSync(folder)).toEqual([])
})

test('what the system asks to encrypt anew is written anew', async () => {
  const secrets = createSafeSecrets(safe(), folder, 'linux')
  await secrets.set('session', 'token')
  const file = path.join(folder, 'secrets/session.bin')
  const rotated = safe({
    decryptStringAsync: () => Promise.resolve({ result: 'token', shouldReEncrypt: true }),
    encryptStringAsync: () => Promise.resolve(Buffer.from('new')),
  })
  writeFileSync(file, 'old')
  expect(await createSafeSecrets(rotated, folder, 'linux').get('session')).toBe('token')
  expect(readFileSync(file, 'utf8')).toBe('new')
})
