import { expect, test } from 'vitest'
import { asAnswer, connectionOf, filterOffer, offersPcmu, telephoneEventType } from '../../../sandbox/twilio/signaling/sdp.ts'

// As Chromium 156 offers, shortened where nothing is looked at.
const OFFER = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 0 111 63 9 8 13 110 126',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:abcd',
  'a=fingerprint:sha-256 AA:BB',
  'a=setup:actpass',
  'a=mid:0',
  'a=sendrecv',
  'a=rtcp-mux',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:13 CN/8000',
  'a=rtpmap:110 telephone-event/48000',
  'a=rtpmap:126 telephone-event/8000',
  'a=ssrc:1 cname:x',
  '',
].join('\r\n')

const rest = (sdp: string) => sdp.split('\r\n').filter((line) => !/^(m=|a=rtpmap|a=fmtp|a=rtcp-fb)/.test(line))

test('of an offer only PCMU and the 8 kHz telephone-event are left, the rest of it untouched', () => {
  const filtered = filterOffer(OFFER)
  expect(filtered.match(/^m=.*$/m)?.[0]).toBe('m=audio 9 UDP/TLS/RTP/SAVPF 0 126')
  expect(filtered.match(/^a=(?:rtpmap|fmtp|rtcp-fb):.*$/gm)).toEqual(['a=rtpmap:0 PCMU/8000', 'a=rtpmap:126 telephone-event/8000'])
  expect(rest(filtered)).toEqual(rest(OFFER))
})

test('without telephone-event only PCMU is left', () => {
  expect(filterOffer(OFFER.replace('a=rtpmap:126 telephone-event/8000\r\n', '')).match(/^m=.*$/m)?.[0]).toBe(
    'm=audio 9 UDP/TLS/RTP/SAVPF 0',
  )
})

test('the payload type of telephone-event is the one at 8 kHz', () => {
  expect(telephoneEventType(OFFER)).toBe(126)
  expect(telephoneEventType('v=0')).toBeUndefined()
})

test.each([
  ['m=audio 9 UDP/TLS/RTP/SAVPF 0 111', true],
  ['m=audio 9 UDP/TLS/RTP/SAVPF 111 0', true],
  ['m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8', true],
  ['m=audio 9 UDP/TLS/RTP/SAVPF 111 8 10 100', false],
  ['m=video 9 UDP/TLS/RTP/SAVPF 0', false],
])('%s: PCMU is offered: %s', (line, isOffered) => expect(offersPcmu(`v=0\r\n${line}\r\na=x\r\n`)).toBe(isOffered))

test('a restart is of the same connection, another page is not', () => {
  expect(connectionOf(OFFER.replace('ufrag:abcd', 'ufrag:efgh').replace(' 2 IN', ' 3 IN'))).toBe(connectionOf(OFFER))
  expect(connectionOf(OFFER.replace('AA:BB', 'CC:DD'))).not.toBe(connectionOf(OFFER))
  expect(connectionOf(OFFER.replace('4611731400430051336', '77'))).not.toBe(connectionOf(OFFER))
})

test('our offer, said again as an answer, leaves the browser the DTLS client', () => {
  expect(asAnswer(OFFER)).toBe(OFFER.replace('actpass', 'passive'))
})
