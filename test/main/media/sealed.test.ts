import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BrokenSeal, CHUNK_BYTES, fileLength, offsetOf } from '../../../main/media/sealed.ts'
import { openSealed, readAll, SealedWriter } from '../../../main/media/sealed-file.ts'
import { newFolder } from '../kit/desktop.ts'
import { gather } from './kit.ts'

const master = randomBytes(32)
const audio = randomBytes(3 * CHUNK_BYTES + 777)
let folder: string
let last = 0
beforeAll(() => {
  folder = newFolder()
})
afterAll(() => rmSync(folder, { recursive: true }))

async function seal(bytes: Uint8Array, name = 'audio RE1', step = 10_000): Promise<string> {
  const file = path.join(folder, String((last += 1)))
  const writer = await SealedWriter.create(file, master, name)
  for (let at = 0; at < bytes.length; at += step) await writer.write(bytes.subarray(at, at + step))
  await writer.finish()
  await writer.release()
  return file
}
const open = (file: string, size = audio.length, name = 'audio RE1', key = master) => openSealed(file, key, name, size)
const readFrom = async (file: string, size = audio.length) => gather((await open(file, size)).read(0))

test.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 777])(
  '%i bytes come back',
  async (size) => {
    const bytes = audio.subarray(0, size)
    const file = await seal(bytes)
    expect(readFileSync(file)).toHaveLength(fileLength(size))
    expect((await readFrom(file, size)).equals(bytes)).toBe(true)
    expect((await readAll(file, master, 'audio RE1')).equals(bytes)).toBe(true)
  },
)

test('nothing of the audio is readable in the file', async () => {
  const text = Buffer.from('the caller said this. '.repeat(10_000))
  expect(readFileSync(await seal(text)).includes('the caller said')).toBe(false)
})

test('the same audio twice is never the same file', async () => {
  const [one, two] = [await seal(audio), await seal(audio)]
  expect(readFileSync(one).equals(readFileSync(two))).toBe(false)
})

test('any range is what slicing gives', async () => {
  const source = await open(await seal(audio))
  await fc.assert(
    fc.asyncProperty(fc.nat(audio.length), fc.nat(audio.length), async (a, b) => {
      const [start, end] = a < b ? [a, b] : [b, a]
      expect((await gather(source.read(start, end))).equals(audio.subarray(start, end))).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('what is being written is read as it is there, at any place', async () => {
  const file = path.join(folder, 'growing')
  const writer = await SealedWriter.create(file, master, 'audio RE1')
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40_000 }), fc.nat(1_000_000), async (more, place) => {
      const before = writer.size
      await writer.write(audio.subarray(before, before + more))
      const at = place % (writer.size + 1)
      const piece = await writer.readSome(at)
      expect(piece.length > 0).toBe(at < writer.size)
      expect(audio.subarray(at, at + piece.length).equals(piece)).toBe(true)
    }),
    { numRuns: 40 },
  )
  await writer.release()
})

test('one changed byte, wherever it is, is noticed', async () => {
  const file = await seal(audio)
  const whole = readFileSync(file)
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bytes = Buffer.from(whole)
      bytes.writeUInt8(bytes.readUInt8(at) ^ change, at)
      writeFileSync(file, bytes)
      await expect(readFrom(file)).rejects.toThrow(BrokenSeal)
    }),
    { numRuns: 40 },
  )
})

test('a cut file is noticed, also when it is cut between two chunks', async () => {
  const file = await seal(audio)
  const whole = readFileSync(file)
  for (const length of [0, 3, 19, 20, 35, offsetOf(1), offsetOf(2), offsetOf(3), whole.length - 1]) {
    writeFileSync(file, whole.subarray(0, length))
    await expect(readFrom(file)).rejects.toThrow(BrokenSeal)
  }
  // Even where somebody believes the shorter length: the last chunk is sealed as the last.
  writeFileSync(file, whole.subarray(0, offsetOf(2)))
  await expect(readFrom(file, 2 * CHUNK_BYTES)).rejects.toThrow(BrokenSeal)
  await expect(readAll(file, master, 'audio RE1')).rejects.toThrow(BrokenSeal)
})

test('chunks that changed places, of another file or another recording are noticed', async () => {
  const [file, other] = [await seal(audio), await seal(audio)]
  const whole = readFileSync(file)
  const moved = Buffer.concat([
    whole.subarray(0, offsetOf(0)),
    whole.subarray(offsetOf(1), offsetOf(2)),
    whole.subarray(offsetOf(0), offsetOf(1)),
    whole.subarray(offsetOf(2)),
  ])
  writeFileSync(file, moved)
  await expect(readFrom(file)).rejects.toThrow(BrokenSeal)
  const theirs = readFileSync(other)
  writeFileSync(
    file,
    Buffer.concat([whole.subarray(0, offsetOf(1)), theirs.subarray(offsetOf(1), offsetOf(2)), whole.subarray(offsetOf(2))]),
  )
  await expect(readFrom(file)).rejects.toThrow(BrokenSeal)
  await expect(open(other, audio.length, 'audio RE2').then((source) => gather(source.read(0)))).rejects.toThrow(BrokenSeal)
  await expect(open(other, audio.length, 'audio RE1', randomBytes(32)).then((source) => gather(source.read(0)))).rejects.toThrow(BrokenSeal)
})

test('a part that everybody has left is closed, and says so', async () => {
  const writer = await SealedWriter.create(path.join(folder, 'left'), master, 'audio RE1')
  writer.hold()
  await writer.release()
  await writer.write(audio)
  expect(await writer.readSome(0)).toHaveLength(CHUNK_BYTES)
  await writer.release()
  expect(() => writer.hold()).toThrow(BrokenSeal)
})

test('a part that was never finished does not open', async () => {
  const file = path.join(folder, 'unfinished')
  const writer = await SealedWriter.create(file, master, 'audio RE1')
  await writer.write(audio)
  await writer.release()
  await expect(readFrom(file)).rejects.toThrow(BrokenSeal)
  await expect(readFrom(file, 3 * CHUNK_BYTES)).rejects.toThrow(BrokenSeal)
})
