import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../kit.ts'
import { crash } from './crash.ts'

test('whatever was acknowledged before a kill is there afterwards', { timeout: 60_000 }, async () => {
  const { folder, remove } = temporaryFolder()
  try {
    for (const round of [1, 2, 3, 4, 5]) {
      const { acknowledged, kept } = await crash(path.join(folder, 'relay.db'), 20 * round)
      expect(acknowledged.length).toBeGreaterThan(0)
      expect(acknowledged.filter((line) => !kept.has(line))).toEqual([])
    }
  } finally {
    remove()
  }
})
