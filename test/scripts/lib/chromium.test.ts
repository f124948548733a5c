import { expect, test } from 'vitest'
import { candidates, firstExecutable, remedy } from '../../../scripts/lib/chromium.mjs'

test('the one that is named comes first', () => {
  expect(candidates({ CHROMIUM_PATH: '/opt/chromium' })[0]).toBe('/opt/chromium')
  expect(candidates({})).toContain('/usr/bin/chromium')
  expect(candidates({ PROGRAMFILES: 'C:/Program Files' }).some((file) => file.endsWith('msedge.exe'))).toBe(true)
})

test('only a file that may be executed is taken', () => {
  expect(firstExecutable(['/nowhere/chromium', import.meta.filename, process.execPath])).toBe(process.execPath)
  expect(firstExecutable([])).toBeUndefined()
})

test('root on Debian installs it; everybody else is told one command', () => {
  const root = remedy({ platform: 'linux', isRoot: true, hasApt: true })
  expect('run' in root && root.run.map(([command]) => command)).toEqual(['apt-get', 'apt-get'])
  expect(remedy({ platform: 'linux', isRoot: false, hasApt: true })).toEqual({
    tell: expect.stringMatching(/^sudo apt-get .* chromium$/) as string,
  })
  expect(remedy({ platform: 'linux', isRoot: true, hasApt: false })).toEqual({ tell: 'npx playwright-core install chromium' })
  expect(remedy({ platform: 'darwin', isRoot: false, hasApt: false })).toEqual({ tell: 'npx playwright-core install chromium' })
})
