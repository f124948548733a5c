import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { bridgeRequests } from '../../../contract/desktop.ts'
import { readDoor, writeDoor } from '../../../main/hosts/loopback/door.ts'
import { createSecretFile } from '../../../main/hosts/loopback/secret-file.ts'
import { listenLocally } from '../../../main/hosts/loopback/server.ts'
import { Desktop, newFolder } from '../kit/desktop.ts'

const token = 'a-token-of-enough-characters-000000'
let desktop: Desktop
let server: Awaited<ReturnType<typeof listenLocally>>
const listen = (port = 0, pageGoneMs = 50) =>
  listenLocally({ app: desktop.app, page: () => Promise.resolve(new Response('the page')), token, port, pageGoneMs })
beforeEach(async () => {
  desktop = await new Desktop().start()
  server = await listen()
})
afterEach(async () => {
  await server.close()
  await desktop.end()
})

interface Answer {
  status: number
  body: string
}
/** Not fetch: it would not let us lie about Host. */
function send(method: string, pathname: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: server.port, method, path: pathname, headers }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
    })
    call.on('error', reject)
    call.end(body)
  })
}
const json = { 'content-type': 'application/json' }
const ours = { authorization: `Bearer ${token}`, ...json }
const codeOf = ({ body }: Answer) => (JSON.parse(body) as { failure: { code: string } }).failure.code

describe('requests', () => {
  test('with the token are answered by the bridge', async () => {
    const { status, body } = await send('POST', '/bridge/app.status', ours, '{}')
    expect(status).toBe(200)
    expect(JSON.parse(body)).toMatchObject({ ok: true, value: { version: '1.2.3', relay: 'off' } })
  })

  test('a failure is an outcome, with a precise path', async () => {
    const { body } = await send('POST', '/bridge/calls.page', ours, '{"limit":0}')
    expect(JSON.parse(body)).toMatchObject({ ok: false, failure: { code: 'bad-request', message: '/limit must be >= 1' } })
    expect(codeOf(await send('POST', '/bridge/no.such', ours, '{}'))).toBe('unknown-request')
    expect(codeOf(await send('POST', '/bridge/__proto__', ours, '{}'))).toBe('unknown-request')
  })

  test.each([
    ['no token', {}, 401],
    ['a wrong token', { authorization: 'Bearer wrong' }, 401],
    ['the token in another scheme', { authorization: `Basic ${token}` }, 401],
    ['another Host, as after DNS rebinding', { authorization: `Bearer ${token}`, host: 'evil.example' }, 403],
    ['a Host without our port', { authorization: `Bearer ${token}`, host: '127.0.0.1' }, 403],
    ['another Origin', { authorization: `Bearer ${token}`, origin: 'https://evil.example' }, 403],
    ['a page of another port', { authorization: `Bearer ${token}`, origin: 'http://127.0.0.1:1' }, 403],
    ['a null Origin', { authorization: `Bearer ${token}`, origin: 'null' }, 403],
    ['a form', { authorization: `Bearer ${token}`, 'content-type': 'text/plain' }, 400],
  ])('%s is refused and reaches nothing', async (_what, headers, status) => {
    const spy = vi.spyOn(desktop.app, 'request')
    expect((await send('POST', '/bridge/app.status', { ...json, ...headers }, '{}')).status).toBe(status)
    expect(spy).not.toHaveBeenCalled()
  })

  test('our own page’s Origin is welcome', async () => {
    const headers = { ...ours, origin: `http://127.0.0.1:${server.port}` }
    expect((await send('POST', '/bridge/app.status', headers, '{}')).status).toBe(200)
  })

  test('the token counts nowhere but in its header', async () => {
    const headers = { ...json, cookie: `token=${token}` }
    expect((await send('POST', `/bridge/app.status?token=${token}`, headers, '{}')).status).toBe(401)
  })

  test('a body that is not JSON is refused', async () => {
    expect(codeOf(await send('POST', '/bridge/app.status', ours, '{'))).toBe('bad-request')
  })

  test('GET /bridge lists every request with its schemas, with the token alone', async () => {
    expect((await send('GET', '/bridge')).status).toBe(401)
    const list = JSON.parse((await send('GET', '/bridge', ours)).body) as Record<string, { args: unknown; value: unknown }>
    expect(Object.keys(list).toSorted()).toEqual(Object.keys(bridgeRequests).toSorted())
    expect(list['calls.page']?.args).toMatchObject({ type: 'object', required: ['limit'], additionalProperties: false })
  })

  test('the page needs no token, but our Host', async () => {
    expect(await send('GET', '/')).toMatchObject({ status: 200, body: 'the page' })
    expect((await send('GET', '/', { host: 'evil.example' })).status).toBe(403)
    expect((await send('DELETE', '/')).status).toBe(404)
  })
})

