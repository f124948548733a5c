import * as fc from 'fast-check'
import twilio from 'twilio'
import { expect, test } from 'vitest'
import { signWebhook } from '../../../sandbox/twilio/webhooks/sign.ts'

const documented = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+12349013030',
  Digits: '1234',
  From: '+12349013030',
  To: '+18005551212',
}

test('the example of Twilio’s documentation', () => {
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2'
  expect(signWebhook('12345', url, documented)).toBe('0/KCTR6DLpKmkAf8muzZqo1nDgQ=')
  expect(signWebhook('12345', `${url}#rc=2`, documented)).toBe('0/KCTR6DLpKmkAf8muzZqo1nDgQ=')
  expect(signWebhook('12346', url, documented)).not.toBe('0/KCTR6DLpKmkAf8muzZqo1nDgQ=')
})

test('Twilio’s library accepts what we sign, repeated names included, and nothing else', () => {
  const names = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/).filter((name) => !(name in Object.prototype))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(names, fc.string({ unit: 'binary' })), { maxLength: 8 }),
      fc.webUrl({ withQueryParameters: true }),
      (pairs, url) => {
        const params: Record<string, string | string[]> = {}
        for (const [name, value] of pairs) params[name] = name in params ? [params[name]!, value].flat() : value
        const signature = signWebhook('key', url, pairs)
        expect(twilio.validateRequest('key', signature, url, params)).toBe(true)
        expect(twilio.validateRequest('key', signature, url, { ...params, Zzzzzzzzzz: 'x' })).toBe(false)
      },
    ),
  )
})
