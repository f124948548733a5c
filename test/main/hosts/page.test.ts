import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPage, reachOf, type Reach } from '../../../main/hosts/page.ts'
import { newFolder } from '../kit/desktop.ts'

const none: Reach = { connect: [], media: [] }
let folder: string
beforeAll(() => {
  folder = path.join(newFolder(), 'renderer')
  mkdirSync(path.join(folder, 'assets'), { recursive: true })
  writeFileSync(path.join(folder, 'index.html'), '<meta property="csp-nonce" nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__">')
  writeFileSync(path.join(folder, 'assets/a.js'), 'export {}')
  writeFileSync(path.join(folder, '../secret.html'), 'secret')
})
afterAll(() => rmSync(path.dirname(folder), { recursive: true }))

const load = (pathname: string, reach: () => Reach = () => none) => createPage(folder, reach)(new Request(`http://127.0.0.1${pathname}`))
const csp = async (reach: () => Reach) => (await load('/', reach)).headers.get('content-security-policy') ?? ''

test('each load has a nonce of its own, the same in the policy and in the page', async () => {
  const nonces = await Promise.all(
    [1, 2].map(async () => {
      const answer = await load('/')
      const nonce = /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1]
      const html = await answer.text()
      expect(html).toBe(`<meta property="csp-nonce" nonce="${nonce}"><script nonce="${nonce}">`)
      return nonce
    }),
  )
  expect(new Set(nonces).size).toBe(2)
})

test('the policy names no unsafe-*, no wildcard host, and no default', async () => {
  const policy = await csp(() => none)
  expect(policy).not.toContain('unsafe')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toMatch(/style-src 'self' 'nonce-/)
  expect(policy).toMatch(/connect-src 'self'(;|$)/)
})

test.each(['/../secret.html', '/%2e%2e/secret.html', '/..%2fsecret.html', '/assets', '/missing.js', '/%', '/a%00.html', '/assets/a.ts'])(
  '%s is not served',
  async (pathname) => expect((await load(pathname)).status).toBe(404),
)

describe('where a page may connect to', () => {
  const twilio = { signalingUrl: null, soundsUrl: null }
  const sandbox = { signalingUrl: 'ws://127.0.0.1:9000/signal', soundsUrl: 'http://127.0.0.1:9000/sounds' }

  test('a live session: Twilio’s signaling, insights and sounds, and nothing on this machine', () => {
    const { connect } = reachOf({ state: 'signed-in', voice: twilio }, true)
    expect(connect).toEqual(['wss://*.twilio.com', 'https://*.twilio.com']) // eventgw.us1, eventgw.ie1, eventgw.au1 among them
  })

  test('a sandbox session: that sandbox alone', () => {
    expect(reachOf({ state: 'signed-in', voice: sandbox }, true)).toEqual({
      connect: ['ws://127.0.0.1:9000', 'http://127.0.0.1:9000'],
      media: ['http://127.0.0.1:9000'],
    })
  })

  test('before anybody is signed in: also sandboxes of this machine, but not in a package', () => {
    expect(reachOf({ state: 'first-run', voice: twilio }, true).connect).toContain('ws://127.0.0.1:*')
    expect(reachOf({ state: 'first-run', voice: twilio }, false).connect.join(' ')).not.toContain('127.0.0.1')
  })

  test('is asked at each load', async () => {
    let reach = none
    expect(await csp(() => reach)).not.toContain('ws:')
    reach = reachOf({ state: 'signed-in', voice: sandbox }, true)
    expect(await csp(() => reach)).toContain("connect-src 'self' ws://127.0.0.1:9000 http://127.0.0.1:9000")
  })
})