const open = (protocols: string[], headers: Record<string, string> = {}, pathname = '/bridge/events') =>
  new Promise<WebSocket>((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${pathname}`, protocols, { headers })
    socket.on('open', () => resolve(socket))
    socket.on('error', reject)
  })

describe('events', () => {
  test('reach every page that has the token', async () => {
    const socket = await open(['linekeeper', token], { origin: `http://127.0.0.1:${server.port}` })
    expect(socket.protocol).toBe('linekeeper')
    const heard = new Promise((resolve) => socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()))))
    await desktop.ask('device.report', { registered: true, microphone: 'granted' })
    expect(await heard).toMatchObject({ event: 'status.changed', payload: { registered: true } })
    socket.close()
  })

  test.each([
    ['a wrong token', ['linekeeper', 'wrong'], {}, '/bridge/events', /401/],
    ['no token', ['linekeeper'], {}, '/bridge/events', /401/],
    ['the token in the wrong place', [token], {}, '/bridge/events', /401/],
    ['another Origin', ['linekeeper', token], { origin: 'https://evil.example' }, '/bridge/events', /403/],
    ['another Host', ['linekeeper', token], { host: 'evil.example' }, '/bridge/events', /403/],
    ['another path', ['linekeeper', token], {}, '/events', /404/],
  ])('%s is refused', async (_what, protocols, headers, pathname, answer) => {
    await expect(open(protocols, headers as Record<string, string>, pathname)).rejects.toThrow(answer)
  })

  test('when the last page is gone, so is its Device; a socket that comes back in time keeps it', async () => {
    await server.close()
    server = await listen(0, 2000) // time enough to come back, on any machine
    const first = await open(['linekeeper', token])
    await desktop.ask('device.report', { registered: true, microphone: 'granted' })
    first.close()
    const second = await open(['linekeeper', token])
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect((await desktop.ask('app.status', {})).registered).toBe(true)
    second.close()
    await vi.waitFor(async () => expect((await desktop.ask('app.status', {})).registered).toBe(false), 3000)
  })
})

/** Whether there was a Device, each time the page was told. */
const told = () => desktop.events.flatMap(({ event, payload }) => (event === 'status.changed' ? [payload.registered] : []))
const status = () => desktop.ask('app.status', {})

const report = (page: string, registered: boolean, microphone = registered ? 'granted' : 'unknown') =>
  send('POST', '/bridge/device.report', { ...ours, 'x-linekeeper-page': page }, JSON.stringify({ registered, microphone }))

describe('two windows', () => {
  test('a second one without the Device takes nothing from the first', async () => {
    const first = await open(['linekeeper', token, 'page-1'])
    await report('page-1', true)
    const { registeredSince } = await status()
    const second = await open(['linekeeper', token, 'page-2'])
    await report('page-2', false)
    expect(await status()).toMatchObject({ registered: true, microphone: 'granted', registeredSince })
    second.close()
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(await status()).toMatchObject({ registered: true, registeredSince })
    first.close()
    await vi.waitFor(async () => expect((await status()).registered).toBe(false), 3000)
  })

  test('the one with the Device is closed while the other stays: nothing is registered any more', async () => {
    const first = await open(['linekeeper', token, 'page-1'])
    const second = await open(['linekeeper', token, 'page-2'])
    await report('page-1', true)
    await report('page-2', false)
    first.close()
    await vi.waitFor(async () => expect((await status()).registered).toBe(false), 3000)
    second.close()
  })

  test('the Device is taken over: the claim goes from one to the other', async () => {
    await open(['linekeeper', token, 'page-1'])
    await open(['linekeeper', token, 'page-2'])
    await report('page-1', true)
    await report('page-1', false)
    expect((await status()).registered).toBe(false)
    await report('page-2', true)
    expect((await status()).registered).toBe(true)
  })

  test('a page that never has a socket is not believed for long', async () => {
    await report('page-3', true)
    expect(told()).toContain(true)
    await vi.waitFor(async () => expect((await status()).registered).toBe(false), 3000)
  })
})

/** Windows has no such bits; its profile folders are the user's own. */
const othersMay = (file: string) => process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0

describe('the door', () => {
  test('token and port stay with the profile, readable by its owner alone', () => {
    const folder = newFolder()
    const door = readDoor(folder)
    expect(Buffer.from(door.token, 'base64url').length).toBeGreaterThanOrEqual(16)
    writeDoor(folder, { ...door, port: 4321 })
    expect(readDoor(folder)).toEqual({ token: door.token, port: 4321 })
    expect(othersMay(path.join(folder, 'loopback.json'))).toBe(false)
    writeFileSync(path.join(folder, 'loopback.json'), '{broken')
    expect(readDoor(folder).token).not.toBe(door.token)
    rmSync(folder, { recursive: true })
  })

  test('a port that somebody else has is given up for another', async () => {
    const other = await listen(server.port)
    expect(other.port).not.toBe(server.port)
    await other.close()
  })
})

describe('secret file', () => {
  test('keeps values over a restart, holds none in the clear, and says what it is', async () => {
    const folder = newFolder()
    const secrets = createSecretFile(folder)
    await Promise.all([secrets.set('a', 'first secret'), secrets.set('b', 'second secret'), secrets.set('a', 'third secret')])
    expect(await createSecretFile(folder).get('a')).toBe('third secret')
    expect(await createSecretFile(folder).get('b')).toBe('second secret')
    await secrets.delete('a')
    expect(await secrets.get('a')).toBeUndefined()
    const file = path.join(folder, 'secrets.obfuscated.json')
    const text = readFileSync(file, 'utf8')
    expect(text).not.toContain('secret"')
    expect(text).not.toContain('second secret')
    expect(text).toContain('not encrypted')
    expect(othersMay(file)).toBe(false)
    rmSync(folder, { recursive: true })
  })
})
