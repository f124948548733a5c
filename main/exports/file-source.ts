import { open, stat } from 'node:fs/promises'
import type { ByteSource } from '../media/sealed-file.ts'

const PIECE = 64 * 1024

/** A plain file; `onRead` is called when somebody who began to read it has ended. @throws ENOENT as it comes */
export async function fileSource(path: string, onRead: () => Promise<void>): Promise<ByteSource> {
  const { size } = await stat(path)
  return { size, read: (start, end = size) => readFile(path, start, end, onRead) }
}

async function* readFile(path: string, start: number, end: number, onRead: () => Promise<void>): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r')
  try {
    for (let at = start; at < end;) {
      const buffer = Buffer.alloc(Math.min(PIECE, end - at))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
      at += bytesRead
    }
  } finally {
    await file.close()
    await onRead()
  }
}
