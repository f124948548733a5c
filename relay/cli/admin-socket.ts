import { createHash } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Server } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { failure, toFailure, type Outcome } from '../../contract/failure.ts'

const MAX_REQUEST_BYTES = 65_536

/** Where a running relay listens for its operator: beside the database, for its owner alone (RULES R21). */
export function adminAddress(database: string): string {
  const file = path.resolve(database)
  if (process.platform === 'win32') return `\\\\.\\pipe\\linekeeper-${createHash('sha256').update(file).digest('hex').slice(0, 32)}`
  const address = `${file}.sock`
  // The kernel's limit; from the working directory the name may be shorter.
  if (Buffer.byteLength(address) < 104) return address
  return path.relative(process.cwd(), address)
}

/** Serves one JSON line per connection. @throws when the address is too long or another relay listens there. */
export async function serveAdmin(address: string, run: (request: unknown) => Promise<unknown>): Promise<Server> {
  if (await isServed(address)) throw new Error('another relay has this database')
  if (process.platform !== 'win32') rmSync(address, { force: true }) // left by one that was killed
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    let size = 0
    socket.on('data', (chunk) => (size += chunk.length) > MAX_REQUEST_BYTES && socket.destroy())
    createInterface({ input: socket }).once('line', (line) => {
      void outcomeOf(line, run).then((outcome) => socket.end(`${JSON.stringify(outcome)}\n`))
    })
  })
  const before = process.umask(0o177) // from its first moment for its owner alone
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve))
  } finally {
    process.umask(before)
  }
  if (process.platform !== 'win32') chmodSync(address, 0o600)
  return server
}

async function outcomeOf(line: string, run: (request: unknown) => Promise<unknown>): Promise<Outcome<unknown>> {
  try {
    return { ok: true, value: await run(JSON.parse(line)) }
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, failure: failure('bad-request', 'not JSON') }
    return { ok: false, failure: toFailure(error) }
  }
}

const isServed = async (address: string): Promise<boolean> => {
  const socket = await connect(address)
  socket?.destroy()
  return socket !== undefined
}

const connect = (address: string) =>
  new Promise<ReturnType<typeof createConnection> | undefined>((resolve, reject) => {
    const socket = createConnection(address, () => resolve(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined)
      else reject(error)
    })
  })

/** Asks the running relay; undefined when none runs. @throws Error when it went away before it answered. */
export async function askRelay(address: string, request: object): Promise<Outcome<unknown> | undefined> {
  const socket = await connect(address)
  if (!socket) return undefined
  socket.on('error', () => socket.destroy())
  socket.write(`${JSON.stringify(request)}\n`)
  for await (const line of createInterface({ input: socket })) return JSON.parse(line) as Outcome<unknown>
  throw new Error('the relay ended before it answered')
}
