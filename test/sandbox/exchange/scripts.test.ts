import { expect, test } from 'vitest'
import { parseScript } from '../../../sandbox/twilio/exchange/scripts.ts'

test.each([
  ['', [{ do: 'tone', hz: 700, ms: undefined }], undefined],
  ['talk', [{ do: 'tone', hz: 700, ms: undefined }], undefined],
  ['tone:440', [{ do: 'tone', hz: 440, ms: undefined }], undefined],
  ['tone:440:1.5s; silent', [{ do: 'tone', hz: 440, ms: 1500 }, { do: 'silent' }], undefined],
  ['hangup:3s', [{ do: 'hangup', ms: 3000 }], undefined],
  ['echo', [{ do: 'echo' }], undefined],
  ['wait', [{ do: 'wait', ms: undefined }], undefined],
  [
    'wait:500ms digits:12# hangup',
    [
      { do: 'wait', ms: 500 },
      { do: 'digits', digits: '12#' },
      { do: 'hangup', ms: 0 },
    ],
    undefined,
  ],
  ['voicemail', [{ do: 'beep' }, { do: 'tone', hz: 700, ms: 4000 }, { do: 'hangup', ms: 0 }], undefined],
  ['speech:Hello_there', [{ do: 'speech', text: 'Hello there' }], undefined],
  ['giveup:3s talk', [{ do: 'tone', hz: 700, ms: undefined }], 3000],
])('%s', (text, steps, giveUpMs) => {
  expect(parseScript(text)).toEqual({ steps, giveUpMs })
})

test.each(['dance', 'tone', 'tone:loud', 'tone:9', 'hangup:3', 'digits', 'digits:x', 'giveup'])('%s is refused with a sentence', (text) => {
  expect(() => parseScript(text)).toThrow(/script step/)
})
