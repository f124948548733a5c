import { expect, test } from 'vitest'
import { ConfigError, configOf } from '../../relay/config.ts'
import { environment } from './kit.ts'

const good = environment('/tmp/relay.db')

test('a complete environment is taken, with defaults', () => {
  const config = configOf(good)
  expect(config).toMatchObject({ serverUrl: 'https://relay.example', port: 0, workspace: 'Workspace', retentionMs: 0 })
  expect(config.twilio).toMatchObject({ apiBase: 'http://127.0.0.1:9', authTokenSecondary: undefined })
  expect(config).toMatchObject({ logLevel: 'info', busyMs: 250 })
  expect(configOf({ ...good, RELAY_LOG_LEVEL: 'silent', RELAY_RING_SECONDS: '50' })).toMatchObject({ logLevel: 'silent' })
  expect(config.calls).toMatchObject({ voiceTokenSeconds: 3600, recordAll: false })
  expect(configOf({ ...good, TWILIO_API_BASE: undefined }).twilio.apiBase).toBeNull()
})

const needed = Object.keys(good).filter((name) => name !== 'TWILIO_API_BASE')
test.each(needed)('without %s: a sentence that names it', (name) => {
  expect(() => configOf({ ...good, [name]: '' })).toThrow(ConfigError)
  expect(() => configOf({ ...good, [name]: undefined })).toThrow(`${name} is missing.`)
})

test.each([
  ['TWILIO_ACCOUNT_SID', 'AC123'],
  ['TWILIO_API_KEY', `AC${'1'.repeat(32)}`],
  ['TWILIO_TWIML_APP_SID', 'app'],
  ['SERVER_URL', 'relay.example'],
  ['SERVER_URL', 'http://relay.example'],
  ['SERVER_URL', 'https://relay.example/base'],
  ['SERVER_URL', 'https://user:pass@relay.example'],
  ['TWILIO_API_BASE', 'http://sandbox.example'],
  ['TWILIO_API_BASE', 'https://127.0.0.1:1'],
  ['TWILIO_API_BASE', 'http://127.0.0.1.example'],
  ['TWILIO_API_BASE', 'http://127.0.0.1:1/path'],
  ['RELAY_PORT', 'http'],
  ['RELAY_PORT', '70000'],
  ['RELAY_DATABASE', 'postgres://relay@db/relay'],
  ['RELAY_DATABASE', 'mysql://db'],
  ['RELAY_SECRET', 'short'],
  ['RELAY_SESSION_MS', '-1'],
  ['RELAY_VOICE_TOKEN_SECONDS', '86400'],
  ['RELAY_RECORD_ALL', 'yes'],
  ['RELAY_LEASE_SECONDS', '0'],
  ['RELAY_TRASH_DAYS', '0'],
  ['RELAY_SWEEP_MS', '99'],
  ['RELAY_RING_SECONDS', '51'],
  ['RELAY_DATABASE_BUSY_MS', '1001'],
  ['RELAY_LOG_LEVEL', 'loud'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => configOf({ ...good, [name]: value })).toThrow(new RegExp(`^${name} `))
})

const trashMs = (env: Record<string, string>) => configOf({ ...good, ...env }).recordings.trashMs

test('recordings stay in the trash for days, or for ms', () => {
  const day = 86_400_000
  expect([trashMs({}), trashMs({ RELAY_TRASH_DAYS: '7' }), trashMs({ RELAY_TRASH_MS: '250' })]).toEqual([30 * day, 7 * day, 250])
})

test('http is enough on a loopback address', () => {
  for (const host of ['127.0.0.1:4010', 'localhost', '[::1]:80'])
    expect(configOf({ ...good, SERVER_URL: `http://${host}/` }).serverUrl).toBe(`http://${host}`.replace(/:80$/, ''))
})
