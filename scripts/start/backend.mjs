// Sandbox and relay of a profile, and the demo workspace in them.
import { adminAddress, askRelay } from '../../relay/cli/admin-socket.ts'
import { service } from './service.mjs'
import { keep } from './keep.mjs'
import { freePort } from './profile.mjs'

/** Who works in the demo workspace, and who answers which number; the first name is the default caller's. */
const people = [
  { name: 'Ada', role: 'manager' },
  { name: 'Sam', role: 'staff' },
  { name: 'Kim', role: 'staff' },
]
const numbers = {
  '+14155550100': ['Ada', 'Sam'], // Main line
  '+14155550111': ['Sam', 'Kim', 'Ada'], // Support
  '+442079460018': ['Ada'], // London
}

/**
 * @typedef {object} SandboxReady
 * @property {string} url
 * @property {string} accountSid
 * @property {string} authToken
 * @property {string} apiKey
 * @property {string} apiSecret
 * @property {string} twimlAppSid
 *
 * @typedef {object} Backend
 * @property {string} relayUrl
 * @property {string} sandboxUrl
 * @property {number} sandboxPid
 * @property {number} relayPid
 * @property {string} invite A fresh invite code for Ada.
 * @property {Record<string, string>} twilio What the app's environment says of the sandbox's account.
 */

/** Environment of an app that works with this sandbox's account. @param {SandboxReady} sandbox @returns {Record<string, string>} */
export const twilioEnvironment = (sandbox) => ({
  TWILIO_API_BASE: sandbox.url,
  LINEKEEPER_TWILIO_ACCOUNT_SID: sandbox.accountSid,
  LINEKEEPER_TWILIO_API_KEY: sandbox.apiKey,
  LINEKEEPER_TWILIO_API_SECRET: sandbox.apiSecret,
})

/** Environment of a relay that speaks to this sandbox. @param {SandboxReady} sandbox @param {number} port @param {{ database: string, secret: string }} own @returns {Record<string, string>} */
export const relayEnvironment = (sandbox, port, { database, secret }) => ({
  TWILIO_ACCOUNT_SID: sandbox.accountSid,
  TWILIO_AUTH_TOKEN: sandbox.authToken,
  TWILIO_API_KEY: sandbox.apiKey,
  TWILIO_API_SECRET: sandbox.apiSecret,
  TWILIO_TWIML_APP_SID: sandbox.twimlAppSid,
  TWILIO_API_BASE: sandbox.url,
  SERVER_URL: `http://127.0.0.1:${port}`,
  RELAY_HOST: '127.0.0.1',
  RELAY_PORT: String(port),
  RELAY_DATABASE: database,
  RELAY_SECRET: secret,
  RELAY_WORKSPACE: 'Demo workspace',
})

/**
 * Starts both; points the numbers at the relay when it is new or moved, and makes the demo workspace once.
 * @param {import('./profile.mjs').Profile} profile
 * @param {{ sandboxProfile: string, say: (text: string) => void, onEnd: (name: string, status: number) => void }} options @returns {Promise<Backend>}
 */
export async function startBackend(profile, { sandboxProfile, say, onEnd }) {
  const before = profile.remembered()
  say('starting the sandbox ...')
  const sandboxArgs = ['--json', '--data', profile.at('sandbox'), '--profile', sandboxProfile]
  const sandboxPort = await freePort(before.sandboxPort)
  /** @type {SandboxReady & { pid: number }} */
  const sandbox = await service(
    'sandbox/server.ts',
    [...sandboxArgs, '--port', String(sandboxPort)],
    {},
    (status) => onEnd('the sandbox', status), // not begun again: its calls are gone with it
  )
  say('starting the relay ...')
  const relayPort = await freePort(before.relayPort)
  const own = { database: profile.at('relay.db'), secret: profile.relaySecret() }
  const env = relayEnvironment(sandbox, relayPort, own)
  /** @param {(status: number) => void} onRelayEnd @returns {Promise<{ url: string, pid: number }>} */
  const beginRelay = (onRelayEnd) => service('relay/server.ts', ['--json'], env, onRelayEnd)
  const relay = await keep('the relay', beginRelay, { say, onGone: (status) => onEnd('the relay', status) })
  const admin = askRelayOf(own.database)
  const setUpFor = `${env.SERVER_URL} ${sandbox.accountSid}`
  if (before.setUpFor !== setUpFor) await admin({ command: 'setup' }) // new, or it listens elsewhere: the numbers must know
  if (before.demoOf !== sandbox.accountSid) await makeDemo(admin, say)
  profile.remember({ sandboxPort, relayPort, setUpFor, demoOf: sandbox.accountSid })
  const { code } = /** @type {{ code: string }} */ (await admin({ command: 'invite', ...people[0] }))
  const twilio = twilioEnvironment(sandbox)
  return { relayUrl: relay.url, sandboxUrl: sandbox.url, sandboxPid: sandbox.pid, relayPid: relay.pid, invite: code, twilio }
}

/**
 * The operator's way into a running relay: what `npm run relay -- …` asks, without a process for each question.
 * @param {string} database @returns {(request: object) => Promise<unknown>} @throws Error with the relay's sentence.
 */
const askRelayOf = (database) => async (/** @type {object} */ request) => {
  const outcome = await askRelay(adminAddress(database), request)
  if (outcome?.ok) return outcome.value
  throw new Error(`the relay refused ${JSON.stringify(request)}: ${outcome?.failure.message ?? 'it is gone'}`)
}

/** Makes the people and assigns the numbers, once per account: what is changed later stays changed. @param {(request: object) => Promise<unknown>} admin @param {(text: string) => void} say */
async function makeDemo(admin, say) {
  say('setting up the demo workspace ...')
  for (const person of people) await admin({ command: 'invite', ...person })
  for (const [number, users] of Object.entries(numbers)) await admin({ command: 'assign', number, users })
}
