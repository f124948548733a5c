import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket, usePCMU, type RTCRtpTransceiver } from 'werift'
import type { Frame } from '../ports.ts'
import { asAnswer, connectionOf, filterOffer, telephoneEventType } from '../signaling/sdp.ts'
import { monotonicNow } from './frames.ts'
import { createRtpIn } from './rtp-in.ts'
import { createRtpOut, type OutgoingRtp } from './rtp-out.ts'

/** Our payload type for telephone-event when we offer. */
const EVENT_TYPE = 101
/** A person whose media does not come through within this time is played to all the same, as Twilio would. */
const MAX_CONNECTING_MS = 2000

/** What the network does to every packet, both ways. */
export interface Impairments {
  mediaDelayMs: number
  mediaLoss: number
  mediaLateMs: number
}

export interface PeerOptions {
  /** The only address we offer and bind. */
  iceAddress: string
  impairments(): Impairments
  voice(frame: Frame, at: number): void
  digit(digit: string): void
  random?: () => number
}

/** One WebRTC connection with a browser: PCMU and telephone events over ICE lite. */
export interface Peer {
  /** Answers the browser's offer. @throws when it cannot be understood. */
  answer(offer: string): Promise<string>
  /** Makes our offer. */
  offer(): Promise<string>
  /** Takes the browser's answer to our offer. @throws when it cannot be understood. */
  accept(answer: string): Promise<void>
  /** The answer to an ICE restart: what we said before (werift loses the way to the browser if it works on the restart itself). */
  restart(): string
  /** Whether an SDP is of the PeerConnection we talk with. */
  isOf(sdp: string): boolean
  send(frame: Frame, skipped: number): void
  /** Whether sound gets through (or has no hope to). */
  isReady(): boolean
  /** Milliseconds since the last packet, or since negotiation; 0 before it. */
  silentForMs(): number
  sendDigits(digits: string): void
  close(): void
}

/** Makes a peer; nothing happens until `answer` or `offer`. */
export function createPeer(options: PeerOptions): Peer {
  const { random = Math.random } = options
  const { pc, track, transceiver } = createConnection(options.iceAddress, () => random() < options.impairments().mediaLoss)
  const times = trackTimes(pc)
  const negotiation = createNegotiation(pc, () => times.negotiated())
  const out = createRtpOut()
  const receive = createRtpIn({
    voice: (frame, at) => options.voice(frame, at),
    digit: (digit) => options.digit(digit),
    eventType: () => negotiation.eventType(),
  })
  pc.onTrack.subscribe((remote) => {
    remote.onReceiveRtp.subscribe(({ header: { payloadType, timestamp }, payload }) => {
      impair(options.impairments(), random, () => {
        times.heard()
        receive({ payloadType, timestamp, payload })
      })
    })
  })
  return {
    ...negotiation,
    send(frame, skipped) {
      for (const packet of out.next(frame, skipped)) {
        impair(options.impairments(), random, () => sendPacket(track, transceiver, negotiation.eventType(), packet))
      }
    },
    isReady: () => times.isReady(options.impairments().mediaLateMs),
    silentForMs: () => times.silentForMs(),
    sendDigits: (digits) => out.press(digits),
    close: () => void pc.close().catch(() => undefined),
  }
}

/** Offers and answers, and what they settled. */
function createNegotiation(pc: RTCPeerConnection, onDone: () => void) {
  let ours = ''
  let theirs = ''
  let eventType: number | undefined
  const settle = (sdp: string) => {
    theirs = sdp
    eventType = telephoneEventType(sdp)
    onDone()
  }
  return {
    async answer(offer: string): Promise<string> {
      const filtered = filterOffer(offer)
      await pc.setRemoteDescription({ type: 'offer', sdp: filtered })
      await pc.setLocalDescription(await pc.createAnswer())
      settle(filtered)
      return (ours = pc.localDescription!.sdp)
    },
    async offer(): Promise<string> {
      await pc.setLocalDescription(await pc.createOffer())
      return (ours = pc.localDescription!.sdp)
    },
    async accept(answer: string): Promise<void> {
      await pc.setRemoteDescription({ type: 'answer', sdp: answer })
      settle(answer)
    },
    restart: () => asAnswer(ours),
    isOf: (sdp: string) => theirs !== '' && connectionOf(sdp) === connectionOf(theirs),
    eventType: () => eventType,
  }
}

function createConnection(iceAddress: string, isLost: () => boolean) {
  const pc = new RTCPeerConnection({
    iceLite: true,
    iceServers: [],
    // No scan of interfaces: the one address is both the candidate and where the socket is bound.
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: [iceAddress],
    iceInterfaceAddresses: { udp4: iceAddress },
    codecs: {
      audio: [usePCMU(), new RTCRtpCodecParameters({ mimeType: 'audio/telephone-event', clockRate: 8000, payloadType: EVENT_TYPE })],
    },
    headerExtensions: { audio: [] },
    // A network that loses everything loses connectivity checks too: only then does the browser notice and restart ICE.
    iceFilterStunResponse: () => !isLost(),
    bundlePolicy: 'max-bundle',
  })
  const track = new MediaStreamTrack({ kind: 'audio' })
  return { pc, track, transceiver: pc.addTransceiver(track, { direction: 'sendrecv' }) }
}

function trackTimes(pc: RTCPeerConnection) {
  let connectedAt: number | undefined
  let negotiatedAt: number | undefined
  let heardAt = 0
  pc.connectionStateChange.subscribe((state) => {
    if (state === 'connected') connectedAt ??= monotonicNow()
  })
  return {
    heard: () => void (heardAt = monotonicNow()),
    negotiated: () => void (negotiatedAt = monotonicNow()),
    isReady(lateMs: number): boolean {
      if (connectedAt !== undefined) return monotonicNow() - connectedAt >= lateMs
      return negotiatedAt !== undefined && monotonicNow() - negotiatedAt > MAX_CONNECTING_MS
    },
    silentForMs: () => (negotiatedAt === undefined ? 0 : monotonicNow() - Math.max(heardAt, negotiatedAt)),
  }
}

/** Delivers now, later or never. */
function impair({ mediaDelayMs, mediaLoss }: Impairments, random: () => number, deliver: () => void): void {
  if (mediaLoss && random() < mediaLoss) return
  if (mediaDelayMs) setTimeout(deliver, mediaDelayMs)
  else deliver()
}

function sendPacket(track: MediaStreamTrack, transceiver: RTCRtpTransceiver, eventType: number | undefined, packet: OutgoingRtp): void {
  const { kind, payload, ...numbers } = packet
  const data = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  if (kind === 'audio') return track.writeRtp(new RtpPacket(new RtpHeader({ ...numbers, payloadType: 0 }), data))
  // werift's sender knows one payload type only; events go through its transport, in the same stream.
  const { sender } = transceiver
  if (eventType === undefined || sender.dtlsTransport.state !== 'connected') return
  sender.dtlsTransport.sendRtp(data, new RtpHeader({ ...numbers, payloadType: eventType, ssrc: sender.ssrc })).catch(() => undefined)
}
