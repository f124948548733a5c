import { expect, test } from 'vitest'
import { twilioConfig } from '../../../main/hosts/twilio-environment.ts'
import { twilioEnvironment } from '../../../scripts/start/backend.mjs'

const sandbox = {
  url: 'http://127.0.0.1:4010',
  accountSid: `AC${'1'.repeat(32)}`,
  authToken: 'token',
  apiKey: `SK${'2'.repeat(32)}`,
  apiSecret: 'secret',
  twimlAppSid: `AP${'3'.repeat(32)}`,
}

test('what npm start hands over is what the app understands', () => {
  const environment = twilioEnvironment(sandbox)
  expect(twilioConfig(environment)).toEqual({
    twilioApiBase: sandbox.url,
    demoAccount: { accountSid: sandbox.accountSid, apiKey: sandbox.apiKey, apiSecret: sandbox.apiSecret },
  })
  expect(Object.values(environment)).not.toContain(sandbox.authToken)
})

test('without a sandbox it is Twilio itself, and no account comes along', () => {
  expect(twilioConfig({})).toEqual({})
  const { TWILIO_API_BASE: _, ...alone } = twilioEnvironment(sandbox)
  expect(twilioConfig(alone)).toEqual({})
  const { LINEKEEPER_TWILIO_API_SECRET: __, ...incomplete } = twilioEnvironment(sandbox)
  expect(twilioConfig(incomplete)).toEqual({ twilioApiBase: sandbox.url })
})

test('a sandbox elsewhere is refused by name', () => {
  expect(() => twilioConfig({ TWILIO_API_BASE: 'http://10.0.0.1:4010' })).toThrow('TWILIO_API_BASE must be a sandbox on this computer')
})
