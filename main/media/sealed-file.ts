import { open, type FileHandle } from 'node:fs/promises'
import {
  BrokenSeal,
  CHUNK_BYTES,
  chunksOf,
  fileLength,
  HEADER_BYTES,
  keyOfFile,
  newHeader,
  offsetOf,
  openChunk,
  sealChunk,
  sealedLength,
} from './sealed.ts'

/** Bytes that can be read from anywhere. `size` undefined: not known yet. */
export interface ByteSource {
  size: number | undefined
  /** From `start` to before `end`, or to the end; in pieces. @throws when they cannot be had */
  read: (start: number, end?: number) => AsyncGenerator<Uint8Array>
}

async function readExactly(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(buffer, done, length - done, at + done)
    if (bytesRead === 0) throw new BrokenSeal('the file is cut')
    done += bytesRead
  }
  return buffer
}

/**
 * A whole sealed file of `size` bytes. Reading decrypts only the chunks that are asked for, each when it is wanted.
 * @throws BrokenSeal when the file is not of that size; reading does where a chunk does not open. ENOENT as it comes.
 */
export async function openSealed(path: string, master: Buffer, name: string, size: number): Promise<ByteSource> {
  const file = await open(path, 'r')
  try {
    const { size: length } = await file.stat()
    if (length !== fileLength(size)) throw new BrokenSeal('the file is cut')
    keyOfFile(master, await readExactly(file, 0, HEADER_BYTES), name)
  } finally {
    await file.close()
  }
  return { size, read: (start, end = size) => readSealed({ path, master, name, size }, start, Math.min(end, size)) }
}

interface SealedPlace {
  path: string
  master: Buffer
  name: string
  size: number
}

async function* readSealed({ path, master, name, size }: SealedPlace, start: number, end: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const key = keyOfFile(master, await readExactly(file, 0, HEADER_BYTES), name)
    const last = chunksOf(size) - 1
    for (let at = start; at < end;) {
      const index = Math.floor(at / CHUNK_BYTES)
      const bytes = openChunk(key, index, index === last, await readExactly(file, offsetOf(index), sealedLength(index, size)))
      const from = index * CHUNK_BYTES
      yield bytes.subarray(at - from, end - from)
      at = from + bytes.length
    }
  } finally {
    await file.close()
  }
}

/** Everything of a small sealed file. @throws BrokenSeal; ENOENT as it comes */
export async function readAll(path: string, master: Buffer, name: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { size: length } = await file.stat()
    const sealed = await readExactly(file, 0, length)
    const key = keyOfFile(master, sealed.subarray(0, HEADER_BYTES), name)
    const parts: Buffer[] = []
    for (let index = 0, at = HEADER_BYTES; at < length || index === 0; index++, at = offsetOf(index))
      parts.push(openChunk(key, index, offsetOf(index + 1) >= length, sealed.subarray(at, offsetOf(index + 1))))
    return Buffer.concat(parts)
  } finally {
    await file.close()
  }
}

/** Writes a sealed file from its beginning to its end; what was written can be read meanwhile. */
export class SealedWriter {
  readonly #file: FileHandle
  readonly #key: Buffer
  /** What is not sealed yet: at least one byte is held back, since the last chunk is sealed as such. */
  #tail: Buffer = Buffer.alloc(0)
  #chunks = 0
  #users = 1

  private constructor(file: FileHandle, key: Buffer) {
    this.#file = file
    this.#key = key
  }

  /** Begins a new file that its owner alone may read. @throws EEXIST, ENOSPC, … as they come */
  static async create(path: string, master: Buffer, name: string): Promise<SealedWriter> {
    const file = await open(path, 'wx+', 0o600)
    try {
      const header = newHeader()
      await file.write(header, 0, header.length, 0)
      return new SealedWriter(file, keyOfFile(master, header, name))
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Bytes that can be read. */
  get size(): number {
    return this.#chunks * CHUNK_BYTES + this.#tail.length
  }

  async write(bytes: Uint8Array): Promise<void> {
    let tail = Buffer.concat([this.#tail, bytes])
    while (tail.length > CHUNK_BYTES) {
      const sealed = sealChunk(this.#key, this.#chunks, false, tail.subarray(0, CHUNK_BYTES))
      await this.#file.write(sealed, 0, sealed.length, offsetOf(this.#chunks))
      this.#chunks += 1
      tail = tail.subarray(CHUNK_BYTES)
      this.#tail = tail
    }
    this.#tail = tail
  }

  /** Seals the end and brings all of it to the disk. Nothing can be written after it; what is read comes from the tail and the file. */
  async finish(): Promise<void> {
    const sealed = sealChunk(this.#key, this.#chunks, true, this.#tail)
    await this.#file.write(sealed, 0, sealed.length, offsetOf(this.#chunks))
    await this.#file.sync()
  }

  /** What there is from `at` on, at most to the end of its chunk; empty when it was not written yet. @throws BrokenSeal */
  async readSome(at: number): Promise<Uint8Array> {
    const index = Math.floor(at / CHUNK_BYTES)
    const within = at - index * CHUNK_BYTES
    if (index >= this.#chunks) return index === this.#chunks ? Uint8Array.from(this.#tail.subarray(within)) : new Uint8Array()
    const sealed = await readExactly(this.#file, offsetOf(index), sealedLength(index, Number.MAX_SAFE_INTEGER))
    return openChunk(this.#key, index, false, sealed).subarray(within)
  }

  /** Keeps the file open until `release`, as its writer does. @throws BrokenSeal when everybody has released it: it is found elsewhere now */
  hold(): void {
    if (this.#users === 0) throw new BrokenSeal('the part is closed')
    this.#users += 1
  }

  async release(): Promise<void> {
    this.#users -= 1
    if (this.#users === 0) await this.#file.close()
  }
}
