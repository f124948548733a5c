import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { refreshMessage, type RefreshBody } from '../../contract/relay.ts'

/** A new Ed25519 private key, PKCS 8 DER in base64url. Made here; it leaves this machine in no form. */
export const newDeviceKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url')

const keyOf = (text: string) => createPrivateKey({ key: Buffer.from(text, 'base64url'), format: 'der', type: 'pkcs8' })

/** The public half, SPKI DER in base64url: what enrollment sends. */
export const publicKeyOf = (privateKey: string): string =>
  createPublicKey(keyOf(privateKey)).export({ format: 'der', type: 'spki' }).toString('base64url')

/** A refresh request signed by the device (RULES R22). */
export function signedRefresh(privateKey: string, of: Pick<RefreshBody, 'deviceId' | 'refreshToken' | 'at'>): RefreshBody {
  return { ...of, signature: sign(null, Buffer.from(refreshMessage(of)), keyOf(privateKey)).toString('base64url') }
}
