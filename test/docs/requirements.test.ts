import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { bridgeRequests } from '../../contract/desktop.ts'
import { parseCommand } from '../../relay/cli/arguments.ts'
import { makeRelay } from '../relay/kit.ts'

const root = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const text = read('docs/requirements.md')
const rows = text
  .split('\n')
  .filter((line) => /^\|\s*\d+\s*\|/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
const named = (kind: string) => [...new Set([...text.matchAll(new RegExp(`\`${kind} ([^\`…]+)\``, 'g'))].map((match) => match[1] ?? ''))]

test('every row of the customer’s table is there, with a state and, unless there is nothing yet, a name', () => {
  expect(rows.map(([number]) => Number(number))).toEqual(Array.from({ length: 28 }, (_, at) => at + 1))
  for (const [number, , , state = '', where = ''] of rows) {
    expect(['yes', 'part', 'not yet'], `row ${number}`).toContain(state)
    expect(state === 'not yet' || /`(request|route|screen|command) /.test(where), `row ${number} names nothing`).toBe(true)
  }
})

test('each named bridge request exists', () => {
  expect(named('request').filter((name) => !Object.hasOwn(bridgeRequests, name))).toEqual([])
  expect(named('request').length).toBeGreaterThan(5)
})

test('each named route of the relay exists', async () => {
  const relay = await makeRelay()
  await relay.app.ready()
  const missing = named('route').filter((name) => {
    const [method = '', url = ''] = name.split(' ')
    return !relay.app.hasRoute({ method, url })
  })
  await relay.close()
  expect(missing).toEqual([])
  expect(named('route').length).toBeGreaterThan(10)
})

test('each named screen is in the navigation', () => {
  const screens = /screens = \[(.+?)\] as const/.exec(read('renderer/shell/route.ts'))?.[1] ?? ''
  const known = [...screens.matchAll(/'(\w+)'/g)].map((match) => match[1])
  expect(new Set(named('screen'))).toEqual(new Set(known))
})

test('each named command exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const name of named('command')) {
    const [script = '', ...words] = name.split(' ').filter((word) => word !== '--')
    expect(scripts, name).toHaveProperty(script)
    expect(() => script === 'relay' && parseCommand(words), name).not.toThrow()
  }
})

test('links between the documents lead somewhere', () => {
  const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']
  const more = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'))
  for (const file of [...documents, ...more.map((name) => `docs/${name}`)]) {
    const links = [...read(file).matchAll(/\]\(((?!https?:)[^)#]+)/g)].map((match) => match[1] ?? '')
    for (const link of links)
      expect(() => readdirSync(path.dirname(path.join(root, path.dirname(file), link))), `${file} → ${link}`).not.toThrow()
    for (const link of links.filter((name) => name.endsWith('.md')))
      expect(() => read(path.join(path.dirname(file), link)), `${file} → ${link}`).not.toThrow()
  }
})

test('the README names every npm command and every flag of start', () => {
  const readme = read('README.md')
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const name of Object.keys(scripts)) expect(readme).toMatch(new RegExp(`npm (run )?${name}\\b`))
  for (const [flag] of read('scripts/start/options.mjs').matchAll(/--[a-z-]+(?=[ \]])/g)) expect(readme, flag).toContain(`\`${flag}`)
})
