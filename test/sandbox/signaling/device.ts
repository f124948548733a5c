import { once } from 'node:events'
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket, usePCMU } from 'werift'
import { WebSocket } from 'ws'
import { createRtpOut, type RtpOut } from '../../../sandbox/twilio/media/rtp-out.ts'
import { temporarySid, tokenFor, type TestGateway } from './kit.ts'

// A Device by hand: raw signaling frames, and a PeerConnection that is not ICE lite.

type Payload = Record<string, unknown>
export interface Received {
  type: string
  payload: Payload & { callsid?: string; sdp?: string; reconnect?: string; error?: { code: number } }
}

export interface RawClient {
  ws: WebSocket
  received: Received[]
  send(type: string, payload: object): void
  /** The next unread frame of this type. */
  take(type: string): Promise<Received['payload']>
  /** Whether a frame of this type is there that nobody took. */
  has(type: string): boolean
  closed: Promise<number>
}

/** Opens a signaling socket. @throws when the upgrade is refused. */
export async function openClient(port: number, origin?: string): Promise<RawClient> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/signal`, origin === undefined ? {} : { origin })
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const closed = new Promise<number>((done) => ws.on('close', done))
  ws.on('message', (data) => {
    const text = (data as Buffer).toString()
    if (text === '\n') {
      ws.send('\n')
      received.push({ type: 'heartbeat', payload: {} })
    } else received.push(JSON.parse(text) as Received)
    for (const wake of waiting) wake()
  })
  await once(ws, 'open')
  return {
    ws,
    received,
    closed,
    send: (type, payload) => ws.send(JSON.stringify({ type, payload, version: '1.6' })),
    has: (type) => received.some((frame) => frame.type === type),
    take: (type) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no ${type}; got ${JSON.stringify(received)}`)), 20_000)
        const look = () => {
          const index = received.findIndex((frame) => frame.type === type)
          if (index < 0) return
          waiting.delete(look)
          clearTimeout(timer)
          resolve(received.splice(index, 1)[0]!.payload)
        }
        waiting.add(look)
        ws.once('close', () => reject(new Error(`closed before ${type}`)))
        look()
      }),
  }
}

/** Opens a socket and registers. */
export async function registerClient(
  server: TestGateway,
  identity: string,
  options: { reconnectTimeout?: number } = {},
): Promise<RawClient> {
  const client = await openClient(server.port)
  client.send('listen', { token: tokenFor(identity), reconnectTimeout: options.reconnectTimeout ?? 0, browserinfo: {} })
  await client.take('connected')
  client.send('register', { media: { audio: true } })
  await client.take('ready')
  return client
}

export interface TestPeer {
  pc: RTCPeerConnection
  /** RTP received: sequence numbers, timestamps and payload types. */
  packets: { sequenceNumber: number; timestamp: number; payloadType: number; payload: Uint8Array }[]
  /** Resolves when media is connected. */
  connected(): Promise<void>
  offer(): Promise<string>
  take(answer: string): Promise<void>
  answer(offer: string): Promise<string>
  /** Says frames (20 ms each) from now on, until the returned function is called. */
  speak(frame: Uint8Array): () => void
  press(digits: string): void
  close(): Promise<void>
}

/** The media side of a Device: PCMU, telephone-event under Chromium's number. */
export function createTestPeer(): TestPeer {
  const event = new RTCRtpCodecParameters({ mimeType: 'audio/telephone-event', clockRate: 8000, payloadType: 126 })
  const pc = new RTCPeerConnection({
    iceServers: [],
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
    codecs: { audio: [usePCMU(), event] },
    headerExtensions: { audio: [] },
    bundlePolicy: 'max-bundle',
  })
  const track = new MediaStreamTrack({ kind: 'audio' })
  const { sender } = pc.addTransceiver(track, { direction: 'sendrecv' })
  const packets: TestPeer['packets'] = []
  pc.onTrack.subscribe((remote) =>
    remote.onReceiveRtp.subscribe(({ header: { sequenceNumber, timestamp, payloadType }, payload }) =>
      packets.push({ sequenceNumber, timestamp, payloadType, payload }),
    ),
  )
  const out = createRtpOut()
  let stop: (() => void) | undefined
  return {
    pc,
    packets,
    async connected() {
      if (pc.connectionState !== 'connected') await pc.connectionStateChange.watch((state) => state === 'connected', 20_000)
    },
    async offer() {
      await pc.setLocalDescription(await pc.createOffer())
      return pc.localDescription!.sdp
    },
    take: (answer) => pc.setRemoteDescription({ type: 'answer', sdp: answer }),
    async answer(offer) {
      await pc.setRemoteDescription({ type: 'offer', sdp: offer })
      await pc.setLocalDescription(await pc.createAnswer())
      return pc.localDescription!.sdp
    },
    speak: (frame) => (stop = speak(out, frame, track, sender)),
    press: (digits) => out.press(digits),
    async close() {
      stop?.()
      await pc.close()
    },
  }
}

type Sender = ReturnType<RTCPeerConnection['addTransceiver']>['sender']

function speak(out: RtpOut, frame: Uint8Array, track: MediaStreamTrack, sender: Sender): () => void {
  const start = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    for (; sent < (performance.now() - start) / 20; sent++) {
      for (const { kind, payload, ...numbers } of out.next(frame, 0)) {
        if (kind === 'audio') track.writeRtp(new RtpPacket(new RtpHeader({ ...numbers, payloadType: 0 }), Buffer.from(payload)))
        else void sender.dtlsTransport.sendRtp(Buffer.from(payload), new RtpHeader({ ...numbers, payloadType: 126, ssrc: sender.ssrc }))
      }
    }
  }, 20)
  return () => clearInterval(timer)
}

/** A Device calls; resolves when the engine side has the call. */
export async function placeCall(server: TestGateway, client: RawClient, params = '') {
  const peer = createTestPeer()
  const announced = server.nextCall()
  const temporary = temporarySid()
  const offer = await peer.offer()
  client.send('invite', { callsid: temporary, sdp: offer, twilio: params ? { params } : {} })
  const call = await announced
  return { peer, call, leg: call.leg, temporary, offer }
}
