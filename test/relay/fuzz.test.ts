import fc from 'fast-check'
import twilio from 'twilio'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureCodes, type Failure } from '../../contract/failure.ts'
import { FUZZ_RUNS, nastyText } from '../kit/fuzz.ts'
import { openDesktop } from './desktop.ts'
import { environment, makeRelay, type Enrolled, type TestRelay } from './kit.ts'

let relay: TestRelay
let ada: Enrolled
beforeAll(async () => {
  const unlimited = { RELAY_REQUESTS_PER_MINUTE: '100000000', RELAY_ENROLL_PER_MINUTE: '100000000', RELAY_WEBHOOKS_PER_MINUTE: '100000000' }
  relay = await makeRelay({ ...unlimited, RELAY_LOG_LEVEL: 'silent' })
  ada = await relay.enrolled('Ada', 'manager')
})
afterAll(() => relay.close())

const posts = [
  '/api/auth/enroll',
  '/api/auth/refresh',
  '/api/auth/logout',
  '/api/commands',
  '/api/calls/c1/observations',
  '/api/devices/d1/revoke',
  '/api/numbers/changes',
  '/api/audit',
]
const webhooks = ['twiml', 'fallback', 'dial-action', 'voicemail-callback', 'status-callback', 'recording-callback'].map(
  (name) => `/api/twilio/${name}`,
)

test(
  'JSON routes: whatever is sent, the answer is a catalogued refusal or a success, never a crash',
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...posts),
        fc.oneof(
          fc.json({ maxDepth: 4 }),
          nastyText,
          fc.object().map((value) => JSON.stringify(value)),
        ),
        fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'),
        fc.boolean(),
        async (url, payload, type, isSignedIn) => {
          const headers = { 'content-type': type, ...(isSignedIn && url !== '/api/auth/logout' ? ada.headers : {}) }
          const answer = await relay.app.inject({ method: 'POST', url, payload, headers })
          expect(answer.statusCode).toBeLessThan(500)
          const isKnown = answer.statusCode < 400 || Object.hasOwn(failureCodes, answer.json<Failure>().code)
          expect(isKnown, answer.body).toBe(true)
        },
      ),
      { numRuns: FUZZ_RUNS },
    ),
  600_000,
)

test(
  'webhooks: an unsigned one writes nothing, a signed one is answered, and the same again gets the same bytes',
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...webhooks),
        fc.array(
          fc.tuple(
            fc.oneof(
              nastyText,
              fc.constantFrom('CallSid', 'From', 'To', 'CallStatus', 'DialCallStatus', 'RecordingSid', 'SequenceNumber', 'CallDuration'),
            ),
            nastyText,
          ),
          { maxLength: 12 },
        ),
        fc.constantFrom('', '?c=abc&l=party&s=0', '?c=%5B&l=&s=x', '?c=../../etc&l=party'),
        async (path, pairs, query) => {
          const form = new URLSearchParams(pairs)
          // As a receiver reads it back: half surrogates become U+FFFD on the wire.
          const params: Record<string, string[]> = Object.create(null) as Record<string, string[]>
          for (const [name, value] of new URLSearchParams(form.toString())) (params[name] ??= []).push(value)
          const headers = { 'content-type': 'application/x-www-form-urlencoded' }
          const post = (signature: string) =>
            relay.app.inject({
              method: 'POST',
              url: path + query,
              payload: form.toString(),
              headers: { ...headers, 'x-twilio-signature': signature },
            })
          const head = relay.core.events.head()
          expect((await post('forged')).statusCode).toBe(403)
          expect(relay.core.events.head()).toBe(head)
          const token = environment('x')['TWILIO_AUTH_TOKEN'] ?? ''
          const signature = twilio.getExpectedTwilioSignature(token, `https://relay.example${path}${query}`, params)
          const first = await post(signature)
          const written = relay.core.events.head()
          const second = await post(signature)
          expect(first.statusCode).toBeLessThan(500)
          expect([second.statusCode, second.body]).toEqual([first.statusCode, first.body])
          expect(relay.core.events.head()).toBe(written)
        },
      ),
      { numRuns: Math.ceil(FUZZ_RUNS / 4) },
    ),
  600_000,
)

test('frames: a malformed one closes its own socket with 4002 and nobody else’s', async () => {
  const url = await relay.app.listen({ host: '127.0.0.1', port: 0 })
  const witness = openDesktop(url, ada.headers)
  await witness.hello()
  await fc.assert(
    fc.asyncProperty(fc.oneof(nastyText, fc.json({ maxDepth: 3 })), async (text) => {
      const head = relay.core.events.head()
      const desktop = openDesktop(url, ada.headers)
      await desktop.opened()
      desktop.socket.send(text)
      expect(await desktop.closed).toBe(4002)
      expect(relay.core.events.head()).toBe(head)
    }),
    { numRuns: Math.ceil(FUZZ_RUNS / 40) },
  )
  expect(witness.socket.readyState).toBe(witness.socket.OPEN)
  witness.socket.close()
}, 600_000)
