import { expect, test } from 'vitest'
import { checkedEdge, relayOrigin } from '../../../main/link/relay-url.ts'

test.each([
  ['relay.example.com', 'https://relay.example.com'],
  [' https://relay.example.com/path?x=1 ', 'https://relay.example.com'],
  ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
  ['http://localhost:8080', 'http://localhost:8080'],
])('relay address %j is %s', (text, origin) => expect(relayOrigin(text)).toBe(origin))

test.each([
  'http://relay.example.com',
  'ftp://relay.example.com',
  'https://ada:secret@relay.example.com',
  '',
  'http://127.0.0.1.evil.example',
])('relay address %j is refused', (text) => {
  expect(() => relayOrigin(text)).toThrow(expect.objectContaining({ code: 'relay-url-invalid' }))
})

test.each(['ws://127.0.0.1:9000/signal', 'ws://[::1]:9000/signal', null])('signaling address %s is accepted', (signalingUrl) => {
  expect(checkedEdge({ signalingUrl, soundsUrl: null }).signalingUrl).toBe(signalingUrl)
})

test.each([
  'ws://10.0.0.1/signal',
  'wss://voice.twilio.com.evil.example/signal',
  'wss://127.0.0.1/signal',
  'http://127.0.0.1:9000/signal',
  'nonsense',
])('signaling address %s is refused', (signalingUrl) => {
  expect(() => checkedEdge({ signalingUrl, soundsUrl: null })).toThrow(expect.objectContaining({ code: 'relay-refused' }))
})
