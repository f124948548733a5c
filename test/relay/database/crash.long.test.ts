import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../kit.ts'
import { crash } from './crash.ts'

test('a hundred kills at random moments lose nothing that was acknowledged', { timeout: 600_000 }, async () => {
  const { folder, remove } = temporaryFolder()
  try {
    for (let round = 0; round < 100; round++) {
      const { acknowledged, kept } = await crash(path.join(folder, `${round}.db`), Math.random() * 200)
      expect(acknowledged.length).toBeGreaterThan(0)
      expect(acknowledged.filter((line) => !kept.has(line))).toEqual([])
    }
  } finally {
    remove()
  }
})
