import { expect, test } from 'vitest'
import { tell } from '../../../scripts/start/tell.mjs'

const ready = {
  event: 'ready' as const,
  url: 'http://127.0.0.1:4000/#token=abc',
  host: 'loopback' as const,
  relayUrl: 'http://127.0.0.1:2',
  sandboxUrl: 'http://127.0.0.1:3',
  pids: { start: 1, sandbox: 2, relay: 3, app: 4 },
}

async function told(options: { json?: boolean; open?: boolean }, more: Partial<Record<'url' | 'sandboxUrl', string | null>> = {}) {
  const printed: string[] = []
  const said: string[] = []
  const opened: string[] = []
  const ports = {
    print: (line: string) => void printed.push(line),
    say: (text: string) => void said.push(text),
    open: (url: string) => Promise.resolve(opened.push(url)),
  }
  await tell({ ...ready, ...more }, { json: false, open: true, ...options }, ports)
  return { printed, said, opened, ports }
}

test('a person is told the address, and a browser is opened there', async () => {
  const { printed, said, opened } = await told({})
  expect(printed).toEqual([`Linekeeper is at ${ready.url}`])
  expect(said.join()).toContain(ready.sandboxUrl)
  expect(opened).toEqual([ready.url])
})

test('--no-open opens none', async () => expect((await told({ open: false })).opened).toEqual([]))

test('--json prints one line of JSON; a browser is opened all the same', async () => {
  const { printed, opened } = await told({ json: true })
  expect(printed.map((line) => JSON.parse(line) as unknown)).toEqual([ready])
  expect(opened).toEqual([ready.url])
})

test('under Electron there is no address, and nothing to open', async () => {
  const { printed, said, opened } = await told({}, { url: null, sandboxUrl: null })
  expect(printed).toEqual(['Linekeeper is open in its window'])
  expect([said, opened]).toEqual([[], []])
})

test('without a browser the start goes on, and says so', async () => {
  const { ports, said } = await told({ open: false })
  await tell(ready, { json: false, open: true }, { ...ports, open: () => Promise.reject(new Error('no browser')) })
  expect(said.at(-1)).toContain('no browser could be opened')
})
