import { XMLParser } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import { hangUp, outgoingTwiml, reject, ringTwiml, sayAndHangUp, type VoicemailPlan, voicemailTwiml } from '../../../relay/twiml/build.ts'
import { twilioTranscription } from '../../../relay/voicemail/transcription.ts'
import { createUrls } from '../../../relay/twiml/urls.ts'
import { spoken } from '../../../words/spoken.ts'

const urls = createUrls('https://relay.example')
const callId = '01a1fd7f-3d08-7702-8b4d-f5a7562f3f85'
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  processEntities: true,
  parseTagValue: false,
  preserveOrder: true,
})
const verbs = (twiml: string) => {
  const [, response] = parser.parse(twiml) as { Response?: Record<string, unknown>[] }[]
  return response?.Response ?? []
}
const names = (nodes: Record<string, unknown>[]) => nodes.map((node) => Object.keys(node).find((key) => key !== ':@'))

const outgoing = {
  callId,
  to: '+15005550102',
  callerId: '+15005550006',
  ringSeconds: 45,
  isRecorded: false,
  deviceLegId: 'device',
  partyLegId: 'party',
}
const ring = { callId, partyLegId: 'party', step: 1, ringSeconds: 20, isRecorded: false, clients: [{ legId: 'd1-x', identity: 'u1_dx' }] }
const place = { callId, legId: 'party', step: 'vm' }
const voicemail: VoicemailPlan = { place, maxSeconds: 120, greeting: null, transcription: {} }
const transcribed = twilioTranscription.attributes(place, urls)
const documents: [string, string, string[]][] = [
  ['outgoing', outgoingTwiml(outgoing, urls), ['Dial']],
  ['outgoing, recorded', outgoingTwiml({ ...outgoing, isRecorded: true }, urls), ['Dial']],
  ['ring', ringTwiml(ring, urls), ['Dial']],
  ['voicemail', voicemailTwiml(voicemail, urls), ['Say', 'Record', 'Say', 'Hangup']],
  [
    'voicemail with words of its own',
    voicemailTwiml({ ...voicemail, greeting: { say: 'Ring & wait' } }, urls),
    ['Say', 'Record', 'Say', 'Hangup'],
  ],
  [
    'voicemail with sound of its own, transcribed',
    voicemailTwiml({ ...voicemail, greeting: { play: urls.greeting('f00') }, transcription: transcribed }, urls),
    ['Play', 'Record', 'Say', 'Hangup'],
  ],
  ['a sentence', sayAndHangUp(spoken.numberUnknown), ['Say', 'Hangup']],
  ['reject', reject(), ['Reject']],
  ['hangup', hangUp(), ['Hangup']],
]

describe('every document', () => {
  test.each(documents)('%s', (_name, twiml, expected) => {
    expect(names(verbs(twiml))).toEqual(expected)
    expect(twiml.length).toBeLessThan(4000)
    const ours = [...twiml.matchAll(/"(https:\/\/relay\.example[^"]*)/g)].map(([, url]) => new URL((url ?? '').replaceAll('&amp;', '&')))
    for (const url of ours) {
      expect(
        [url.searchParams.get('c'), url.searchParams.get('l'), url.searchParams.get('s')].every((part) => /^[\w-]+$/.test(part ?? '')),
      ).toBe(true)
      const isVoice = /action|voicemail/.test(url.pathname)
      expect(url.hash).toBe(isVoice ? '#ct=1500&rt=3000&tt=6000&rc=1&rp=ct,rt,5xx' : '#rc=3&rp=5xx,ct,rt&ct=1500&rt=3000&tt=14000')
    }
  })
})

test('a Dial is recorded in two channels only when asked for, from the answer on', () => {
  expect(outgoingTwiml(outgoing, urls)).not.toContain('record')
  expect(outgoingTwiml({ ...outgoing, isRecorded: true }, urls)).toContain('record="record-from-answer-dual"')
  expect(ringTwiml({ ...ring, isRecorded: true }, urls)).toContain('record="record-from-answer-dual"')
  expect(ringTwiml({ ...ring, isRecorded: true }, urls)).toContain('recordingStatusCallbackEvent="in-progress completed absent"')
})

test('a client leg carries its call and leg in one parameter of at most 128 bytes', () => {
  const longest = { legId: `d1-${'x'.repeat(61)}`, identity: 'u1_dx' }
  const [, value] = /name="lk" value="([^"]+)"/.exec(ringTwiml({ ...ring, clients: [longest] }, urls)) ?? []
  expect(value).toBe(`${callId}.${longest.legId}`)
  expect(Buffer.byteLength(value ?? '')).toBeLessThanOrEqual(128)
})
