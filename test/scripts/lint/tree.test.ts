import { expect, test } from 'vitest'
import { complaints, sizesOf } from '../../../scripts/lint/tree.mjs'

test.each([
  ['main/twilio/list-numbers.ts', /^$/],
  ['renderer/calls/call-card.tsx', /^$/],
  ['test/main/a.test.ts', /^$/],
  ['vite.config.ts', /^$/],
  ['README.md', /^$/],
  ['sandbox/handset/page/start.js', /^$/],
  ['.ci/run', /^$/],
  ['lib/a.ts', /no room 'lib'/],
  ['main/listNumbers.ts', /kebab-case/],
  ['renderer/CallCard.tsx', /kebab-case/],
  ['main/a.d.ts', /compiled output/],
  ['main/a.js', /TypeScript/],
  ['main/a.test.ts', /under test/],
])('%s', (file, expected) => {
  expect(complaints([file]).join()).toMatch(expected)
})

test('sizes are given per room and for all', () => {
  const lines: Record<string, number> = { 'main/a.ts': 10, 'main/b.ts': 20, 'main/c.ts': 300, 'relay/a.ts': 5 }
  const table = sizesOf([...Object.keys(lines), 'docs/a.md'], (file) => lines[file] ?? 0)
  expect(table.map((row) => row.split(/ +/))).toEqual([
    expect.anything(),
    ['room', 'files', 'median', 'p90', 'longest'],
    ['main', '3', '20', '300', '300'],
    ['relay', '1', '5', '5', '5'],
    ['all', '4', '20', '300', '300'],
  ])
})
