import type { Leg, LegEnd } from '../ports.ts'
import { monotonicNow } from '../media/frames.ts'
import { createTalk, type CallContext, type DeviceCall, type DeviceSocket, type Talk } from './talk.ts'
import { badMedia, callerError, type SignalingError } from './wire.ts'

/** How long `answer` waits for sound to get through before it goes on without. */
const MEDIA_WAIT_MS = 2500
const MEDIA_POLL_MS = 10

export interface OutgoingOptions {
  /** The CallSid we gave it, and the id the Device uses until it knows ours. */
  sid: string
  temporarySid: string
  offer: string
  socket: DeviceSocket
  onFinish(): void
}

/** A call a Device began: it waits for the engine to ring, answer or refuse it. */
export function createOutgoingCall(context: CallContext, options: OutgoingOptions): { leg: Leg; call: DeviceCall } {
  const { sid, temporarySid } = options
  const side = createCallerSide(() => talk, options)
  const talk: Talk = createTalk(context, sid, { onFinish: () => options.onFinish(), onLost: () => side.hangUp() })
  talk.hold.attach(options.socket)
  const orFail = async (work: () => Promise<void>) => {
    if (talk.isEnded || side.isAnswered()) return
    try {
      await work()
    } catch (error) {
      context.log.warn({ sid, error }, 'the Device offered media that cannot be answered')
      side.hangUp(badMedia)
      talk.finish('lost')
    }
  }
  const leg: Leg = {
    kind: 'client',
    sid,
    audio: talk.media.audio,
    on: (listener) => talk.on(listener),
    ring: (withAudio) => orFail(() => side.ring(withAudio)),
    answer: () => orFail(() => side.answer()),
    end(why: LegEnd) {
      if (talk.isEnded) return
      side.hangUp(side.isAnswered() ? undefined : callerError(why))
      talk.finish(null)
    },
    sendDigits: (digits) => talk.media.peer?.sendDigits(digits),
  }
  return { leg, call: deviceSide(talk, [sid, temporarySid], () => side.isAnswered()) }
}

/** What the caller's Device is told, in order. */
function createCallerSide(talkOf: () => Talk, { sid, temporarySid, offer }: OutgoingOptions) {
  let isAnswered = false
  // Until the Device knows our id it listens to its own only.
  let isSidKnown = false
  // Ringing and answer may overlap while the description is made: it goes with whichever is sent first.
  let isSdpSent = false
  const media = createAnswerOnce(talkOf, offer)
  return {
    isAnswered: () => isAnswered,
    hangUp(error?: SignalingError) {
      talkOf().hold.socket?.send('hangup', { callsid: isSidKnown ? sid : temporarySid, ...(error && { error }) })
    },
    async ring(withAudio: boolean) {
      const sdp = withAudio ? await media.sdp() : undefined
      const talk = talkOf()
      if (talk.isEnded || isAnswered) return
      talk.hold.socket?.send('ringing', { callsid: sid, ...(sdp && !isSdpSent && { sdp }) })
      isSidKnown = true
      isSdpSent ||= withAudio
      if (withAudio) await untilReady(talk)
    },
    async answer() {
      isAnswered = true
      const sdp = await media.sdp()
      const talk = talkOf()
      if (talk.isEnded) return
      talk.hold.socket?.send('answer', { callsid: sid, reconnect: talk.reconnectToken, ...(!isSdpSent && { sdp }) })
      isSidKnown = isSdpSent = true
      talk.watch()
      await untilReady(talk)
    },
  }
}

/** The answer to the Device's offer is made once, at early media or at the answer. */
function createAnswerOnce(talkOf: () => Talk, offer: string) {
  let made: Promise<string> | undefined
  return {
    sdp() {
      if (!made) {
        const peer = talkOf().media.makePeer()
        talkOf().media.use(peer)
        made = peer.answer(offer)
      }
      return made
    },
  }
}

/** Messages of the Device that began the call. */
function deviceSide(talk: Talk, sids: string[], isAnswered: () => boolean): DeviceCall {
  return {
    sids,
    onAnswer: () => Promise.resolve(),
    onReject: () => undefined,
    onHangup: () => talk.finish('hangup'),
    onDigits: (digits) => emitDigits(talk, digits),
    onReinvite: (socket) => repeatAnswer(talk, socket),
    onReconnect: (socket, token, sdp) => reconnect(talk, socket, token, sdp),
    onSocketClosed(socket) {
      // Until it was answered the Device has no token to come back with: nobody could resume this call.
      if (isAnswered()) talk.hold.closed(socket)
      else if (socket === talk.hold.socket) talk.finish('lost')
    },
    onRegistered: () => undefined,
    close: () => talk.finish(null),
  }
}

/** Digits by message: the way of Devices without telephone-event. */
export function emitDigits(talk: Talk, digits: string): void {
  for (const digit of digits.replaceAll(/[^0-9A-D*#]/g, '')) talk.emit({ type: 'digit', digit })
}

/** ICE restart: the earlier description again. */
export function repeatAnswer(talk: Talk, socket: DeviceSocket): void {
  if (talk.media.peer) socket.send('answer', { callsid: talk.sid, reconnect: talk.reconnectToken, sdp: talk.media.peer.restart() })
}

/**
 * A Device comes back to an answered call: on the same PeerConnection only its socket is new; with another one (connectToken) it gets new
 * media. False when the token is not this call's.
 */
export async function reconnect(talk: Talk, socket: DeviceSocket, token: string, sdp: string): Promise<boolean> {
  if (talk.isEnded || token !== talk.reconnectToken) return false
  const isSame = talk.media.peer?.isOf(sdp) ?? false
  const peer = isSame ? talk.media.peer! : talk.media.makePeer()
  const answer = isSame ? undefined : await peer.answer(sdp)
  if (talk.isEnded) return false
  talk.media.use(peer)
  talk.hold.attach(socket)
  socket.send('answer', { callsid: talk.sid, reconnect: talk.reconnectToken, ...(answer && { sdp: answer }) })
  return true
}

/** Resolves when sound gets through, or nobody waits for it any more. */
async function untilReady(talk: Talk): Promise<void> {
  const end = monotonicNow() + MEDIA_WAIT_MS
  while (!talk.isEnded && !talk.media.peer?.isReady() && monotonicNow() < end) await new Promise((done) => setTimeout(done, MEDIA_POLL_MS))
}
