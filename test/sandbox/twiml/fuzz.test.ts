import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTwiml } from '../../../sandbox/twilio/twiml/parse.ts'
import { FUZZ_RUNS, nastyText } from '../../kit/fuzz.ts'

const names = [
  'Response',
  'Dial',
  'Number',
  'Client',
  'Identity',
  'Parameter',
  'Say',
  'Play',
  'Pause',
  'Record',
  'Redirect',
  'Reject',
  'Hangup',
  'Gather',
  'constructor',
]
const element: fc.Memo<string> = fc.memo((depth) =>
  fc
    .record({
      name: fc.constantFrom(...names),
      attributes: fc.dictionary(
        fc.constantFrom('timeout', 'action', 'callerId', 'length', 'name', 'value', 'nope', '__proto__'),
        nastyText,
        { maxKeys: 3 },
      ),
      inside: depth > 1 ? fc.array(element(depth - 1), { maxLength: 3 }) : fc.array(nastyText, { maxLength: 1 }),
    })
    .map(({ name, attributes, inside }) => {
      const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value.replaceAll(/[&<"]/g, '')}"`)
      return `<${name}${written.join('')}>${inside.join('')}</${name}>`
    }),
)

test(
  'any document is verbs or a problem with Twilio’s code, never an exception',
  () =>
    fc.assert(
      fc.property(
        fc.oneof(
          nastyText,
          element(4),
          element(3).map((inside) => `<Response>${inside}</Response>`),
        ),
        (text) => {
          const parsed = parseTwiml(Buffer.from(text), 'text/xml')
          const code = parsed.ok ? null : parsed.problem.code
          expect([null, 11_750, 12_100, 12_101, 12_102, 12_200, 12_300, 13_200]).toContain(code)
        },
      ),
      { numRuns: FUZZ_RUNS },
    ),
  600_000,
)
