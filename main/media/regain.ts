import { stat } from 'node:fs/promises'
import { headOf } from './download.ts'
import { bytesIn } from './sealed.ts'
import { openSealed, readAll } from './sealed-file.ts'
import { wavSeconds } from './wav.ts'

/** One of the two sealed files of a recording, and what it is sealed as. */
interface Sealed {
  path: string
  name: string
}

export interface Regained {
  bytes: number
  durationSeconds: number
  channels: number
  /** ISO 8601 UTC */
  cachedAt: string
}

/**
 * What the sealed files of a recording say of themselves, where no table knows them any more. Both ends of the sound are opened, which also
 * says that nothing is missing between them; what is broken inside is noticed when it is played, like everywhere.
 * @throws BrokenSeal, FailureError `recording-damaged`, ENOENT: they are not whole, or not of this key
 */
export async function regain(audio: Sealed, shape: Sealed, master: Buffer): Promise<Regained> {
  const { size, mtime } = await stat(audio.path)
  const bytes = bytesIn(size)
  const source = await openSealed(audio.path, master, audio.name, bytes)
  const head = await headOf(source)
  for await (const end of source.read(Math.max(0, bytes - 1))) if (end.length === 0) break
  JSON.parse((await readAll(shape.path, master, shape.name)).toString())
  return { bytes, durationSeconds: wavSeconds(head, bytes), channels: head.format.channels, cachedAt: mtime.toISOString() }
}
