import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { once } from 'node:events'
import { createBuilder } from 'vite'

const root = path.resolve(import.meta.dirname, '../..')
const out = path.join(root, 'out/bench/bare-page')

/** Builds the peer with the settings of vite.config.ts, another page and folder. Production, whatever NODE_ENV says. */
export async function buildBarePage(): Promise<string> {
  process.env['NODE_ENV'] = 'production'
  const builder = await createBuilder({
    configFile: path.join(root, 'vite.config.ts'),
    root: path.join(root, 'bench/peers/bare-page'),
    mode: 'production',
    logLevel: 'warn',
    environments: { client: { build: { outDir: out, emptyOutDir: true } } },
  })
  await builder.build(builder.environments['client']!)
  return out
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** Serves a folder on 127.0.0.1. */
export async function serve(folder: string): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://x').pathname
    const file = path.join(folder, name === '/' ? 'index.html' : name)
    readFile(file).then(
      (body) => response.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'application/octet-stream' }).end(body),
      () => response.writeHead(404).end(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => void server.close() }
}
