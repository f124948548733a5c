import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

// Real oxlint on a small house of baits: line N of a file is one case, `!` marks those that must be reported.
const house: Record<string, string[]> = {
  'contract/a.ts': ["!import '../base/b.ts'", "!export * from '../main/a.ts'", "!import 'node:fs'", "import 'typebox'"],
  'base/b.ts': ["!import '../contract/a.ts'", "!import 'pino'"],
  'main/a.ts': [
    "!export { x } from '../relay/a.ts'",
    "!void import('../renderer/a.ts')",
    '!void import(`../renderer/a.ts`)',
    "!require('../relay/a.ts')",
    "!type T = import('../relay/a.ts').T",
    "!import 'electron'",
    "import type { App } from 'electron'",
    "!import 'better-sqlite3'",
    '!void import(name)',
    "!import './b'",
    "import '../contract/a.ts'",
    '!export const q = `select a from b where c = ${d}`',
    "export const words = 'select a contact from the list'.length",
  ],
  'main/hosts/electron/index.ts': ["import 'electron'", "import '../../a.ts'"],
  'main/store/a.ts': ["import 'better-sqlite3'", "export const q = 'select a from b'"],
  'renderer/a.ts': ["!import 'zustand'", "!import '@twilio/voice-sdk'", "!import 'node:fs'", "!import '../main/a.ts'", "import 'react'"],
  'renderer/state/a.ts': [
    "import { create } from 'zustand'",
    "!import '../voice/phone.ts'",
    "!import type { Bridge } from '../bridge/bridge.ts'",
    "import '../model/dial.ts'",
  ],
  'renderer/voice/phone.ts': ["import '@twilio/voice-sdk'", "import '../state/a.ts'"],
  'words/a.ts': ["import en from './en.json'", "!import '../contract/a.ts'", "!import 'i18next'"],
  'relay/a.ts': [
    "import '../base/b.ts'",
    "!import '../sandbox/a.ts'",
    "import '../words/a.ts'",
    "import twilio from 'twilio'",
    "!import 'better-sqlite3'",
    '!export const q = `update calls set a = 1`',
  ],
  'relay/database/a.ts': ["import 'better-sqlite3'", 'export const q = `update calls set a = 1`'],
  'relay/events/a.ts': ["export const q = 'select a from b'", "!import 'better-sqlite3'"],
  'sandbox/a.ts': [
    "!import '../contract/a.ts'",
    "!import '../base/b.ts'",
    "import 'ws'",
    "!import 'twilio'",
    "!import x from 'twilio/lib/jwt/AccessToken'",
    "!import '@twilio/voice-sdk'",
  ],
  'main/pure.ts': ['!start()', '!await start()', '!globalThis.x = 1', 'export const a = start()', 'export const b = () => start()'],
  'main/store/worker.ts': ['start()'],
  'test/mock.ts': ["!vi.mock('../main/a.ts')", 'vi.fn()'],
  'test/a.ts': ["import '../main/a.ts'"],
}
const root = path.resolve(import.meta.dirname, '../../..')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'linekeeper-lint-'))
  cpSync(path.join(root, 'scripts/lint'), path.join(folder, 'scripts/lint'), { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
  const rules = Object.fromEntries(['rooms', 'sql', 'effects', 'mocks'].map((rule) => [`house/${rule}`, 'error']))
  writeFileSync(
    path.join(folder, '.oxlintrc.json'),
    JSON.stringify({ jsPlugins: ['./scripts/lint/house.js'], categories: { correctness: 'off' }, rules }),
  )
  for (const [file, lines] of Object.entries(house)) {
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true })
    writeFileSync(path.join(folder, file), lines.map((line) => line.replace(/^!/, '')).join('\n'))
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

test('exactly the forbidden imports and SQL are reported', () => {
  const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint')
  const { stdout, status } = spawnSync(process.execPath, [oxlint, '--format=unix', '.'], { cwd: folder, encoding: 'utf8' })
  const reported = [...stdout.matchAll(/^(\S+?):(\d+):\d+:/gm)].map(
    (match) => `${path.relative(folder, path.resolve(folder, match[1] ?? ''))}:${match[2]}`,
  )
  const expected = Object.entries(house).flatMap(([file, lines]) =>
    lines.flatMap((line, index) => (line.startsWith('!') ? [`${file}:${index + 1}`] : [])),
  )
  expect([...new Set(reported)].toSorted()).toEqual(expected.toSorted())
  expect(status).toBe(1)
})
