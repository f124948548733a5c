import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { quantile } from '../harness.ts'

/** What one flush of this machine's disk costs, in ms: p99 of 300 appends of 4 KiB. */
export function fsyncP99(): number {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-fsync-'))
  const file = openSync(path.join(folder, 'file'), 'w')
  const page = Buffer.alloc(4096)
  const samples = Array.from({ length: 300 }, () => {
    const began = performance.now()
    writeSync(file, page)
    fsyncSync(file)
    return performance.now() - began
  })
  closeSync(file)
  rmSync(folder, { recursive: true })
  return quantile(samples, 0.99)
}
