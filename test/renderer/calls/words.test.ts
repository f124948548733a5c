import { expect, test } from 'vitest'
import { outcomeReasons, outcomes } from '../../../contract/call.ts'
import { timelineClocks } from '../../../contract/timeline.ts'
import { sentenceOf, whySentences } from '../../../renderer/calls/model/timeline-words.ts'
import { createWords } from '../../../renderer/words/index.ts'
import { enCalls } from '../../../words/en-calls.ts'
import { en } from '../../../words/en.ts'

const words = createWords()
words.addResourceBundle('en', 'calls', enCalls)
const desk = {
  t: words.getFixedT('en', 'calls'),
  common: words.getFixedT('en', 'en'),
  names: { ada: 'Ada' },
  format: (number: string) => number,
  oursOf: () => 'Main line',
  deviceId: 'desk',
}

/** Every `what` that contract/timeline-of gives. */
const whats = [
  'arrived',
  'started-here',
  'placed',
  'allowed',
  'rings-planned',
  'nobody-rung',
  'will-record',
  'refused',
  'failed-here',
  'declined-everywhere',
  'rang-out',
  'caller-gave-up',
  'hung-up',
  'relay-ended',
  'device-dialed',
  'device-skipped',
  'user-without-device',
  'leg-began',
  'leg-rang',
  'rang-here',
  'clicked',
  'leg-answered',
  'answered-here',
  'bridged',
  'not-bridged',
  'leg-ended',
  'ended-here',
  'sound',
  'twilio-final',
  'priced',
  'voicemail-began',
  'voicemail',
  'recording-began',
  'recording',
  'dealt-with',
  'listened',
  'transcribed',
  'sdk',
]

test.each(whats)('%s has a sentence, whole even where nothing is known', (what) => {
  const sentence = sentenceOf({ what, params: {} }, desk, 'incoming')
  expect(sentence).toMatch(/^[A-Z].{5,}/)
  expect(sentence).not.toMatch(/\{\{|undefined|null|later version/)
})

test.each([
  ['leg-ended', { role: 'device', userId: 'ada', status: 'no-answer', seconds: 0 }, 'Ada ended: no answer'],
  [
    'ended-here',
    { role: 'device', deviceId: 'desk', status: 'failed', errorCode: 31_003 },
    'This computer ended, says the computer itself: failed (code 31003)',
  ],
  [
    'twilio-final',
    { role: 'party', to: '+14155552671', status: 'completed', seconds: 65 },
    "Twilio's last word on the caller: completed after 1:05",
  ],
  [
    'device-dialed',
    { userId: 'ada', deviceId: 'x', deviceName: 'laptop', isReachable: false },
    "The relay asked Twilio to ring Ada's laptop, though it was not known to be there",
  ],
  ['bridged', { role: 'party', to: '+14155552671' }, 'The caller and our side were connected'],
  ['will-record', { userId: 'ada', why: 'caller' }, 'The call is to be recorded: Ada turned on Record'],
  ['clicked', { userId: 'ada', what: 'answer' }, 'Ada clicked Answer'],
  ['priced', { amount: '-0.0085', currency: 'USD', role: 'recording' }, 'Twilio charged $0.0085 for the recording'],
  ['nobody-rung', { reason: 'nobody-assigned' }, 'The relay rang nobody: nobody is assigned to this number'],
  [
    'sound',
    { role: 'device', deviceId: 'desk', mos: 4.21, jitterMs: 3.4, packetLoss: 0.015, roundTripMs: 80 },
    'The sound at this computer: MOS 4.2, jitter 3 ms, loss 1.5 %, round trip 80 ms',
  ],
  ['arrived', { from: 'anonymous', to: '+14155550100' }, 'A call came in from a withheld number to +14155550100'],
  ['arrived', { from: '…2671', to: '…0100' }, 'A call came in from …2671 to …0100'],
  ['sdk', { deviceId: 'desk', name: 'warning', detail: 'high-jitter' }, 'This computer: the sound is troubled (high-jitter)'],
  ['dealt-with', { userId: 'ada', how: 'called-back' }, 'Ada called back and reached them'],
])('%s: %j', (what, params, sentence) => expect(sentenceOf({ what, params }, desk, 'incoming')).toBe(sentence))

test.each([
  ['leg-began', 'incoming', { role: 'party' }, 'Twilio took the call of the caller'],
  ['leg-began', 'outgoing', { role: 'party', to: '+14155552671' }, 'Twilio began to call +14155552671'],
  ['answered-here', 'outgoing', { role: 'device', deviceId: 'desk' }, 'This computer was connected, says the computer itself'],
  ['rings-planned', 'outgoing', { seconds: 50, devices: 0 }, 'The relay lets it ring for at most 50 s'],
  ['leg-ended', 'outgoing', { role: 'party', status: 'completed', seconds: 7, sipCode: 200 }, 'The other side ended: completed after 7 s'],
] as const)('%s of an %s call: %j', (what, direction, params, sentence) =>
  expect(sentenceOf({ what, params }, desk, direction)).toBe(sentence),
)

test.each(['answered', 'ongoing', 'abandoned', 'missed', 'reached', 'not-reached', ...outcomeReasons])('why-%s has an answer', (key) => {
  const [sentence] = whySentences({ what: `why-${key}`, params: { seconds: 12, rung: 1, devices: 1, reason: 'busy' } }, desk)
  expect(sentence).toMatch(/^[A-Z].*\.$/)
  expect(sentence).not.toMatch(/\{\{|undefined|null|later version/)
})

const why = (key: string, params: Parameters<typeof whySentences>[0]['params']) => whySentences({ what: `why-${key}`, params }, desk)[0]

test('how long it rang is never made up', () => {
  expect(why('answered', { seconds: null, userId: 'ada' })).toBe('It rang and Ada answered.')
  expect(why('rang-out', { seconds: null, rung: 0, devices: 2 })).toBe('Nobody answered. No device is known to have rung.')
  expect(why('abandoned', { seconds: 7, rung: 1 })).toBe('It rang 7 s on 1 device, then the caller hung up.')
})

test('every outcome, status, clock and source has its word', () => {
  expect(Object.keys(enCalls.history.outcomes).toSorted()).toEqual(outcomes.toSorted())
  expect(Object.keys(enCalls.timeline.clock).toSorted()).toEqual(timelineClocks.toSorted())
  for (const outcome of outcomes) expect(en.calls.outcome[outcome]).toMatch(/./)
})

test('no word shouts, and each that counts has both forms', () => {
  expect(JSON.stringify(enCalls)).not.toMatch(/!/)
  const forms = [...JSON.stringify(enCalls).matchAll(/"(\w+)_(one|other)":/g)].map((match) => match[1])
  for (const form of forms) expect(forms.filter((one) => one === form).length % 2, form).toBe(0)
})
