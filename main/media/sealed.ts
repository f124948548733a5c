import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

// A sealed file: 4 bytes of mark, 16 of salt, then chunks of 64 KiB, each with AES-256-GCM and its tag behind it. The salt gives every file
// a key of its own, so that a chunk's number can be its nonce; number and "last" are authenticated: a chunk that is missing, moved, doubled
// or of another file does not open.

/** Bytes of audio in each chunk but the last. */
export const CHUNK_BYTES = 64 * 1024
const TAG_BYTES = 16
const MARK = Buffer.from('LKS1')
const SALT_BYTES = 16
export const HEADER_BYTES = MARK.length + SALT_BYTES

/** A sealed file is not what was written: broken, cut, exchanged, or of another key. */
export class BrokenSeal extends Error {
  override readonly name = 'BrokenSeal'
}

export const newHeader = (): Buffer => Buffer.concat([MARK, randomBytes(SALT_BYTES)])

/** The key of one file. `name`: what the file is of, so that one recording cannot stand in for another. @throws BrokenSeal */
export function keyOfFile(master: Buffer, header: Buffer, name: string): Buffer {
  if (header.length !== HEADER_BYTES || !header.subarray(0, MARK.length).equals(MARK)) throw new BrokenSeal('not a sealed file')
  return Buffer.from(hkdfSync('sha256', master, header.subarray(MARK.length), `linekeeper media ${name}`, 32))
}

function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(index, 8)
  return nonce
}
const placeOf = (index: number, isLast: boolean): Buffer => Buffer.from([...nonceOf(index).subarray(8), Number(isLast)])

/** One chunk, encrypted. */
export function sealChunk(key: Buffer, index: number, isLast: boolean, bytes: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index), { authTagLength: TAG_BYTES })
  cipher.setAAD(placeOf(index, isLast))
  return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** @throws BrokenSeal when it is not the chunk that was sealed at this place */
export function openChunk(key: Buffer, index: number, isLast: boolean, sealed: Uint8Array): Buffer {
  if (sealed.length < TAG_BYTES) throw new BrokenSeal(`chunk ${index} is cut`)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index), { authTagLength: TAG_BYTES })
    decipher.setAAD(placeOf(index, isLast))
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])
  } catch {
    throw new BrokenSeal(`chunk ${index} does not open`)
  }
}

/** How many chunks hold so many bytes: an empty file has one, empty. */
export const chunksOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / CHUNK_BYTES))
/** Where a chunk begins in the file. */
export const offsetOf = (index: number): number => HEADER_BYTES + index * (CHUNK_BYTES + TAG_BYTES)
/** Length of chunk `index` in a file that holds so many bytes, its tag included. */
export const sealedLength = (index: number, bytes: number): number => Math.min(CHUNK_BYTES, bytes - index * CHUNK_BYTES) + TAG_BYTES
/** Length of the whole file. */
export const fileLength = (bytes: number): number => HEADER_BYTES + bytes + chunksOf(bytes) * TAG_BYTES
/** How many bytes a whole file of this length holds; its opposite. 0 for what is too short to be one. */
export function bytesIn(length: number): number {
  const sealed = length - HEADER_BYTES
  return Math.max(0, sealed - Math.max(1, Math.ceil(sealed / (CHUNK_BYTES + TAG_BYTES))) * TAG_BYTES)
}
