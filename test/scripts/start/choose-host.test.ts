import { expect, test } from 'vitest'
import { afterDownload, afterElectron, chooseHost, REMEMBER_MS } from '../../../scripts/start/choose-host.mjs'

const desk = {
  platform: 'linux' as NodeJS.Platform,
  isRoot: false,
  hasDisplay: true,
  hasBinary: false,
  unreachableAt: undefined,
  now: 5e12,
}

test.each([
  ['auto on a desk with Electron', 'auto', { hasBinary: true }, 'electron'],
  ['auto on a desk without', 'auto', {}, 'download'],
  ['auto as root, Electron or not', 'auto', { isRoot: true, hasBinary: true }, 'loopback'],
  ['auto without a display', 'auto', { hasDisplay: false, hasBinary: true }, 'loopback'],
  ['auto on a Mac needs no DISPLAY', 'auto', { platform: 'darwin' as const, hasDisplay: false, hasBinary: true }, 'electron'],
  ['auto on Windows needs no DISPLAY', 'auto', { platform: 'win32' as const, hasDisplay: false }, 'download'],
  ['auto, unreachable an hour ago', 'auto', { unreachableAt: 5e12 - 3_600_000 }, 'loopback'],
  ['auto, unreachable a day ago', 'auto', { unreachableAt: 5e12 - REMEMBER_MS }, 'download'],
  ['auto, unreachable an hour ago, installed since', 'auto', { unreachableAt: 5e12 - 3_600_000, hasBinary: true }, 'electron'],
  ['loopback asked for', 'loopback', { hasBinary: true }, 'loopback'],
  ['electron asked for as root', 'electron', { isRoot: true, hasDisplay: false, hasBinary: true }, 'electron'],
  ['electron asked for without binary', 'electron', { isRoot: true }, 'download'],
  ['electron asked for, unreachable an hour ago', 'electron', { unreachableAt: 5e12 - 3_600_000 }, 'download'],
] as const)('%s', (_name, wanted, machine, expected) => {
  expect(chooseHost(wanted, { ...desk, ...machine }).do).toBe(expected)
})

test('a download that failed is a fallback, unless Electron was asked for', () => {
  expect(afterDownload('auto', { ok: true, why: '' })).toEqual({ do: 'electron' })
  expect(afterDownload('auto', { ok: false, why: 'no answer within 5 s' })).toEqual({
    do: 'loopback',
    why: 'Electron cannot be downloaded (no answer within 5 s)',
  })
  expect(afterDownload('electron', { ok: false, why: 'x' }).do).toBe('fail')
})

test.each([
  ['auto', 900, 'loopback'],
  ['auto', 4999, 'loopback'],
  ['electron', 900, 'fail'],
  ['auto', 5000, undefined],
  ['electron', 60_000, undefined],
] as const)('Electron (%s) that ended after %d ms: %s', (wanted, afterMs, expected) => {
  expect(afterElectron(wanted, { afterMs, code: 1 })?.do).toBe(expected)
})
