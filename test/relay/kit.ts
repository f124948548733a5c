import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
import { refreshMessage, type Role, type Session } from '../../contract/relay.ts'
import { createRelay } from '../../relay/app.ts'
import { configOf } from '../../relay/config.ts'
import { createLog } from '../../relay/plugins/log.ts'
import { createTwilioClient } from '../../relay/twilio/client.ts'
import type { NumberSettings } from '../../contract/number.ts'
import { createTwilioNumbers, settingsOf, type TwilioNumber, type TwilioNumbers } from '../../relay/twilio/numbers.ts'

const hex = (digit: string) => digit.repeat(32)
/** A relay's environment against a sandbox that nobody asks. */
export const environment = (database: string): Record<string, string> => ({
  TWILIO_ACCOUNT_SID: `AC${hex('1')}`,
  TWILIO_AUTH_TOKEN: hex('a'),
  TWILIO_API_KEY: `SK${hex('2')}`,
  TWILIO_API_SECRET: hex('b'),
  TWILIO_TWIML_APP_SID: `AP${hex('3')}`,
  TWILIO_API_BASE: 'http://127.0.0.1:9',
  SERVER_URL: 'https://relay.example',
  RELAY_HOST: '127.0.0.1',
  RELAY_PORT: '0',
  RELAY_DATABASE: database,
  RELAY_SECRET: 'tests-only-0123456789abcdef0123456789',
})

/** A number in memory; settings that are not given are unset. */
export interface MemoryNumber {
  sid: string
  phoneNumber: string
  name: string
  settings?: Partial<NumberSettings>
}
const listedOf = ({ sid, phoneNumber, name, settings }: MemoryNumber): TwilioNumber => ({
  sid,
  phoneNumber,
  name,
  settings: settingsOf({ friendlyName: name, ...settings }),
})

/** Twilio's numbers in memory. */
export function memoryTwilio(numbers: MemoryNumber[] = []) {
  const configured: string[] = []
  const twilio: TwilioNumbers = {
    list: () => Promise.resolve(numbers.map(listedOf)),
    exists: (sid) => Promise.resolve(numbers.some((number) => number.sid === sid)),
    configureNumber(number, urls) {
      configured.push(`${number.sid} ${urls.voiceUrl}`)
      const kept = numbers.find(({ sid }) => sid === number.sid)
      if (!kept) return Promise.reject(new Error('404'))
      kept.settings = { ...kept.settings, ...urls }
      return Promise.resolve(listedOf(kept).settings)
    },
    configureApp: (urls) => Promise.resolve(void configured.push(`app ${urls.voiceUrl}`)),
  }
  return { twilio, numbers, configured }
}

export const temporaryFolder = () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'linekeeper-relay-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Log lines as objects. */
export function memoryLog() {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>)
      done()
    },
  })
  return { lines, log: createLog('info', stream) }
}

export interface Enrolled {
  session: Session
  key: KeyObject
  headers: { authorization: string }
}

/** A relay over a real file, its clock moved by hand: `relay.moved` in ms. Its numbers are in memory, or with `overRest` at a sandbox. */
export async function makeRelay(env: Record<string, string> = {}, numbers: MemoryNumber[] = [], { overRest = false } = {}) {
  const { folder, remove } = temporaryFolder()
  const { lines, log } = memoryLog()
  const memory = memoryTwilio(numbers)
  const time = { movedMs: 0 }
  const clock = { now: () => new Date(Date.now() + time.movedMs) }
  const config = configOf({ ...environment(path.join(folder, 'relay.db')), ...env })
  const client = createTwilioClient(config.twilio)
  const twilio = overRest ? createTwilioNumbers(client, config.twilio.twimlAppSid) : memory.twilio
  const relay = await createRelay(config, { clock, log, twilio, client })
  const post = (url: string, payload: object, headers = {}) => relay.app.inject({ method: 'POST', url, payload, headers })
  const enroll = (code: string, key = generateKeyPairSync('ed25519')) =>
    post('/api/auth/enroll', { code, deviceName: 'Laptop', publicKey: publicKeyOf(key.publicKey) })
  return {
    ...relay,
    config,
    lines,
    memory,
    time,
    clock,
    post,
    enroll,
    get: (url: string, headers = {}) => relay.app.inject({ method: 'GET', url, headers }),
    async enrolled(name: string, role: Role): Promise<Enrolled> {
      const { code } = (await relay.core.admin({ command: 'invite', name, role })) as { code: string }
      const key = generateKeyPairSync('ed25519')
      const session = (await enroll(code, key)).json<Session>()
      return { session, key: key.privateKey, headers: { authorization: `Bearer ${session.token}` } }
    },
    refresh(of: { session: Session; key: KeyObject }, refreshToken = of.session.refreshToken, at = clock) {
      const signed = { deviceId: of.session.device.deviceId, refreshToken, at: at.now().toISOString() }
      const signature = sign(null, Buffer.from(refreshMessage(signed)), of.key).toString('base64url')
      return post('/api/auth/refresh', { ...signed, signature })
    },
    async close() {
      await relay.close()
      remove()
    },
  }
}
export type TestRelay = Awaited<ReturnType<typeof makeRelay>>

export const publicKeyOf = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64url')
