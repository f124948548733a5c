import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BackupView } from '../../contract/history.ts'
import { startStack, type Desktop } from '../../test/e2e/kit/stack.ts'
import { seedProfile } from './seeded-file.ts'

export interface SeededDesktop {
  desktop: Desktop
  close(): Promise<void>
}

const PATIENCE_MS = 600_000

/**
 * Waits until the app has looked its database over and copied it, as it does half a minute after a start and then once a day: that is not
 * what is measured here. @throws Error after ten minutes
 */
async function backedUp(desktop: Desktop): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (performance.now() < end) {
    const { backups, check, isRunning } = await desktop.request<BackupView>('backup.get')
    if (backups.length > 0 && check === 'ok' && !isRunning) return
    await sleep(500)
  }
  throw new Error('no backup was made')
}

/** A manager's desktop with so many calls, on a stack of its own, its first check and backup over. */
export async function seededDesktop(calls: number, say: (text: string) => void): Promise<SeededDesktop> {
  const stack = await startStack({ profile: 'kind' })
  const profile = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-bench-'))
  const close = async () => {
    await stack.close()
    rmSync(profile, { recursive: true, force: true })
  }
  try {
    const invite = await stack.invite('Bench', 'manager')
    const desktop = await stack.desktop({ invite, withoutAccount: true, env: { LINEKEEPER_PROFILE: profile } })
    await desktop.stop()
    seedProfile(path.join(profile, 'app.db'), calls, say)
    await desktop.restart()
    await backedUp(desktop)
    return { desktop, close }
  } catch (error) {
    await close()
    throw error
  }
}
