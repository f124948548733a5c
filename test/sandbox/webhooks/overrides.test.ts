import { expect, test } from 'vitest'
import { parseOverrides } from '../../../sandbox/twilio/webhooks/overrides.ts'

const defaults = { connectMs: 5000, readMs: 15_000, totalMs: 15_000, retries: 1, retryOn: new Set(['ct']), edges: [] }

test.each([
  ['https://x.example/a?b=1', defaults],
  ['https://x.example/a?b=1#', defaults],
  [
    'https://x.example/a?b=1#ct=1500&rt=3000&tt=6000&rc=1&rp=ct,rt,5xx',
    { ...defaults, connectMs: 1500, readMs: 3000, totalMs: 6000, retryOn: new Set(['ct', 'rt', '5xx']) },
  ],
  [
    'https://x.example/a?b=1#rc=5&rp=all&e=ashburn,dublin',
    { ...defaults, retries: 5, retryOn: new Set(['ct', 'rt', '4xx', '5xx']), edges: ['ashburn', 'dublin'] },
  ],
  ['https://x.example/a?b=1#ct=99&rt=15001&tt=x&rc=6&rp=sometimes', defaults],
  ['https://x.example/a?b=1#rc=0', { ...defaults, retries: 0 }],
])('%s', (url, overrides) => {
  expect(parseOverrides(url)).toEqual({ url: 'https://x.example/a?b=1', overrides })
})
